"""A world in which every number says the same, so that a mixture is seen at once."""

from decimal import Decimal

from models import external_id, ledger, obs, protocol, rollup, series
from models.epoch import Pin
from models.observation import pack
from models.pack import Year
from models.store import Store
from models.vocabulary import Metric
from sync.facts import Facts
from tests.builders import entry_fact, facts, protocol_fact, revenue

SLUGS = [f"p{n}" for n in range(5)]
DAYS = 60
MICRO = 1_000_000


def everything_says(dollars: int) -> Facts:
    """`dollars` a day and an entry, and so many as the name of each protocol."""
    numbers = [revenue(slug, dict.fromkeys(range(DAYS), dollars)) for slug in SLUGS]
    entries = [entry_fact(f"{slug}-{n}", slug, usd=Decimal(dollars)) for slug in SLUGS for n in range(4)]
    return facts(*(protocol_fact(slug, name=str(dollars)) for slug in SLUGS), *numbers, *entries)


async def what_is_said(store: Store, at: int) -> dict[str, tuple[int, frozenset[int]]]:
    """Per table: rows, and the distinct dollars in it; a rollup says its average day."""
    async with store.reading(Pin(at)) as reader:
        revenue_of = [row.series_id for row in await reader.rows(reader.live(series).select()) if row.metric == 4]
        days = [row.value for row in await reader.rows(reader.live(obs).select()) if row.series_id in revenue_of]
        packs = [row for row in await reader.rows(reader.live(pack).select()) if row.series_id in revenue_of]
        known = [value for row in packs for _, value, _ in Year.unpacked(row.year, row.days).known()]
        entries = [int(row.usd) for row in await reader.rows(reader.live(ledger).select())]
        names = [int(row.name) for row in await reader.rows(reader.live(protocol).select())]
        refs = await reader.rows(reader.live(external_id).select())
        sums = [row for row in await reader.rows(reader.live(rollup).select()) if row.metric is Metric.REVENUE]
    totals = [row.all // DAYS // MICRO for row in sums if row.series_id]
    return {
        "obs": (len(days), frozenset(value // MICRO for value in days)),
        "pack": (len(known), frozenset(value // MICRO for value in known)),
        "ledger": (len(entries), frozenset(entries)),
        "protocol": (len(names), frozenset(names)),
        "rollup": (len(totals), frozenset(totals)),
        "market": (1, frozenset(row.all // DAYS // MICRO // len(SLUGS) for row in sums if not row.series_id)),
        "names": (len(refs), frozenset()),
    }


def expected(dollars: int) -> dict[str, tuple[int, frozenset[int]]]:
    whole = frozenset({dollars})
    return {
        "obs": (len(SLUGS) * DAYS, whole),
        "pack": (len(SLUGS) * DAYS, whole),
        "ledger": (len(SLUGS) * 4, whole),
        "protocol": (len(SLUGS), whole),
        "rollup": (len(SLUGS), whole),
        "market": (1, whole),
        # The sectors, the market, and each protocol's slug.
        "names": (23 + len(SLUGS), frozenset()),
    }
