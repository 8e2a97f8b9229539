"""A small schema with one of each kind: pages, an interface, a union, inputs, a series, a moment to read at."""

import datetime
from decimal import Decimal
from typing import Annotated, Generic, NewType, TypeVar

import strawberry
from strawberry.schema.config import StrawberryConfig

from graph.fields import resolved_by, views
from models.epoch import AsOf
from models.vocabulary import LedgerKind, ProtocolKind, Window
from tests.graph.plan import batches
from tests.graph.plan.rows import EntryRow, ProtocolRow, State, TokenRow

T = TypeVar("T")
Columns = NewType("Columns", object)

# The product's schema may have told Strawberry of them before.
for declare, words in ((strawberry.input, (AsOf,)), (strawberry.enum, (LedgerKind, ProtocolKind, State, Window))):
    for each in words:
        if not hasattr(each, "__strawberry_definition__"):
            declare(each)


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Edge(Generic[T]):
    cursor: str
    node: T


@strawberry.type
class Connection(Generic[T]):
    edges: list[Edge[T]]
    nodes: list[T]
    page_info: PageInfo


@strawberry.type
class Spent:
    usd: Decimal
    days: int
    through: datetime.date | None
    change: float | None


@strawberry.type
class Entry:
    is_type_of = views(EntryRow)

    at: datetime.datetime
    usd: Decimal | None
    kind: LedgerKind


@strawberry.type
class Point:
    day: datetime.date
    value: Decimal | None
    state: State


@strawberry.type
class Series:
    points: list[Point]
    columns: Columns


@strawberry.type
class Protocol(Node):
    is_type_of = views(ProtocolRow)

    slug: str
    name: str
    kind: ProtocolKind
    launched_on: datetime.date | None
    chains: list[str]
    auditors: list[str | None] | None
    share: float | None
    parent: Annotated["Protocol", strawberry.lazy(__name__)] | None = resolved_by(batches.resolve_parent, "")
    related: list[Annotated["Protocol", strawberry.lazy(__name__)] | None] | None = resolved_by(
        batches.resolve_related, ""
    )
    token: Annotated["Token", strawberry.lazy(__name__)] | None = resolved_by(batches.resolve_token, "")
    spent: Spent = resolved_by(batches.resolve_spent, "")
    entries: list[Entry] = resolved_by(batches.resolve_entries, "")
    series: Series = resolved_by(batches.resolve_series, "")


@strawberry.type
class Token(Node):
    is_type_of = views(TokenRow)

    symbol: str
    generated_on: datetime.date | None
    holders: int | None = resolved_by(batches.resolve_holders, "")
    issuer: Protocol = resolved_by(batches.resolve_issuer, "")


SearchHit = Annotated[Protocol | Token, strawberry.union("SearchHit")]


@strawberry.type
class Query:
    protocols: Connection[Protocol] = resolved_by(batches.resolve_protocols, "")
    protocol: Protocol | None = resolved_by(batches.resolve_protocol_by, "")
    node: Node | None = resolved_by(batches.resolve_node, "")
    search: list[SearchHit] = resolved_by(batches.resolve_search, "")


schema = strawberry.Schema(
    Query, types=[Token], config=StrawberryConfig(scalar_map={Columns: strawberry.scalar(name="Columns")})
)
