"""The names the outside world knows things by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from sqlalchemy import select, tuple_

from models.entity import external_id
from models.store import Reader
from models.versioned import Versioned
from models.vocabulary import EntityKind
from resolvers.batching import many_each
from resolvers.declare import Parent, batched
from resolvers.subject import Measured

Name: TypeAlias = tuple[str, str] | int
"""What a thing is looked up by: (system, value), where the system of a slug is ours, or its number."""

# Names of this system are slugs of this API, former ones included.
OURS = "accrual"


@dataclass(unsafe_hash=True)
class ExternalIdInput:
    """A name in somebody's numbering."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class ExternalIdRow:
    """`valid_from`, `valid_to`: the first and last day it was in use, where known."""

    system: str
    value: str
    valid_from: date | None
    valid_to: date | None


async def external_ids_by_entity(reader: Reader, ids: Sequence[int]) -> list[list[ExternalIdRow]]:
    """Every name of each entity, by system. One statement."""
    live = reader.live(external_id)
    query = (
        select(live.c.entity_id, live.c.system, live.c.value, live.c.first_day, live.c.last_day)
        .where(reader.among(live.c.entity_id, ids))
        .order_by(live.c.system, live.c.value)
    )
    return many_each(ids, ((id_, ExternalIdRow(*rest)) for id_, *rest in await reader.rows(query)))


async def entities_named(
    reader: Reader, kind: EntityKind, names: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """The entity behind each (system, value) that is known. One statement."""
    live = reader.live(external_id)
    named = tuple_(live.c.system, live.c.value).in_(list(names))
    rows = await reader.rows(select(live.c.system, live.c.value, live.c.entity_id).where(live.c.kind == kind, named))
    return {(system, value): entity_id for system, value, entity_id in rows}


async def numbers_by_name(reader: Reader, table: Versioned, kind: EntityKind, names: Iterable[Name]) -> dict[Name, int]:
    """The number of each name that is known: by slug, one that was given up included. Two statements at most."""
    known: dict[Name, int] = {}
    pairs = [name for name in names if isinstance(name, tuple)]
    for name in names:
        if isinstance(name, int):
            known[name] = name
    if not pairs:
        return known
    live, slugs = reader.live(table), [value for system, value in pairs if system == OURS]
    current = await reader.rows(select(live.c.slug, live.c[table.identity[0]]).where(live.c.slug.in_(slugs)))
    for name, number in (await entities_named(reader, kind, pairs)).items():
        known[name] = number
    for slug, number in current:
        known[OURS, slug] = number
    return known


@batched(external_ids_by_entity)
def resolve_external_ids(row: Parent[Measured]) -> int:
    return row.subject.id
