"""The feed of changes: everything that differs between epochs, in an order that never changes, from any place on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from sqlalchemy import select

from models.entity import entity
from models.epoch import EpochNotHere, epoch
from models.observation import series
from models.store import Reader
from models.vocabulary import ChangedType, ChangeKind, EntityKind
from resolvers.argument import hashed
from resolvers.claim import claims_by_id
from resolvers.declare import Parent, argument, batched
from resolvers.entity import ById, entities_by_id
from resolvers.entry import entries_by_id
from resolvers.errors import ApiError, BadCursor, BadInput
from resolvers.feed import Line, Place, lines_after
from resolvers.identity import global_id
from resolvers.paging import decoded, encoded, epoch_of_cursor
from resolvers.policy import policies_by_id
from resolvers.quality import issues_by_id

LARGEST_PAGE = 500
PAGE = 100
START = Place(0, 0, 0, 0)

# The things of the feed that are no entities.
RECORDS: dict[ChangedType, tuple[str, ById]] = {
    ChangedType.POLICY: ("AllocationPolicy", policies_by_id),
    ChangedType.LEDGER_ENTRY: ("LedgerEntry", entries_by_id),
    ChangedType.CLAIM: ("Claim", claims_by_id),
    ChangedType.QUALITY_ISSUE: ("QualityIssue", issues_by_id),
}
# Column names that say how a row refers to another.
REFERENCES = ("_id", "_day")


class CursorPruned(ApiError):
    """The epoch that a reader of the feed has reached is given up: what came after it can't be told any more."""

    code = "CURSOR_PRUNED"


class Owner(NamedTuple):
    """The entity that a changed series or risk is about."""

    kind: EntityKind
    number: int


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """`owner`: the entity that it is about, where the thing itself is no node."""

    line: Line
    at: datetime
    id: str
    owner: int | None

    @property
    def seq(self) -> str:
        return cursor_of(self.line.place)

    @property
    def epoch(self) -> int:
        return self.line.reading

    @property
    def kind(self) -> ChangeKind:
        return self.line.kind

    @property
    def type(self) -> ChangedType:
        return self.line.type_

    @property
    def is_series(self) -> bool:
        return self.line.type_ is ChangedType.SERIES

    @property
    def fields(self) -> list[str]:
        """What differs, in the names of the schema."""
        return [_camel(name) for name in self.line.fields.split(",") if name]


@dataclass(frozen=True, slots=True)
class ChangePage:
    """`next_cursor` is where to go on; when `caught_up`, there was nothing more at this epoch."""

    nodes: list[ChangeRow]
    next_cursor: str
    caught_up: bool

    @property
    def oldest_cursor(self) -> str:
        return cursor_of(START)


class ChangeKey(NamedTuple):
    """Up to `size` changes after a cursor, from the beginning without one."""

    after: str | None
    size: int
    kinds: tuple[ChangeKind, ...] | None = None
    types: tuple[ChangedType, ...] | None = None


def cursor_of(place: Place) -> str:
    return encoded(place.known + 1, place[1:])


def place_of(cursor: str) -> Place:
    """The place a cursor stands for; raises BadCursor."""
    place = [epoch_of_cursor(cursor) - 1, *decoded(cursor, len(Place._fields) - 1)]
    numbers = [part for part in place if isinstance(part, int)]
    if len(numbers) != len(place):
        raise BadCursor("this is not a cursor of the feed of changes")
    return Place(*numbers)


def end_of(number: int) -> str:
    """The cursor of someone who knows everything up to an epoch."""
    return cursor_of(Place(number, number, 0, 0))


async def change_pages(reader: Reader, keys: Sequence[ChangeKey]) -> list[ChangePage]:
    """A page for each key. One statement, and three at most for each key; raises BadCursor and CursorPruned."""
    query = select(epoch.c.epoch, epoch.c.published_at, epoch.c.retained).where(epoch.c.epoch <= reader.epoch)
    epochs = {row.epoch: row for row in await reader.rows(query)}
    return [await _page(reader, key, epochs) for key in keys]


async def _page(reader: Reader, key: ChangeKey, epochs: dict[int, Any]) -> ChangePage:
    place = START if key.after is None else place_of(key.after)
    check_place(place, [number for number, row in epochs.items() if row.retained], reader.epoch)
    lines = await lines_after(reader, place, key.size + 1, key.kinds, key.types)
    shown = lines[: key.size]
    owners = await _owners(reader, shown)
    nodes = [_row(line, epochs[line.reading].published_at, owners) for line in shown]
    if len(lines) > len(shown):
        return ChangePage(nodes, cursor_of(shown[-1].place), caught_up=False)
    return ChangePage(nodes, end_of(reader.epoch), caught_up=True)


