"""A small made-up world that a stand-in upstream reports on, and the truth of it for sums of a test's own."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

DATA_TYPES = ("dailyFees", "dailyRevenue", "dailyHoldersRevenue", "dailySupplySideRevenue")
CATEGORIES = ("Derivatives", "Dexs", "Lending", "Liquid Staking", "Launchpad", "Yield", "Bridge", "Onchain Casino")
CHAINS = ("Alder", "Birch L1", "Cedar", "Dogwood One", "Elm", "Fir")
# How much of the fees each is, so that they add up as an upstream's would, roughly.
SHARES = {"dailyFees": 1.0, "dailyRevenue": 0.4, "dailyHoldersRevenue": 0.2, "dailySupplySideRevenue": 0.6}


@dataclass(frozen=True, slots=True)
class Listing:
    id: str
    name: str
    slug: str
    category: str
    chains: tuple[str, ...]
    kind: str = "protocol"
    parent: str | None = None
    doublecounted: bool = False
    gecko_id: str | None = None

    @property
    def charted(self) -> bool:
        """Whether the overview's chart has it: upstream leaves chains and doublecounted listings out."""
        return self.kind == "protocol" and not self.doublecounted


@dataclass(frozen=True, slots=True)
class Family:
    """A parent. As upstream, the suffix of its id need not be its slug."""

    id: str
    name: str
    slug: str
    gecko_id: str


# Values by position in `days`; None is a day upstream has nothing of.
Row = list[Decimal | None]


@dataclass(slots=True)
class World:
    """`size` listings over `length` whole days up to the day before `today`; the same for the same seed."""

    size: int = 12
    length: int = 60
    today: date = date(2026, 8, 10)
    seed: int = 1
    data_types: tuple[str, ...] = DATA_TYPES
    chains: tuple[str, ...] = CHAINS
    families: dict[str, Family] = field(default_factory=dict)
    listings: dict[str, Listing] = field(default_factory=dict)
    _rows: dict[tuple[str, str, str], Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        draw = random.Random(self.seed)
        for number in range(self.size // 6):
            slug = f"house-{number}"
            self.families[f"parent#{slug}"] = Family(f"parent#{slug}", f"House {number}", f"{slug}-of-old", slug)
        for number in range(self.size):
            self._add(_drawn(draw, number, list(self.families), self.chains))
        self.families = {id_: family for id_, family in self.families.items() if self.members(id_)}

    def _add(self, listing: Listing) -> None:
        self.listings[listing.id] = listing

    @property
    def days(self) -> list[date]:
        """Every whole day there is, oldest first."""
        return [self.today - timedelta(days=ago) for ago in range(self.length, 0, -1)]

    def value(self, id_: str, data_type: str, day: date, chain: str | None = None) -> Decimal | None:
        """The truth: what a listing took on a day, on a chain or all; None where upstream has nothing."""
        place = (day - self.today).days + self.length
        if chain is not None:
            return self._row(id_, data_type, chain)[place]
        return _summed([self._row(id_, data_type, chain)[place] for chain in self.listings[id_].chains])

    def row(self, id_: str, data_type: str, chain: str | None = None) -> Row:
        """The truth day by day, as `value`."""
        if chain is not None:
            return self._row(id_, data_type, chain)
        first, *others = (self._row(id_, data_type, chain) for chain in self.listings[id_].chains)
        return [_summed(parts) for parts in zip(first, *others, strict=True)] if others else first

    def family_value(self, id_: str, data_type: str, day: date, chain: str | None = None) -> Decimal | None:
        """The truth of a family: the sum over its members that are not doublecounted."""
        parts = [
            self.value(member.id, data_type, day, chain)
            for member in self.members(id_)
            if member.charted and (chain is None or chain in member.chains)
        ]
        return _summed(parts)

    def members(self, id_: str) -> list[Listing]:
        return [listing for listing in self.listings.values() if listing.parent == id_]

    def restate(self, id_: str, data_type: str, day: date, value: Decimal | None) -> None:
        """Let upstream say something else of a day from now on, all of it on the listing's first chain."""
        place = (day - self.today).days + self.length
        first, *others = self.listings[id_].chains
        self._row(id_, data_type, first)[place] = value
        for chain in others:
            self._row(id_, data_type, chain)[place] = None

    def advance(self) -> None:
        """A day passes: every listing takes something more."""
        for key, row in self._rows.items():
            row.append(_amount(random.Random(f"{self.seed}/{key}/{self.today}"), SHARES[key[1]]))
        self.today += timedelta(days=1)
        self.length += 1

    def price(self, gecko_id: str, day: date) -> Decimal:
        """The close of a day: a coin's are of one order."""
        places = random.Random(f"{self.seed}/{gecko_id}").randrange(2, 6)
        return Decimal(random.Random(f"{self.seed}/{gecko_id}/{day}").randrange(10**6, 10**7)).scaleb(-places)

    def _row(self, id_: str, data_type: str, chain: str) -> Row:
        key = (id_, data_type, chain)
        if key not in self._rows:
            self._rows[key] = list(_history(random.Random(f"{self.seed}/{key}"), SHARES[data_type], self.length))
        return self._rows[key]


def _summed(parts: Iterable[Decimal | None]) -> Decimal | None:
    known = [part for part in parts if part is not None]
    return sum(known, Decimal()) if known else None


def _history(draw: random.Random, share: float, length: int) -> Iterator[Decimal | None]:
    """Whole dollars mostly, as upstream rounds them; now and then cents, a loss, or nothing."""
    for _ in range(length):
        yield None if draw.random() < 0.02 else _amount(draw, share)


def _amount(draw: random.Random, share: float) -> Decimal:
    whole = draw.randrange(1_000, 1_000_000)
    if draw.random() < 0.05:
        return Decimal(f"{int(whole * share)}.{draw.randrange(10**9):09d}")
    return Decimal(int(whole * share))


def _drawn(draw: random.Random, number: int, families: list[str], chains: tuple[str, ...]) -> Listing:
    """The first listings are the odd ones: a chain, a doublecounted member, one with the slug of its family."""
    id_, name, slug = str(100 + number), f"Venue {number}", f"venue-{number}"
    category = draw.choice(CATEGORIES)
    where = tuple(draw.sample(chains, k=1 if draw.random() < 0.6 else draw.randrange(2, min(4, len(chains)) + 1)))
    if number == 0:
        return Listing(f"chain#{chains[0].lower()}", chains[0], chains[0].lower(), "Chain", chains[:1], "chain")
    parent = draw.choice(families) if families and number % 3 == 1 else None
    if number == 1 and parent:
        return Listing(id_, name, f"{parent.removeprefix('parent#')}-of-old", category, where, parent=parent)
    return Listing(
        id_, name, slug, category, where, parent=parent, doublecounted=number % 10 == 7, gecko_id=f"coin-{number}"
    )
