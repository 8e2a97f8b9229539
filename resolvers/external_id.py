"""The names the outside world knows things by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Select, Subquery, bindparam, select

from models.entity import external_id
from models.statement import Draft, prepared
from models.store import Reader
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
    wanted = set(names)
    systems, values = [system for system, _ in wanted], [value for _, value in wanted]
    rows = await reader.run(_by_name, kind=kind, systems=systems, values=values)
    return {(system, value): id_ for system, value, id_ in rows if (system, value) in wanted}


@prepared
def _by_name(draft: Draft) -> Select[Any]:
    return select(names_among(draft))


def names_among(draft: Draft) -> Subquery:
    """(system, value, entity_id) of every name of a `kind` with one of `systems` and one of `values`."""
    live = draft.live(external_id)
    query = select(live.c.system, live.c.value, live.c.entity_id).where(live.c.kind == bindparam("kind"))
    return query.where(draft.among(live.c.system, "systems"), draft.among(live.c.value, "values")).subquery()


async def numbers_by_name(reader: Reader, kind: EntityKind, names: Iterable[Name]) -> dict[Name, int]:
    """The number of each name that is known: by slug, one that was given up included. One statement at most.

    A publish makes every slug a name of the entity that has it.
    """
    wanted = list(names)
    known: dict[Name, int] = {name: name for name in wanted if isinstance(name, int)}
    pairs = [name for name in wanted if isinstance(name, tuple)]
    found = await entities_named(reader, kind, pairs) if pairs else {}
    return known | {name: found[name] for name in pairs if name in found}


@batched(external_ids_by_entity)
def resolve_external_ids(row: Parent[Measured]) -> int:
    return row.subject.id
