"""The bundled dataset as editions: what was on record when, to be published one after the other."""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from models.epoch import BUNDLED, NEVER_RUN, epoch
from models.store import Store
from sync.dataset.record import BadRecord
from sync.dataset.statements import Dated, Statement
from sync.dataset.tables import Stated
from sync.facts import (
    ClaimFact,
    Facts,
    HoldingFact,
    LedgerFact,
    PolicyFact,
    RaiseFact,
    RightsFact,
    RiskFact,
    RoleFact,
    SeriesFact,
    SeriesKey,
    TreasuryTransactionFact,
    UnlockFact,
    ValueLayerFact,
)
from sync.gate import Gate
from sync.publish import Published, publish
from sync.report import PUBLISHED, Outcome
from sync.sources import SOURCES
from sync.sources.bundled import Dataset, Moment, dataset

NAME = BUNDLED
# The recordings restate whole histories on purpose: that is what they are kept for.
OPEN = Gate(share=1.0)


# Where a statement of each kind stands among the facts, and what two of one kind have in common that are about
# the same: a `ref` unless said.
LISTS: dict[type[Any], str] = {
    PolicyFact: "policies",
    LedgerFact: "ledger",
    ClaimFact: "claims",
    RoleFact: "roles",
    RaiseFact: "raises",
    HoldingFact: "holdings",
    TreasuryTransactionFact: "transactions",
    RightsFact: "rights",
    UnlockFact: "unlocks",
    ValueLayerFact: "layers",
    RiskFact: "risks",
}
NAMED_BY: dict[type[Any], tuple[str, ...]] = {
    HoldingFact: ("organisation", "token", "day", "source"),
    RightsFact: ("protocol",),
    ValueLayerFact: ("protocol", "kind", "stream"),
    RiskFact: ("subject", "kind"),
}


class StoreInUse(Exception):
    """The store holds epochs of its own clock, before which no recording may be put."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What came on record after the edition before it, until `recorded_at`."""

    recorded_at: datetime
    note: str
    facts: Facts = field(default_factory=Facts)


def editions(found: Dataset | None = None) -> list[Edition]:
    """Every edition in order of time; the first one states the publishers and entities, too.

    A fact belongs to the first edition on or after its date. Of several values of a day that an edition spans
    the last one counts, as it did for whoever looked then.
    """
    found = found or dataset()
    shelves = [_Shelf(moment) for moment in found.moments]
    moments = [moment.recorded_at for moment in found.moments]
    if moments != sorted(set(moments)):
        raise BadRecord("editions.csv", "editions out of order")
    for value in sorted(found.values, key=lambda value: value.recorded):
        shelves[_place(value.recorded, moments)].put_value(value)
    for dated in sorted(found.statements, key=lambda dated: dated.recorded):
        shelves[_place(dated.recorded, moments)].put_statement(dated)
    first, *later = [shelf.edition() for shelf in shelves]
    return [replace(first, facts=found.standing.joined(first.facts)), *later]


def _place(recorded: datetime, moments: list[datetime]) -> int:
    place = bisect_left(moments, recorded)
    if place == len(moments):
        raise BadRecord("editions.csv", f"no edition on or after {recorded.isoformat()}")
    return place


@dataclass(slots=True)
class _Shelf:
    """Where the facts of one edition are gathered, the later of two about the same replacing the earlier."""

    moment: Moment
    values: dict[SeriesKey, dict[date, Stated]] = field(default_factory=dict)
    statements: dict[Hashable, Statement] = field(default_factory=dict)

    def put_value(self, value: Stated) -> None:
        self.values.setdefault(value.key, {})[value.day] = value

    def put_statement(self, dated: Dated) -> None:
        fact = dated.fact
        names = NAMED_BY.get(type(fact), ("ref",))
        self.statements[type(fact), *(getattr(fact, name) for name in names)] = fact

    def edition(self) -> Edition:
        facts = Facts(series=[_series(key, days) for key, days in self.values.items()])
        for fact in self.statements.values():
            getattr(facts, LISTS[type(fact)]).append(fact)
        return Edition(self.moment.recorded_at, self.moment.note, facts)


def _series(key: SeriesKey, days: dict[date, Stated]) -> SeriesFact:
    return SeriesFact.of(key, ((day, days[day].value) for day in sorted(days)))


async def load_bundled(store: Store, on_progress: Callable[[int, int], None] | None = None) -> list[Published]:
    """Publish every edition that the store hasn't yet, in order, each under the moment of its recording.

    Calls `on_progress` with how many of how many are in. Raises StoreInUse for a store that has published for
    itself, and Locked while another publishes. Killed half-way, the next call goes on where this one stopped.
    """
    every = editions()
    known = await _known(store)
    published = []
    for number, edition in enumerate(every, 1):
        if edition.recorded_at not in known:
            published.append(await _publish(store, edition))
        if on_progress:
            on_progress(number, len(every))
    return published


async def load(store: Store) -> str:
    """Load what is missing of the dataset, and say what that was."""
    published = await load_bundled(store)
    return (
        f"Published {len(published)} editions of the bundled dataset."
        if published
        else "Everything was loaded already."
    )


async def _publish(store: Store, edition: Edition) -> Published:
    async with store.publishing() as publication:
        return await publish(
            publication,
            {NAME: edition.facts},
            outcomes=[_outcome(edition), *_unasked()],
            gate=OPEN,
            recorded_at=edition.recorded_at,
            note=edition.note,
        )


def _outcome(edition: Edition) -> Outcome:
    return Outcome(NAME, PUBLISHED, fetched=edition.facts.count())


def _unasked() -> Iterable[Outcome]:
    """The upstreams, of which a recording asks none."""
    for source in SOURCES:
        keys = " or ".join(f"ACCRUAL_{name.upper()}_KEY" for name in source.needs_key)
        key = f", and it needs a key: set {keys}" if keys else ""
        yield Outcome(source.name, NEVER_RUN, skipped_because=f"no sync has asked it yet{key}")


async def _known(store: Store) -> set[datetime]:
    """The moment of every epoch, no two editions' the same; raises StoreInUse if one is of the store's own clock."""
    async with store.readers.connect() as connection:
        rows = (await connection.execute(select(epoch.c.published_at, epoch.c.recorded))).all()
    if not all(row.recorded for row in rows):
        raise StoreInUse("this store has published for itself; the bundled dataset needs an empty one")
    return {row.published_at for row in rows}
