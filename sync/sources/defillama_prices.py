"""Daily closes of tokens from DefiLlama's coins host, read once a day."""

import asyncio
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from urllib.parse import quote

from models.metric import MEASURES
from models.vocabulary import Metric
from sync.client import Client
from sync.errors import SourceError
from sync.facts import Rejected, SeriesFact, SeriesKey
from sync.source import Ask
from sync.sources.defillama_identity import PRICES, token_ref
from sync.sources.defillama_models import ProtocolRow
from sync.sources.defillama_parse import BadValue, Points, exact, parse_prices

HISTORY = timedelta(days=365)
# Prices of the last days are looked at again: a thin market's are corrected.
OVERLAP = timedelta(days=3)
# Coins keep their place when others come and go, so that an answer can be compared with the last one.
BUCKETS = 128
# Coins times days of one request: a bound of our own, so that no answer grows large. No limit is published.
POINTS = 500


def due(client: Client, ask: Ask) -> bool:
    """Whether the closes of yesterday have not been read yet."""
    last = client.last_read(client.upstreams.defillama_coins)
    return last is None or last.astimezone(UTC).date() < ask.today


async def closes(
    client: Client, ask: Ask, coins: Iterable[str], troubles: list[str]
) -> tuple[list[SeriesFact], list[Rejected]]:
    """The price of each token at the end of each day, by CoinGecko id."""
    buckets: dict[int, list[str]] = {}
    for coin in sorted(set(coins)):
        buckets.setdefault(zlib.crc32(coin.encode()) % BUCKETS, []).append(coin)
    answers = await asyncio.gather(*(_bucket(client, ask, bucket, troubles) for bucket in buckets.values()))
    charts = [(coin, stretches) for answer in answers for coin, stretches in answer.items()]
    facts = [_fact(coin, stretches, ask.today) for coin, stretches in charts]
    return facts, [_rejected(coin, bad) for coin, stretches in charts for points in stretches for bad in points.bad]


async def _bucket(client: Client, ask: Ask, coins: list[str], troubles: list[str]) -> dict[str, list[Points]]:
    host = client.upstreams.defillama_coins
    path = "/chart/" + quote(",".join(f"coingecko:{coin}" for coin in coins), safe=":,")
    params = {"period": "1d", "searchWidth": "6h"}
    known = client.known(host, path, params)
    first = ask.since or (known.fetched_at.date() - OVERLAP if known else ask.today - HISTORY)
    charts: dict[str, list[Points]] = {}
    for start, span in _spans(first, ask.today, max(1, POINTS // len(coins))):
        moving = {"start": str(start), "span": str(span)}
        try:
            answer = await client.get(host, path, partial(parse_prices, today=ask.today), params, moving=moving)
            if answer.changed:
                for coin, points in (await answer.value()).items():
                    charts.setdefault(coin.removeprefix("coingecko:"), []).append(points)
        except SourceError as error:
            troubles.append(str(error))
    return charts


def _spans(first: date, today: date, longest: int) -> Iterable[tuple[int, int]]:
    """(unix seconds, days) of each stretch of closes from the one of `first` to yesterday's."""
    closing = first + timedelta(days=1)
    while closing <= today:
        days = min(longest, (today - closing).days + 1)
        yield int(datetime.combine(closing, time(), UTC).timestamp()), days
        closing += timedelta(days=days)


def _fact(coin: str, stretches: list[Points], today: date) -> SeriesFact:
    fact = SeriesFact(SeriesKey(token_ref(coin), Metric.PRICE, PRICES))
    seen: set[int] = set()
    for points in stretches:
        for day, value in zip(points.days, points.values, strict=True):
            if day < today.toordinal() and day not in seen:
                seen.add(day)
                fact.days.append(day)
                fact.values.append(value)
    return fact


def _rejected(coin: str, bad: BadValue) -> Rejected:
    day = date.fromordinal(bad.day).isoformat()
    where = {"subject": f"coingecko/{coin}", "metric": "PRICE", "day": day, "value": bad.raw}
    return Rejected(PRICES, bad.reason, where)


def market_caps(
    directory: Mapping[str, ProtocolRow], tokens: set[str], today: date
) -> tuple[list[SeriesFact], list[Rejected]]:
    """The market cap of each of the tokens as it is now: of today until the day ends, then the day's last."""
    facts: dict[str, SeriesFact] = {}
    rejected: list[Rejected] = []
    for row in directory.values():
        if row.gecko_id not in tokens or row.gecko_id in facts or row.mcap is None:
            continue
        fact = SeriesFact(SeriesKey(token_ref(row.gecko_id), Metric.MARKET_CAP, PRICES))
        try:
            fact.values.append(exact(row.mcap, MEASURES[Metric.MARKET_CAP]))
        except (ArithmeticError, ValueError):
            where = {"subject": f"coingecko/{row.gecko_id}", "metric": "MARKET_CAP", "value": str(row.mcap)}
            rejected.append(Rejected(PRICES, "not a number that can be kept", where))
            continue
        fact.days.append(today.toordinal())
        facts[row.gecko_id] = fact
    return list(facts.values()), rejected
