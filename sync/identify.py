"""Which entity a name means: known names keep their entity, new ones are given one.

An entity is recognised by any name known for it. Names in somebody else's numbering are trusted before our own
slugs: a slug may pass from one protocol to another, an id does not. What a recording named and nobody numbered yet
is also recognised by its title.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from models.entity import entity, external_id
from models.publication import Publication
from models.versioned import FOREVER
from models.vocabulary import EntityKind, SectorKey
from sync.facts import Ref
from sync.recorded import TABLES, Recorded, Title

OWN = "accrual"
# The number of the collector that is this store itself.
STORE = -1
MARKET = Ref(EntityKind.MARKET, OWN, "market")
SECTORS = [Ref(EntityKind.SECTOR, OWN, sector.name) for sector in SectorKey]


class Unknown(LookupError):
    """A name that means nobody; the message is the reason a fact is refused."""


@dataclass(slots=True)
class Names:
    """Every name known before this refresh or stated in it.

    `current` and `given_up` are names by entity, `slugs` the live slug of each entity, `first_days` since when
    a name is used. `recorded` is what recordings said, `titles` what they call their entities. `stated` are the
    names of this refresh, `added` its new entities.
    """

    current: dict[Ref, int]
    given_up: dict[Ref, int]
    first_days: dict[Ref, date | None]
    slugs: dict[EntityKind, dict[int, str]]
    highest: int
    recorded: Recorded = field(default_factory=Recorded)
    stated: dict[Ref, int] = field(default_factory=dict[Ref, int])
    added: dict[int, EntityKind] = field(default_factory=dict[int, EntityKind])
    systems: dict[int, set[str]] = field(default_factory=dict[int, set[str]])
    titles: dict[Title, list[int]] = field(default_factory=dict[Title, list[int]])

    def index(self) -> None:
        """Make ready to be asked: once every known name is in."""
        for ref, id_ in self.current.items():
            self.systems.setdefault(id_, set()).add(ref.system)
        for title, id_ in self.recorded.titles():
            self.titles.setdefault(title, []).append(id_)

    def find(self, ref: Ref) -> int:
        """The entity of a name, used or given up; raises Unknown."""
        found = self.current.get(ref) or self.given_up.get(ref)
        if found is None:
            raise Unknown(f"unknown {ref.kind.name.lower()}: {ref.system} {ref.value}")
        return found

    def identify(self, refs: Sequence[Ref], slug: str, title: Title) -> int:
        """The entity known by any of the names, or a new one; the names are its names from now on.

        One that a recording named keeps the slug it has.
        """
        kind, _ = title
        own = Ref(kind, OWN, slug)
        found = self._known(refs, own, title)
        if found is None:
            found = self._new(kind)
        for ref in dict.fromkeys(refs if found in self.recorded else (*refs, own)):
            if self.current.setdefault(ref, found) == found:
                self.stated[ref] = found
                if self.given_up.get(ref, found) != found:
                    self.first_days.pop(ref, None)
                self.systems.setdefault(found, set()).add(ref.system)
        return found

    def standing(self) -> None:
        """The sectors and the market are there from the first epoch on."""
        for ref in (*SECTORS, MARKET):
            self.identify([ref], ref.value, (ref.kind, ref.value))

    def call(self, id_: int, ref: Ref) -> None:
        """Let a name mean this entity, though it meant another: a slug that was given up is taken over."""
        if self.current.get(ref) != id_:
            self.current[ref] = self.stated[ref] = id_
            self.first_days.pop(ref, None)

    def of_others(self, id_: int, refs: Sequence[Ref]) -> list[Ref]:
        """Names that were stated of this entity and mean another."""
        return [ref for ref in refs if self.current.get(ref, id_) != id_]

    def forget(self, id_: int) -> None:
        """Take back an entity that this refresh added: its facts were refused."""
        if self.added.pop(id_, None) is not None:
            for names in (self.current, self.stated):
                for ref in [ref for ref, owner in names.items() if owner == id_]:
                    del names[ref]

    def _known(self, refs: Sequence[Ref], own: Ref, title: Title) -> int | None:
        foreign = [ref for ref in refs if ref.system != OWN]
        for ref in foreign:
            if ref in self.current:
                return self.current[ref]
        for ref in dict.fromkeys((*(ref for ref in refs if ref.system == OWN), own)):
            if ref in self.current and self._fits(self.current[ref], foreign):
                return self.current[ref]
        given_up = next((self.given_up[ref] for ref in foreign if ref in self.given_up), None)
        return self._titled(title, foreign) if given_up is None else given_up

    def _titled(self, title: Title, foreign: Sequence[Ref]) -> int | None:
        """The one recorded entity of this title that none of the numberings has; None should there be two."""
        fitting = [id_ for id_ in self.titles.get(title, ()) if foreign and self._fits(id_, foreign)]
        return fitting[0] if len(fitting) == 1 else None

    def _fits(self, id_: int, foreign: Sequence[Ref]) -> bool:
        """Whether an entity could be meant though none of these names is known: in one numbering it has one id.

        Chains alone go by several names in one numbering.
        """
        taken = self.systems[id_]
        return all(ref.kind is EntityKind.CHAIN or ref.system not in taken for ref in foreign)

    def _new(self, kind: EntityKind) -> int:
        self.highest += 1
        self.added[self.highest] = kind
        return self.highest


async def known_names(publication: Publication, recorded: Recorded) -> Names:
    """The names of every entity at the base of a publication."""
    table = external_id.every_version.c
    columns = (table.kind, table.system, table.value, table.entity_id, table.first_day, table.last_day)
    names = Names({}, {}, {}, {}, 0, recorded)
    async with publication.transaction() as connection:
        names.highest = await connection.scalar(select(func.max(entity.every_version.c.entity_id))) or 0
        for kind, system, value, id_, first_day, last_day in await connection.execute(
            select(*columns).where(table.valid_to == FOREVER)
        ):
            ref = Ref(kind, system, value)
            names.first_days[ref] = first_day
            (names.current if last_day is None else names.given_up)[ref] = id_
        for kind, versioned in TABLES.items():
            live = versioned.every_version.c
            query = select(live[versioned.identity[0]], live.slug).where(live.valid_to == FOREVER)
            names.slugs[kind] = {id_: slug for id_, slug in await connection.execute(query)}  # noqa: C416
    names.index()
    return names


def name_rows(names: Names, slugs: dict[int, tuple[EntityKind, str]], today: date) -> list[dict[str, Any]]:
    """Rows of external_id for the names stated, and for the slugs given up in favour of those in `slugs`."""
    rows = []
    for ref, id_ in names.stated.items():
        since = None if id_ in names.added else today
        rows.append(_name_row(ref, id_, names.first_days.get(ref, since), None))
    for id_, (kind, slug) in slugs.items():
        old = Ref(kind, OWN, names.slugs[kind].get(id_, slug))
        if old.value != slug and old not in names.stated:
            rows.append(_name_row(old, id_, names.first_days.get(old), today - timedelta(days=1)))
    return rows


def _name_row(ref: Ref, id_: int, first_day: date | None, last_day: date | None) -> dict[str, Any]:
    dated = {"first_day": first_day, "last_day": last_day, "collector": STORE, "withdrawn": False}
    return {**ref._asdict(), "entity_id": id_, **dated}


async def add_entities(publication: Publication, names: Names) -> None:
    rows = [{"entity_id": id_, "kind": kind, "since": publication.epoch} for id_, kind in names.added.items()]
    if rows:
        async with publication.transaction() as connection:
            await connection.execute(insert(entity.every_version), rows)
