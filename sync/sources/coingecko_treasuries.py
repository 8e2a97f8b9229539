"""Who holds how much of a token in public, companies and governments, as CoinGecko lists them."""

import re
from datetime import UTC, date
from decimal import Decimal

from models.base import LARGEST_USD, usd
from models.vocabulary import Confidence, EntityKind, Metric
from sync.client import Client
from sync.errors import NotFound
from sync.facts import HoldingFact, OrganisationFact, Ref
from sync.source import Ask
from sync.sources.coingecko_parse import HolderRow, parse_holders
from sync.sources.collected import Collected, number
from sync.sources.row import Number

# The coins whose holders are listed, and the stream that their holdings are kept under.
COINS = {"bitcoin": "btc", "ethereum": "eth", "solana": "sol"}
KINDS = {"companies": "TREASURY_COMPANY", "governments": "GOVERNMENT"}
PAGE = 250
# The companies that the bundled dataset names itself, by ticker: their names there are those of other lists.
OURS = {
    "FORD": "forward-industries",
    "FWDI": "forward-industries",
    "MSTR": "strategy",
    "XXI": "twenty-one-capital",
    "3350": "metaplanet",
    "MARA": "marathon",
    "CEPO": "bitcoin-standard-treasury-company",
    "GLXY": "galaxy-digital-holdings-ltd",
    "BLSH": "bullish",
    "ASST": "strive",
    "SPCX": "space-exploration-technologies-corp",
    "COIN": "coinbase",
    "RIOT": "riot",
    "HUT": "hut-8-mining-corp",
    "CLSK": "cleanspark",
    "TSLA": "tesla",
    "DJT": "trump-media-technology-group-corp",
}

Holders = dict[Ref, OrganisationFact]


async def holdings(client: Client, ask: Ask, coin: str, kind: str, collected: Collected, holders: Holders) -> None:
    """The holders of a coin and what each has now; once a day."""
    path = f"/{kind}/public_treasury/{coin}"
    for page in range(1, 100):
        params = {"per_page": str(PAGE), "page": str(page)}
        known = client.known(client.upstreams.coingecko, path, params)
        if known and known.fetched_at.astimezone(UTC).date() >= ask.today:
            return
        try:
            read = await (await client.get(client.upstreams.coingecko, path, parse_holders, params)).value()
        except NotFound:
            # Nobody is listed for this coin.
            return
        collected.refuse(path, read.refused)
        new = [row for row in read.rows if _take(row, coin, kind, ask.today, collected, holders)]
        if len(read.rows) < PAGE or not new:
            return


def _take(row: HolderRow, coin: str, kind: str, today: date, collected: Collected, holders: Holders) -> bool:
    """Keep what a holder has; False for one that was kept already: paging may be ignored."""
    fact = organisation(row.name, row.symbol, KINDS[kind])
    holders.setdefault(fact.refs[0], fact)
    key = (fact.refs[0], Metric.TREASURY_HOLDING, COINS[coin])
    if collected.holds(*key):
        return False
    collected.add(key[0], key[1], today, row.total_holdings, key[2])
    if collected.holds(*key):
        cost, value = _dollars(row.total_entry_value_usd), _dollars(row.total_current_value_usd)
        if cost or value:
            token, amount = Ref(EntityKind.TOKEN, "coingecko", coin), number(row.total_holdings)
            source, sure = collected.publisher.slug, Confidence.MEDIUM
            collected.holdings.append(HoldingFact(key[0], token, today, amount, source, sure, cost, value))
    return True


def _dollars(raw: Number | None) -> Decimal | None:
    """What the holding cost or is worth; 0 says that it is not known, and so does what can't be kept."""
    try:
        value = usd(number(raw))
    except (ArithmeticError, ValueError):
        return None
    return value if 0 < value <= LARGEST_USD else None


def organisation(name: str, symbol: str | None, kind: str) -> OrganisationFact:
    """A holder under its symbol without spaces, "TSE: GLXY" being "TSE:GLXY"; under its name without one."""
    whole = (symbol or "").replace(" ", "").upper()
    ticker = whole.rpartition(":")[2] or None
    ref = Ref(EntityKind.ORGANISATION, "coingecko", whole or name)
    return OrganisationFact((ref,), slug_of(name, ticker), name, kind, ticker)


def slug_of(name: str, ticker: str | None) -> str:
    """The slug of a holder: that of the bundled dataset where it has it."""
    return OURS.get((ticker or "").upper()) or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
