"""CoinGecko: prices, caps and supplies of tokens, their closes by day, and who holds them in public.

https://docs.coingecko.com/reference/introduction
"""

from collections.abc import Iterator
from datetime import UTC, timedelta
from decimal import Decimal
from urllib.parse import quote

from models.vocabulary import EntityKind, Metric, ObservationMethod
from sync.client import Client
from sync.errors import NotFound
from sync.facts import Ref, SourceFact
from sync.source import Ask, Reading, Source
from sync.sources.coingecko_parse import MarketRow, parse_chart, parse_markets
from sync.sources.coingecko_treasuries import COINS, KINDS, Holders, holdings
from sync.sources.collected import Collected, number, parts

NAME = "coingecko"
PUBLISHER = SourceFact(NAME, "CoinGecko", ObservationMethod.THIRD_PARTY, 60, "https://www.coingecko.com")
# So many coins fit in an answer of /coins/markets.
PAGE = 250
# Every history is a request, and the demo plan gives 30 a minute and 10,000 a month.
HISTORIES = 50
CHART = {"vs_currency": "usd", "interval": "daily"}
# Closes of the last days are looked at again.
OVERLAP = timedelta(days=3)

NOW = {
    Metric.MARKET_CAP: "market_cap",
    Metric.FDV: "fully_diluted_valuation",
    Metric.CIRCULATING_SUPPLY: "circulating_supply",
    Metric.TOTAL_SUPPLY: "total_supply",
    Metric.MAX_SUPPLY: "max_supply",
}


async def fetch(client: Client, ask: Ask) -> Reading | None:
    """What is known of the store's tokens, and who holds the large ones; any part may fail alone."""
    collected, holders = Collected(PUBLISHER), Holders()
    lists = [holdings(client, ask, coin, kind, collected, holders) for coin in COINS for kind in KINDS]
    troubles = await parts(_tokens(client, ask, collected), *lists)
    facts = collected.facts()
    facts.organisations = list(holders.values())
    return Reading(facts, troubles)


async def _tokens(client: Client, ask: Ask, collected: Collected) -> None:
    """What every token is worth now, and the closes of some. The first answer that does not come ends it."""
    rows: list[MarketRow] = []
    for coins in _pages(sorted(ask.coins)):
        params = {"vs_currency": "usd", "order": "market_cap_desc", "per_page": str(PAGE), "page": "1"}
        moving = {"ids": ",".join(coins)}
        path = "/coins/markets"
        read = await (await client.get(client.upstreams.coingecko, path, parse_markets, params, moving=moving)).value()
        collected.refuse(path, read.refused)
        rows += read.rows
    for row in rows:
        _now(row, collected)
    for coin in _due(client, ask, rows):
        await _history(client, ask, coin, collected)


def _pages(coins: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(coins), PAGE):
        yield coins[first : first + PAGE]


def _now(row: MarketRow, collected: Collected) -> None:
    """Caps and supplies, filed under the day they are of. The price of this moment closes no day: it is not taken."""
    doubt = "without the moment it is of" if row.day is None else row.doubt
    if row.day is None or doubt:
        collected.reject(doubt or "", where="/coins/markets", value=str(row.model_dump(mode="json"))[:500])
        return
    for metric, name in NOW.items():
        # 0 says that it is not known. A supply without a cap says null, and is not made a number either.
        collected.add(_token(row.id), metric, row.day, getattr(row, name) or None)


def _due(client: Client, ask: Ask, rows: list[MarketRow]) -> Iterator[str]:
    """Tokens whose closes are to be read: those read before, so that none goes stale, then the largest."""
    by_size = sorted(rows, key=lambda row: (_size(row), row.id), reverse=True)
    known = {row.id: client.known(client.upstreams.coingecko, _path(row.id), CHART) for row in by_size}
    followed = [coin for coin, answer in known.items() if answer]
    new = [coin for coin, answer in known.items() if not answer]
    for coin in (followed + new)[:HISTORIES]:
        answer = known[coin]
        if answer is None or answer.fetched_at.astimezone(UTC).date() < ask.today:
            yield coin


def _size(row: MarketRow) -> Decimal:
    try:
        return number(row.market_cap)
    except (ArithmeticError, ValueError):
        return Decimal()


async def _history(client: Client, ask: Ask, coin: str, collected: Collected) -> None:
    """The closes of a token: all that the plan gives at first, then those since the last time."""
    host, path = client.upstreams.coingecko, _path(coin)
    known = client.known(host, path, CHART)
    first = ask.since or (known.fetched_at.astimezone(UTC).date() - OVERLAP if known else None)
    days = client.upstreams.coingecko_days if first is None else str((ask.today - first).days + 1)
    try:
        chart = await (await client.get(host, path, parse_chart, CHART, moving={"days": days})).value()
    except NotFound:
        # It has no page of its own.
        return
    for metric, closes in ((Metric.PRICE, chart.prices), (Metric.MARKET_CAP, chart.market_caps)):
        for day, raw in closes.items():
            if day < ask.today:
                collected.add(_token(coin), metric, day, raw)


def _path(coin: str) -> str:
    return f"/coins/{quote(coin, safe='')}/market_chart"


def _token(coin: str) -> Ref:
    return Ref(EntityKind.TOKEN, NAME, coin)


SOURCE = Source(
    name=NAME,
    home="https://www.coingecko.com",
    terms="https://www.coingecko.com/en/api_terms",
    # Its free answers are cached for a minute; closes come once a day.
    cadence=timedelta(hours=1),
    fetch=fetch,
)
