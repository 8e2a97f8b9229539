"""Tokens: who they are, where they are deployed, and whose they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import Select, func, select

from models.protocol import protocol
from models.statement import Draft, prepared
from models.store import Reader
from models.token import deployment, token
from models.vocabulary import EntityKind
from resolvers.argument import After, Before, First, Last
from resolvers.batching import many_each
from resolvers.chain import chains_by_id
from resolvers.connection import CountedPage, Slice, counted_page, slice_of
from resolvers.declare import ID, Parent, argument, batched
from resolvers.errors import BadInput
from resolvers.external_id import OURS, ExternalIdInput, Name, numbers_by_name
from resolvers.identity import global_id, identity_of
from resolvers.protocol import ProtocolRow, protocols_by_id
from resolvers.subject import Subject

TYPE = "Token"


@dataclass(frozen=True, slots=True)
class TokenRow:
    """`protocol_id`: the protocol it belongs to; a parent before its children."""

    number: int
    slug: str
    symbol: str
    name: str
    chain_id: int | None
    generated_on: date | None
    protocol_id: int | None

    @property
    def id(self) -> str:
        return global_id(TYPE, self.number)

    @property
    def subject(self) -> Subject:
        return Subject(EntityKind.TOKEN, self.number, self.protocol_id, self.number)


@dataclass(frozen=True, slots=True)
class TokenAmount:
    """`amount` in whole tokens; `usd` at `price_used`, the price of `price_as_of`; None where not known."""

    token_id: int
    amount: Decimal
    usd: Decimal | None
    price_used: Decimal | None
    price_as_of: datetime | None


@dataclass(frozen=True, slots=True)
class DeploymentRow:
    token_id: int
    chain_id: int
    address: str
    decimals: int | None


@dataclass(unsafe_hash=True)
class TokenBy:
    """How to look a token up. A symbol is no key: several tokens share one."""

    slug: str | None = None
    id: ID | None = None
    external_id: ExternalIdInput | None = None


@dataclass(unsafe_hash=True)
class TokenWhere:
    """Which tokens: every condition that is given has to hold."""

    symbol: str | None = None
    text: str | None = None

    def admits(self, row: TokenRow) -> bool:
        text = (self.text or "").casefold()
        return (self.symbol is None or row.symbol.casefold() == self.symbol.casefold()) and any(
            text in each.casefold() for each in (row.slug, row.symbol, row.name)
        )


def tokens(reader: Reader | Draft) -> Select[tuple[int, str, str, str, int | None, date | None, int | None]]:
    """Tokens in the columns of TokenRow."""
    live, owners = reader.live(token), reader.live(protocol)
    # Parents have no parent, and null sorts differently on each engine.
    owner = (
        select(owners.c.protocol_id)
        .where(owners.c.token_id == live.c.token_id)
        .order_by(func.coalesce(owners.c.parent_id, 0), owners.c.protocol_id)
        .limit(1)
        .scalar_subquery()
    )
    own = (live.c[name] for name in ("token_id", "slug", "symbol", "name", "chain_id", "generated_on"))
    return select(*own, owner.label("protocol_id")).order_by(live.c.symbol, live.c.token_id)


async def tokens_by_id(reader: Reader, ids: Sequence[int]) -> list[TokenRow | None]:
    """One statement."""
    found = {row[0]: TokenRow(*row) for row in await reader.run(_by_id, ids=list(ids))}
    return [found.get(id_) for id_ in ids]


@prepared
def _by_id(draft: Draft) -> Select[Any]:
    query = tokens(draft)
    return query.where(draft.among(query.selected_columns.token_id, "ids"))


async def tokens_by_name(reader: Reader, names: Sequence[Name]) -> list[TokenRow | None]:
    """Three statements at most. A slug that was given up still finds its token."""
    known = await numbers_by_name(reader, EntityKind.TOKEN, names)
    found = dict(zip(known, await tokens_by_id(reader, list(known.values())), strict=True))
    return [found.get(name) for name in names]


async def token_pages(reader: Reader, keys: Sequence[tuple[TokenWhere | None, Slice]]) -> list[CountedPage[TokenRow]]:
    """Tokens by symbol. One statement."""
    rows = [TokenRow(*row) for row in await reader.rows(tokens(reader))]
    return [
        counted_page([row for row in rows if where is None or where.admits(row)], part, reader.epoch)
        for where, part in keys
    ]


async def deployments_by_token(reader: Reader, ids: Sequence[int]) -> list[list[DeploymentRow]]:
    """Where each token lives, by chain. One statement."""
    live = reader.live(deployment)
    query = select(live.c.token_id, live.c.chain_id, live.c.address, live.c.decimals)
    mine = query.where(reader.among(live.c.token_id, ids)).order_by(live.c.chain_id, live.c.address)
    rows = [DeploymentRow(*row) for row in await reader.rows(mine)]
    return many_each(ids, ((row.token_id, row) for row in rows))


@batched(tokens_by_name, at=True)
def resolve_token(
    by: Annotated[TokenBy, argument('What to look it up by, for example {slug: "hyperliquid"}.')],
) -> Name:
    if by.slug is not None:
        return OURS, by.slug
    if by.external_id is not None:
        return by.external_id.system, by.external_id.value
    if by.id is not None:
        return identity_of(by.id, TYPE).number
    raise BadInput("say what to look the token up by")


@batched(token_pages, at=True)
def resolve_tokens(
    where: Annotated[
        TokenWhere | None, argument('Only tokens for which this holds, for example {symbol: "HYPE"}.')
    ] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> tuple[TokenWhere | None, Slice]:
    return where, slice_of(first, after, last, before)


@batched(tokens_by_id)
def resolve_token_of_protocol(row: Parent[ProtocolRow]) -> int | None:
    return row.token_id


@batched(protocols_by_id)
def resolve_protocol_of_token(row: Parent[TokenRow]) -> int | None:
    return row.protocol_id


@batched(chains_by_id)
def resolve_chain_of_token(row: Parent[TokenRow]) -> int | None:
    return row.chain_id


@batched(chains_by_id)
def resolve_chain_of_deployment(row: Parent[DeploymentRow]) -> int:
    return row.chain_id


@batched(deployments_by_token)
def resolve_deployments(row: Parent[TokenRow]) -> int:
    return row.number


@batched(tokens_by_id)
def resolve_token_of_amount(row: Parent[TokenAmount]) -> int:
    return row.token_id