def check_place(place: Place, retained: Sequence[int], newest: int) -> None:
    """Raises CursorPruned: a reader of the feed can go on from what it knows only while that can be compared."""
    if max(place.known, place.reading) > newest:
        raise EpochNotHere(f"epoch {max(place.known, place.reading)} is not published here")
    for number in (place.known, place.reading):
        if number > 0 and number not in retained:
            raise CursorPruned(f"epoch {number} was pruned: read everything anew, or begin at oldestCursor")


async def _owners(reader: Reader, lines: Sequence[Line]) -> dict[tuple[ChangedType, int], Owner]:
    """Whom the changes are about that aren't of things with an id of their own. Two statements at most."""
    found: dict[tuple[ChangedType, int], Owner] = {}
    named, known = reader.live(entity), reader.live(series)
    ids = [line.number for line in lines if line.type_ is ChangedType.SERIES]
    if ids:
        query = select(known.c.series_id, named.c.kind, named.c.entity_id)
        query = query.join(named, named.c.entity_id == known.c.subject_id)
        for id_, *owner in await reader.rows(query.where(reader.among(known.c.series_id, ids))):
            found[ChangedType.SERIES, id_] = Owner(*owner)
    others = [line for line in lines if line.type_ is not ChangedType.SERIES and line.type_ not in RECORDS]
    if others:
        query = select(named.c.kind, named.c.entity_id)
        rows = await reader.rows(query.where(reader.among(named.c.entity_id, [line.number for line in others])))
        owners = {row.entity_id: Owner(*row) for row in rows}
        found |= {(line.type_, line.number): owners[line.number] for line in others}
    return found


def _row(line: Line, at: datetime, owners: dict[tuple[ChangedType, int], Owner]) -> ChangeRow:
    if line.type_ in RECORDS:
        return ChangeRow(line, at, global_id(RECORDS[line.type_][0], line.number), None)
    owner = owners[line.type_, line.number]
    return ChangeRow(line, at, global_id(owner.kind.name.capitalize(), owner.number), owner.number)


def _camel(name: str) -> str:
    for ending in REFERENCES:
        name = name.removesuffix(ending)
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


async def changed_nodes(reader: Reader, keys: Sequence[tuple[ChangedType, int, int | None]]) -> list[Any]:
    """What each (type, number, owner) is, or belongs to, now; None where it is gone. One statement for each type."""
    found: dict[tuple[ChangedType, int, int | None], Any] = {}
    for type_, (_, by_id) in RECORDS.items():
        mine = [key for key in keys if key[0] is type_]
        if mine:
            found.update(zip(mine, await by_id(reader, [number for _, number, _ in mine]), strict=True))
    owned = [key for key in keys if key[2] is not None]
    if owned:
        owners = list(dict.fromkeys(owner for _, _, owner in owned if owner is not None))
        rows = dict(zip(owners, await entities_by_id(reader, owners), strict=True))
        found |= {key: rows[key[2]] for key in owned if key[2] is not None}
    return [found[key] for key in keys]


# `after` is no cursor of a list here, but a place in time: the feed is read at the newest epoch, from there on.
@batched(change_pages, at=True)
def resolve_changes(
    resume: Annotated[
        str | None,
        argument("Only what came after this cursor of the feed, from the beginning of time if left out.", name="after"),
    ] = None,
    first: Annotated[int | None, argument(f"How many, 1 to {LARGEST_PAGE}, {PAGE} if not said.")] = None,
    kinds: Annotated[list[ChangeKind] | None, argument("Of which kinds, for example [RESTATED].")] = None,
    types: Annotated[list[ChangedType] | None, argument("Of what, for example [POLICY, LEDGER_ENTRY].")] = None,
) -> ChangeKey:
    size = PAGE if first is None else first
    if not 1 <= size <= LARGEST_PAGE:
        raise BadInput(f"`first` must be from 1 to {LARGEST_PAGE}, not {size}")
    return ChangeKey(resume, size, _words(kinds), _words(types))


def _words(words: list[Any] | None) -> tuple[Any, ...] | None:
    return None if words is None else tuple(hashed(words))


@batched(changed_nodes)
def resolve_changed_node(row: Parent[ChangeRow]) -> tuple[ChangedType, int, int | None]:
    return row.line.type_, row.line.number, row.owner
