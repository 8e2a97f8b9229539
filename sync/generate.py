"""A synthetic world under fictional names: a store of any size to measure on, never to be taken for data."""

import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import product

from sqlalchemy import func, select

from models.epoch import epoch
from models.store import Store
from models.vocabulary import (
    Confidence,
    Disposition,
    EntityKind,
    FundingSource,
    LedgerKind,
    MechanismKind,
    Metric,
    ObservationMethod,
    PolicyBasis,
    PolicyStatus,
    ProtocolKind,
    SectorKey,
)
from sync.facts import (
    ChainFact,
    DeploymentFact,
    Facts,
    LedgerFact,
    MethodologyFact,
    PolicyFact,
    ProtocolFact,
    Ref,
    SeriesFact,
    SeriesKey,
    SourceFact,
    TokenFact,
)

SYNTHETIC = "synthetic"
FIRST_WORDS = ("Amber", "Basalt", "Cobalt", "Dapple", "Ember", "Fennel", "Garnet", "Hazel", "Indigo", "Juniper")
SECOND_WORDS = ("Anchor", "Bramble", "Comet", "Delta", "Estuary", "Falcon", "Grove", "Harbour", "Isle", "Lantern")
CHAINS = ("Aldermere", "Brackwater", "Cinderfell", "Dunmoor", "Eastmarch", "Fallowdown", "Greywick", "Hollowmere")
STREAMS = ("swaps", "lending")
SECTORS = tuple(SectorKey)
# Fees of a day at their mean, in micro-dollars; revenue and what holders get are shares of them.
MEAN = 1_000_000_000
SHAPES = 61


class HoldsRealData(Exception):
    """A store with epochs that were not generated; nothing synthetic is ever mixed into it."""


@dataclass(frozen=True, slots=True)
class World:
    """How much there is: `entries` are ledger entries per protocol, `days` end with `last`."""

    protocols: int
    days: int
    entries: int
    last: date

    @property
    def first(self) -> date:
        return self.last - timedelta(days=self.days - 1)


async def require_synthetic(store: Store) -> None:
    """Raises HoldsRealData unless the store is empty or all in it was generated."""
    real = select(func.count()).select_from(epoch).where(func.coalesce(epoch.c.note, "") != SYNTHETIC)
    async with store.readers.connect() as connection:
        if await connection.scalar(real):
            raise HoldsRealData("this store holds real data; name an empty one in ACCRUAL_DATABASE_URL")


def facts_of(world: World) -> Facts:
    """The same world gives the same facts."""
    names = list(names_of(world.protocols))
    return Facts(
        sources=[SourceFact(SYNTHETIC, "Synthetic data", ObservationMethod.INFERRED, 1000)],
        chains=[ChainFact((_chain(n),), name.lower(), name) for n, name in enumerate(CHAINS)],
        tokens=[TokenFact((_token(n),), _slug(name), f"T{n}", name, _chain(n)) for n, name in enumerate(names)],
        deployments=[DeploymentFact(_token(n), _chain(n), f"synthetic-{n}", 18) for n in range(world.protocols)],
        protocols=[_protocol(world, n, name) for n, name in enumerate(names)],
        methodologies=[_methodology(n) for n in range(world.protocols)],
        series=list(_series(world)),
        policies=[_policy(world, n) for n in range(0, world.protocols, 2)],
        ledger=list(_ledger(world)),
    )


def names_of(count: int) -> Iterator[str]:
    """So many different names: Amber Anchor, Amber Bramble, … and on with a number."""
    pairs = [f"{first} {second}" for first, second in product(FIRST_WORDS, SECOND_WORDS)]
    for n in range(count):
        turn, place = divmod(n, len(pairs))
        yield f"{pairs[place]} {turn + 1}" if turn else pairs[place]


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def _chain(n: int) -> Ref:
    return Ref(EntityKind.CHAIN, SYNTHETIC, CHAINS[n % len(CHAINS)])


