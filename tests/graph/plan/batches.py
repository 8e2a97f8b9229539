"""Batches and key functions of the sample schema; a journal notes each call and can be told to spoil the answer."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import wraps
from typing import Annotated, Any, TypeAlias

import strawberry
from sqlalchemy import select
from strawberry import UNSET

from models.ledger import ledger
from models.protocol import protocol
from models.store import Reader
from models.token import token
from models.vocabulary import ProtocolKind, Window
from resolvers.batching import many_each, one_each
from resolvers.declare import Parent, argument, batched
from resolvers.errors import BadInput
from resolvers.paging import decoded, encoded
from tests.graph.plan.rows import (
    FIRST_DAY,
    Edge,
    EntryRow,
    Page,
    PointRow,
    ProtocolRow,
    SeriesRow,
    SpentRow,
    State,
    TokenRow,
)

SeriesKey: TypeAlias = tuple[int, date | None, date | None]
Spoil: TypeAlias = Callable[[list[Any]], Any]


@dataclass
class Journal:
    """`calls`: (batch name, keys) in order. `faults`: what becomes of a batch's values, by its name."""

    calls: list[tuple[str, list[Hashable]]] = field(default_factory=list)
    faults: dict[str, Spoil] = field(default_factory=dict)

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]

    def clear(self) -> None:
        self.calls.clear()
        self.faults.clear()


JOURNAL = Journal()
BATCHES: list[str] = []


def noted(batch: Callable[[Reader, Any], Awaitable[list[Any]]]) -> Callable[[Reader, Any], Awaitable[list[Any]]]:
    BATCHES.append(batch.__name__)

    @wraps(batch)
    async def answer(reader: Reader, keys: Sequence[Hashable]) -> list[Any]:
        JOURNAL.calls.append((batch.__name__, list(keys)))
        values = await batch(reader, keys)
        spoil = JOURNAL.faults.get(batch.__name__)
        spoiled: list[Any] = spoil(values) if spoil else values
        return spoiled

    return answer


@strawberry.input
@dataclass(frozen=True)
class ProtocolFilter:
    kind: ProtocolKind | None = None
    name_contains: str | None = None
    any_of: "list[ProtocolFilter] | None" = None

    def admits(self, row: ProtocolRow) -> bool:
        return (
            (self.kind is None or row.kind is self.kind)
            and (not self.name_contains or self.name_contains in row.name)
            and (self.any_of is None or any(each.admits(row) for each in self.any_of))
        )


@strawberry.input(one_of=True)
class ProtocolBy:
    slug: str | None = UNSET
    id: strawberry.ID | None = UNSET


def _hashable(where: ProtocolFilter | None) -> ProtocolFilter | None:
    if where is None or where.any_of is None:
        return where
    inner: Any = tuple(_hashable(each) for each in where.any_of)
    return ProtocolFilter(where.kind, where.name_contains, inner)


async def _protocols(reader: Reader) -> list[ProtocolRow]:
    live = reader.live(protocol)
    columns = [live.c[name] for name in ProtocolRow.__slots__]
    return [ProtocolRow(*row) for row in await reader.rows(select(*columns).order_by(live.c.protocol_id))]


async def _tokens(reader: Reader) -> list[TokenRow]:
    live = reader.live(token)
    statement = select(live.c.token_id, live.c.symbol, live.c.generated_on).order_by(live.c.token_id)
    return [TokenRow(*row) for row in await reader.rows(statement)]


@noted
async def protocol_pages(
    reader: Reader, keys: Sequence[tuple[int, str | None, ProtocolFilter | None]]
) -> list[Page[ProtocolRow]]:
    rows = await _protocols(reader)
    return [_page(reader.epoch, rows, *key) for key in keys]


def _page(
    epoch: int, rows: list[ProtocolRow], first: int, after: str | None, where: ProtocolFilter | None
) -> Page[ProtocolRow]:
    start: Any = decoded(after, 1)[0] if after else 0
    found = [row for row in rows if row.protocol_id > start and (where is None or where.admits(row))]
    edges = [Edge(encoded(epoch, [row.protocol_id]), row) for row in found[:first]]
    return Page(edges, len(found) > first)


@noted
async def nodes_by_id(reader: Reader, ids: Sequence[str]) -> list[ProtocolRow | TokenRow | None]:
    nodes = {row.id: row for row in [*await _protocols(reader), *await _tokens(reader)]}
    return [nodes.get(each) for each in ids]


@noted
async def hits_by_text(reader: Reader, texts: Sequence[str]) -> list[list[ProtocolRow | TokenRow]]:
    nodes = [*await _tokens(reader), *await _protocols(reader)]
    names = [(row, row.slug if isinstance(row, ProtocolRow) else row.symbol) for row in nodes]
    return [sorted((row for row, name in names if text in name), key=lambda row: row.id)[:10] for text in texts]


