"""Chains that protocols run on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from sqlalchemy import select

from models.store import Reader
from models.token import chain
from models.vocabulary import EntityKind
from resolvers.argument import After, Before, First, Last
from resolvers.connection import CountedPage, Slice, counted_page, slice_of
from resolvers.declare import ID, Parent, argument, batched
from resolvers.errors import BadInput
from resolvers.external_id import OURS, Name, numbers_by_name
from resolvers.identity import global_id, identity_of
from resolvers.protocol import ProtocolRow
from resolvers.subject import Subject

TYPE = "Chain"


@dataclass(frozen=True, slots=True)
class ChainRow:
    """`token_symbol`: of the token its fees are paid in; a symbol is not a key."""

    number: int
    slug: str
    name: str
    token_symbol: str | None

    @property
    def id(self) -> str:
        return global_id(TYPE, self.number)

    @property
    def subject(self) -> Subject:
        return Subject(EntityKind.CHAIN, self.number, scope=self.slug)


@dataclass(unsafe_hash=True)
class ChainBy:
    """How to look a chain up."""

    slug: str | None = None
    id: ID | None = None


async def chains_by_id(reader: Reader, ids: Sequence[int]) -> list[ChainRow | None]:
    """One statement."""
    live = reader.live(chain)
    query = select(live.c.chain_id, live.c.slug, live.c.name, live.c.token_symbol)
    rows = await reader.rows(query.where(reader.among(live.c.chain_id, ids)))
    found = {row[0]: ChainRow(*row) for row in rows}
    return [found.get(id_) for id_ in ids]


async def chains_by_name(reader: Reader, names: Sequence[Name]) -> list[ChainRow | None]:
    """Three statements at most. A slug that was given up still finds its chain."""
    known = await numbers_by_name(reader, EntityKind.CHAIN, names)
    found = dict(zip(known, await chains_by_id(reader, list(known.values())), strict=True))
    return [found.get(name) for name in names]


async def chains_by_slugs(reader: Reader, keys: Sequence[tuple[str, ...]]) -> list[list[ChainRow]]:
    """The chains of each tuple of slugs, in its order, those that are known. One statement."""
    live = reader.live(chain)
    slugs = list(dict.fromkeys(slug for key in keys for slug in key))
    query = select(live.c.chain_id, live.c.slug, live.c.name, live.c.token_symbol).where(live.c.slug.in_(slugs))
    found = {row.slug: ChainRow(*row) for row in await reader.rows(query)}
    return [[found[slug] for slug in key if slug in found] for key in keys]


async def chain_pages(reader: Reader, parts: Sequence[Slice]) -> list[CountedPage[ChainRow]]:
    """Chains by name. One statement."""
    live = reader.live(chain)
    query = select(live.c.chain_id, live.c.slug, live.c.name, live.c.token_symbol)
    rows = [ChainRow(*row) for row in await reader.rows(query.order_by(live.c.name, live.c.chain_id))]
    return [counted_page(rows, part, reader.epoch) for part in parts]


@batched(chains_by_name, at=True)
def resolve_chain(
    by: Annotated[ChainBy, argument('What to look it up by, for example {slug: "solana"}.')],
) -> Name:
    if by.slug is not None:
        return OURS, by.slug
    if by.id is not None:
        return identity_of(by.id, TYPE).number
    raise BadInput("say what to look the chain up by")


@batched(chain_pages, at=True)
def resolve_chains(first: First = None, after: After = None, last: Last = None, before: Before = None) -> Slice:
    return slice_of(first, after, last, before)


@batched(chains_by_slugs)
def resolve_chains_of_protocol(row: Parent[ProtocolRow]) -> tuple[str, ...]:
    return row.chain_slugs