def _token(n: int) -> Ref:
    return Ref(EntityKind.TOKEN, SYNTHETIC, f"token-{n}")


def _subject(n: int) -> Ref:
    return Ref(EntityKind.PROTOCOL, SYNTHETIC, f"protocol-{n}")


def _protocol(world: World, n: int, name: str) -> ProtocolFact:
    return ProtocolFact(
        (_subject(n),),
        _slug(name),
        name,
        ProtocolKind.PROTOCOL,
        token=_token(n),
        sectors=(SECTORS[n % len(SECTORS)],),
        chains=(_chain(n), _chain(n + 1)),
        category="Synthetic",
        description=f"{name} is made up, and so is every number about it.",
        launched_on=world.first,
        doublecounted=False,
    )


def _methodology(n: int) -> MethodologyFact:
    return MethodologyFact(_subject(n), Metric.REVENUE, SYNTHETIC, "Generated: a fixed share of generated fees.")


def _policy(world: World, n: int) -> PolicyFact:
    rule = {"recipient": "token holders", "mechanism": MechanismKind.BUYBACK_BURN.name, "percent": "50"}
    return PolicyFact(
        f"{SYNTHETIC}:policy:{n}",
        _subject(n),
        PolicyStatus.ACTIVE,
        Metric.REVENUE,
        "revenue",
        PolicyBasis.PERCENT_OF_BASE,
        (rule,),
        SYNTHETIC,
        Confidence.UNVERIFIED,
        effective_from=world.first,
    )


def _series(world: World) -> Iterator[SeriesFact]:
    """Fees and revenue of all, what holders get of every second, streams of every eighth protocol."""
    days = array("i", range(world.first.toordinal(), world.last.toordinal() + 1))
    shapes = [_shape(number, world.days) for number in range(SHAPES)]
    for n in range(world.protocols):
        # A few earn most: the size falls as one over the rank, as it does among real ones.
        shape, size = shapes[n % SHAPES], max(1, 1000 * 50 // (n + 50))
        shares = [(Metric.FEES, "", 100), (Metric.REVENUE, "", 40)]
        shares += [(Metric.HOLDERS_REVENUE, "", 20)] if n % 2 == 0 else []
        shares += [(Metric.REVENUE, stream, 20) for stream in STREAMS] if n % 8 == 0 else []
        for metric, stream, percent in shares:
            values = array("q", [value * size * percent // 100_000 for value in shape])
            yield SeriesFact(SeriesKey(_subject(n), metric, SYNTHETIC, None, stream), array("i", days), values)


def _shape(number: int, days: int) -> list[int]:
    """A walk around MEAN that never falls to nothing."""
    chance, level, values = random.Random(number), 1.0, []  # noqa: S311 - drawn for measuring, not for secrets
    for _ in range(days):
        level = min(4.0, max(0.25, level * chance.uniform(0.9, 1.11)))
        values.append(int(MEAN * level))
    return values


def _ledger(world: World) -> Iterator[LedgerFact]:
    """Purchases of the token, spread evenly over the days."""
    seconds = world.days * 86_400 // max(1, world.entries)
    start = datetime.combine(world.first, time(12), UTC)
    for n in range(world.protocols):
        for number in range(world.entries):
            tokens, price = Decimal(100 + (n * 7 + number * 13) % 900), Decimal(1 + n % 50) / 100
            yield LedgerFact(
                f"{SYNTHETIC}:{n}:{number}",
                _subject(n),
                LedgerKind.PURCHASE,
                MechanismKind.BUYBACK_BURN,
                min(start + timedelta(seconds=seconds * number), datetime.combine(world.last, time(23), UTC)),
                SYNTHETIC,
                ObservationMethod.INFERRED,
                Confidence.UNVERIFIED,
                token=_token(n),
                tokens=tokens,
                usd=tokens * price,
                price_usd=price,
                funding=FundingSource.PERIOD_REVENUE,
                disposition=Disposition.HELD,
                chain=_chain(n),
            )