@noted
async def protocols_by_id(reader: Reader, ids: Sequence[int]) -> list[ProtocolRow | None]:
    return one_each(ids, [(row.protocol_id, row) for row in await _protocols(reader)])


@noted
async def tokens_by_id(reader: Reader, ids: Sequence[int]) -> list[TokenRow | None]:
    return one_each(ids, [(row.token_id, row) for row in await _tokens(reader)])


@noted
async def protocol_by_token(reader: Reader, ids: Sequence[int]) -> list[ProtocolRow | None]:
    return one_each(ids, [(row.token_id, row) for row in await _protocols(reader) if row.token_id])


@noted
async def relatives_by_protocol(reader: Reader, ids: Sequence[int]) -> list[list[ProtocolRow | None] | None]:
    rows = {row.protocol_id: row for row in await _protocols(reader)}
    return [[rows.get(n + 1), rows.get(n * 2)] if n % 2 else None for n in ids]


@noted
async def holders_by_token(reader: Reader, ids: Sequence[int]) -> list[int | None]:
    return [n * 1_001 if n % 4 else None for n in ids]


@noted
async def spent_totals(reader: Reader, keys: Sequence[tuple[int, Window]]) -> list[SpentRow]:
    found = many_each([id_ for id_, _ in keys], [(row.protocol_id, row) for row in await _entries(reader)])
    day = reader.pin.day
    return [
        SpentRow(sum((row.usd or Decimal(0) for row in rows), Decimal(0)), len(window.value), day, id_ / 7)
        for (id_, window), rows in zip(keys, found, strict=True)
    ]


@noted
async def entry_pages(reader: Reader, keys: Sequence[tuple[int, int]]) -> list[list[EntryRow]]:
    found = many_each([id_ for id_, _ in keys], [(row.protocol_id, row) for row in await _entries(reader)])
    return [rows[:first] for (_, first), rows in zip(keys, found, strict=True)]


async def _entries(reader: Reader) -> list[EntryRow]:
    live = reader.live(ledger)
    statement = select(live.c.protocol_id, live.c.at, live.c.usd, live.c.kind).order_by(live.c.entry_id)
    return [EntryRow(*row) for row in await reader.rows(statement)]


@noted
async def series_chosen(reader: Reader, keys: Sequence[SeriesKey]) -> list[SeriesRow]:
    return [_series(reader.epoch * id_, since, until) for id_, since, until in keys]


def _series(factor: int, since: date | None, until: date | None) -> SeriesRow:
    days = [FIRST_DAY + timedelta(days=n) for n in range(40)]
    points = [
        PointRow(day, Decimal(factor * n) / 4 if n % 9 != 4 else None, State.MISSING if n % 9 == 4 else State.KNOWN)
        for n, day in enumerate(days)
        if (since is None or day >= since) and (until is None or day <= until)
    ]
    return SeriesRow(points)


@batched(protocol_pages, at=True)
def resolve_protocols(
    first: int = 5, after: str | None = None, where: ProtocolFilter | None = None
) -> tuple[int, str | None, ProtocolFilter | None]:
    if not 0 <= first <= 100:
        raise BadInput(f"first must be between 0 and 100, not {first}")
    return first, after, _hashable(where)


@batched(nodes_by_id, at=True)
def resolve_node(id: strawberry.ID) -> str:
    return str(id)


@batched(nodes_by_id, at=True)
def resolve_protocol_by(by: ProtocolBy) -> str:
    return f"protocol:{by.slug[1:]}" if by.slug else str(by.id)


@batched(hits_by_text)
def resolve_search(text: str) -> str:
    return text


@batched(protocols_by_id)
def resolve_parent(protocol: Parent[ProtocolRow]) -> int | None:
    return protocol.parent_id


@batched(tokens_by_id)
def resolve_token(protocol: Parent[ProtocolRow]) -> int | None:
    return protocol.token_id


@batched(protocol_by_token)
def resolve_issuer(token: Parent[TokenRow]) -> int:
    return token.token_id


@batched(relatives_by_protocol)
def resolve_related(protocol: Parent[ProtocolRow]) -> int:
    return protocol.protocol_id


@batched(holders_by_token)
def resolve_holders(token: Parent[TokenRow]) -> int:
    return token.token_id


@batched(spent_totals)
def resolve_spent(protocol: Parent[ProtocolRow], window: Window = Window.D30) -> tuple[int, Window]:
    return protocol.protocol_id, window


@batched(entry_pages)
def resolve_entries(protocol: Parent[ProtocolRow], first: int = 3) -> tuple[int, int]:
    if first < 0:
        raise BadInput(f"first must not be negative, but is {first}")
    return protocol.protocol_id, first


@batched(series_chosen, ready=True)
def resolve_series(
    protocol: Parent[ProtocolRow],
    since: Annotated[date | None, argument("First day.", name="from")] = None,
    until: Annotated[date | None, argument("Last day.", name="to")] = None,
) -> SeriesKey:
    return protocol.protocol_id, since, until
