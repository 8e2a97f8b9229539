"""Protocols: who they are, how they are looked up, and what they are parts of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, TypeAlias

from sqlalchemy import FromClause, Select, select

from models.protocol import protocol
from models.statement import Draft, prepared
from models.store import Reader
from models.vocabulary import EntityKind, ProtocolKind
from resolvers.batching import many_each
from resolvers.declare import ID, Parent, argument, batched
from resolvers.errors import BadInput
from resolvers.external_id import OURS, ExternalIdInput, Name, names_among
from resolvers.identity import global_id, identity_of
from resolvers.subject import Subject

TYPE = "Protocol"


@dataclass(frozen=True, slots=True)
class ProtocolRow:
    """`sectors` are names of SectorKey, `chains` slugs."""

    number: int
    slug: str
    name: str
    kind: ProtocolKind
    parent_id: int | None
    token_id: int | None
    sector_names: tuple[str, ...]
    chain_slugs: tuple[str, ...]
    category: str | None
    description: str | None
    homepage: str | None
    launched_on: date | None
    doublecounted: bool

    @property
    def id(self) -> str:
        return global_id(TYPE, self.number)

    @property
    def subject(self) -> Subject:
        scope = self.slug if self.kind is ProtocolKind.CHAIN else ""
        return Subject(EntityKind.PROTOCOL, self.number, self.number, self.token_id, scope)


@dataclass(unsafe_hash=True)
class ProtocolBy:
    """How to look a protocol up."""

    slug: str | None = None
    id: ID | None = None
    external_id: ExternalIdInput | None = None


def columns(live: FromClause) -> list[Any]:
    """In the order of ProtocolRow."""
    identity = ("protocol_id", "slug", "name", "kind", "parent_id", "token_id", "sectors", "chains")
    details = ("category", "description", "homepage", "launched_on", "doublecounted")
    return [live.c[name] for name in (*identity, *details)]


@prepared
def _by_id(draft: Draft) -> Select[Any]:
    live = draft.live(protocol)
    return select(*columns(live)).where(draft.among(live.c.protocol_id, "ids"))


async def protocols_by_id(reader: Reader, ids: Sequence[int]) -> list[ProtocolRow | None]:
    """One statement."""
    found = {row[0]: ProtocolRow(*row) for row in await reader.run(_by_id, ids=list(ids))}
    return [found.get(id_) for id_ in ids]


async def protocols_by_name(reader: Reader, names: Sequence[Name]) -> list[ProtocolRow | None]:
    """One statement for names, one for numbers. A slug that was given up still finds its protocol."""
    numbers, pairs = (
        [name for name in names if isinstance(name, int)],
        {name for name in names if not isinstance(name, int)},
    )
    found: dict[Name, ProtocolRow | None] = {}
    if numbers:
        found.update(zip(numbers, await protocols_by_id(reader, numbers), strict=True))
    if pairs:
        systems, values = [system for system, _ in pairs], [value for _, value in pairs]
        rows = await reader.run(_by_name, kind=EntityKind.PROTOCOL, systems=systems, values=values)
        found.update(((system, value), ProtocolRow(*row)) for system, value, *row in rows)
    return [found.get(name) for name in names]


@prepared
def _by_name(draft: Draft) -> Select[Any]:
    live, named = draft.live(protocol), names_among(draft)
    mine = select(named.c.system, named.c.value, *columns(live))
    return mine.select_from(named).join(live, live.c.protocol_id == named.c.entity_id)


async def children_by_protocol(reader: Reader, ids: Sequence[int]) -> list[list[ProtocolRow]]:
    """The parts of each, by name. One statement."""
    live = reader.live(protocol)
    query = select(*columns(live)).where(reader.among(live.c.parent_id, ids)).order_by(live.c.name, live.c.protocol_id)
    rows = [ProtocolRow(*row) for row in await reader.rows(query)]
    return many_each(ids, ((row.parent_id, row) for row in rows if row.parent_id is not None))


Lookup: TypeAlias = Annotated[ProtocolBy, argument('What to look it up by, for example {slug: "hyperliquid"}.')]


@batched(protocols_by_name, at=True)
def resolve_protocol(by: Lookup) -> Name:
    if by.slug is not None:
        return OURS, by.slug
    if by.external_id is not None:
        return by.external_id.system, by.external_id.value
    if by.id is not None:
        return identity_of(by.id, TYPE).number
    raise BadInput("say what to look the protocol up by")


@batched(protocols_by_id)
def resolve_parent(row: Parent[ProtocolRow]) -> int | None:
    return row.parent_id


@batched(children_by_protocol)
def resolve_children(row: Parent[ProtocolRow]) -> int:
    return row.number
