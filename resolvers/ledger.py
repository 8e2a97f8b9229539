"""The ledger: purchases, burns, distributions and the rest, page by page."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Select, func, select, true

from models.base import whole
from models.ledger import ledger
from models.statement import Draft, Prepared, prepared
from models.store import Reader
from models.vocabulary import LedgerKind
from resolvers.argument import After, Before, First, Last, hashed
from resolvers.batching import many_each
from resolvers.connection import Page, Placed, Slice, slice_of
from resolvers.declare import Parent, argument, batched
from resolvers.entry import EntryRow
from resolvers.entry import columns as entry
from resolvers.errors import BadCursor
from resolvers.ledger_filter import LedgerWhere, conditions, narrowed
from resolvers.paging import decoded, row_and_place
from resolvers.protocol import ProtocolRow
from resolvers.token import TokenRow


class LedgerOrder(Enum):
    OCCURRED_DESC = "occurred_desc"
    OCCURRED_ASC = "occurred_asc"
    USD_DESC = "usd_desc"
    USD_ASC = "usd_asc"


# Where an unknown amount stands in an order by dollars, in micro-dollars: none is below zero or above a trillion.
UNKNOWN = {LedgerOrder.USD_DESC: -1, LedgerOrder.USD_ASC: 2**62}


class Scope(NamedTuple):
    """Whose entries: of one protocol, of one token, or all (both None)."""

    protocol_id: int | None = None
    token_id: int | None = None


class LedgerQuestion(NamedTuple):
    """Which entries; what the totals of a page are asked with."""

    scope: Scope
    where: LedgerWhere | None


class LedgerKey(NamedTuple):
    question: LedgerQuestion
    order: LedgerOrder
    part: Slice


@dataclass(frozen=True, slots=True)
class LedgerPage(Page[EntryRow]):
    question: LedgerQuestion


async def ledger_pages(reader: Reader, keys: Sequence[LedgerKey]) -> list[LedgerPage]:
    """A page for each key; one statement per distinct filter, order and part. Raises BadCursor."""
    found: dict[LedgerKey, list[EntryRow]] = {}
    for group in _alike(keys):
        key, parents = group[0], [_parent(each) for each in group]
        if not _scoped(key):
            found[key] = [EntryRow(*row) for row in await reader.run(_first(_anyones(key)))]
            continue
        rows = [EntryRow(*row) for row in await reader.run(_first_of_each(_anyones(key)), parents=parents)]
        by_parent = many_each(parents, ((_owner(key, row), row) for row in rows))
        found |= dict(zip(group, by_parent, strict=True))
    return [_page(reader, key, found[key]) for key in keys]


def _anyones(key: LedgerKey) -> LedgerKey:
    """The same for all parents of a kind, which is all that a statement depends on."""
    owned = tuple(None if number is None else 0 for number in key.question.scope)
    return key._replace(question=key.question._replace(scope=Scope(*owned)))


def _alike(keys: Sequence[LedgerKey]) -> list[list[LedgerKey]]:
    """Keys that differ only in whose entries they are about."""
    groups: dict[Any, list[LedgerKey]] = {}
    for key in dict.fromkeys(keys):
        scope = key.question.scope
        kind = (scope.protocol_id is None, scope.token_id is None)
        groups.setdefault((kind, key.question.where, key.order, key.part), []).append(key)
    return list(groups.values())


def _scoped(key: LedgerKey) -> bool:
    return key.question.scope != Scope()


def _parent(key: LedgerKey) -> int:
    scope = key.question.scope
    return scope.protocol_id or scope.token_id or 0


def _owner(key: LedgerKey, row: EntryRow) -> int:
    return row.protocol_id if key.question.scope.protocol_id is not None else row.token_id or 0


def _owned(key: LedgerKey, live: FromClause) -> ColumnElement[int]:
    owned: ColumnElement[int] = live.c.protocol_id if key.question.scope.protocol_id is not None else live.c.token_id
    return owned


# As many as a busy day's different filters and pages; a statement is some kilobytes.
@lru_cache(maxsize=128)
def _first(key: LedgerKey) -> Prepared:
    @prepared
    def build(draft: Draft) -> Select[Any]:
        live = draft.live(ledger)
        query = select(*entry(live)).where(*conditions(key.question.where, live, draft))
        return _ordered(query, live, key).limit(key.part.size + 1)

    return build


@lru_cache(maxsize=128)
def _first_of_each(key: LedgerKey) -> Prepared:
    return prepared(lambda draft: _newest_of_each(draft, key))


def _newest_of_each(draft: Draft, key: LedgerKey) -> Select[Any]:
    """The first few of every parent, without reading the rest of any."""
    parents = draft.listed("parents")
    live, inner = draft.live(ledger), draft.live(ledger)
    if draft.dialect == "postgresql":
        mine = select(*entry(live)).where(_owned(key, live) == parents.c.value)
        mine = mine.where(*conditions(key.question.where, live, draft))
        newest = _ordered(mine, live, key).limit(key.part.size + 1).lateral()
        return _ordered(select(newest).select_from(parents.join(newest, true())), newest, key, place=False)
    # SQLite has no LATERAL, but a correlated IN (SELECT … LIMIT) stops as early.
    ids = select(inner.c.entry_id).where(_owned(key, inner) == parents.c.value)
    ids = _ordered(ids.where(*conditions(key.question.where, inner, draft)), inner, key).limit(key.part.size + 1)
    query = select(*entry(live)).join(parents, live.c.entry_id.in_(ids.correlate(parents)))
    return _ordered(query, live, key, place=False)


def _ordered(query: Select[Any], live: FromClause, key: LedgerKey, *, place: bool = True) -> Select[Any]:
    columns, descending = _order(live, key.order)
    if key.part.backwards:
        descending = not descending
    if place and key.part.cursor is not None:
        row, found = row_and_place(columns, _place(key.part.cursor, key.order))
        query = query.where(row < found if descending else row > found)
    return query.order_by(*(column.desc() if descending else column for column in columns))


def _order(live: FromClause, order: LedgerOrder) -> tuple[tuple[ColumnElement[Any], ...], bool]:
    """The columns of an order and whether they run downwards. An amount that is unknown comes last."""
    if order in UNKNOWN:
        return (func.coalesce(whole(live.c.usd), UNKNOWN[order]), live.c.entry_id), order is LedgerOrder.USD_DESC
    return (live.c.at, live.c.entry_id), order is LedgerOrder.OCCURRED_DESC


def _place(cursor: str, order: LedgerOrder) -> list[Any]:
    first, number = decoded(cursor, 2)
    try:
        return [first if order in UNKNOWN else datetime.fromisoformat(str(first)), number]
    except ValueError as error:
        raise BadCursor("this cursor belongs to a list of another order") from error


def _place_of(row: EntryRow, order: LedgerOrder) -> tuple[str | int, int]:
    if order in UNKNOWN:
        return UNKNOWN[order] if row.usd is None else int(row.usd.scaleb(6)), row.number
    return row.occurred_at.isoformat(), row.number


def _page(reader: Reader, key: LedgerKey, rows: Sequence[EntryRow]) -> LedgerPage:
    more, past = len(rows) > key.part.size, key.part.cursor is not None
    shown = rows[: key.part.size]
    if key.part.backwards:
        shown = shown[::-1]
    edges = [Placed(reader.epoch, _place_of(row, key.order), row) for row in shown]
    return LedgerPage(edges, past if key.part.backwards else more, more if key.part.backwards else past, key.question)


Where: TypeAlias = Annotated[
    LedgerWhere | None, argument('Only entries for which this holds, for example {kind: [PURCHASE], minUsd: "10000"}.')
]
Order: TypeAlias = Annotated[LedgerOrder, argument("In which order, newest first if not said.")]


def _key(
    scope: Scope, where: LedgerWhere | None, kind: LedgerKind | None, order: LedgerOrder, part: Slice
) -> LedgerKey:
    return LedgerKey(LedgerQuestion(scope, narrowed(hashed(where), kind)), order, part)


def whole_ledger(kind: LedgerKind | None) -> Callable[..., Awaitable[LedgerPage | None]]:
    """The resolver of a root field: the whole ledger, or its entries of one kind."""

    @batched(ledger_pages, at=True)
    def resolve(
        where: Where = None,
        order_by: Order = LedgerOrder.OCCURRED_DESC,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> LedgerKey:
        return _key(Scope(), where, kind, order_by, slice_of(first, after, last, before))

    return resolve


def ledger_of_protocol(kind: LedgerKind | None) -> Callable[..., Awaitable[LedgerPage | None]]:
    """The resolver of a field of a protocol: its entries, or those of one kind."""

    @batched(ledger_pages, ready=True)
    def resolve(
        row: Parent[ProtocolRow],
        where: Where = None,
        order_by: Order = LedgerOrder.OCCURRED_DESC,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> LedgerKey:
        part = slice_of(first, after, last, before)
        return _key(Scope(protocol_id=row.number), where, kind, order_by, part)

    return resolve


def ledger_of_token(kind: LedgerKind | None) -> Callable[..., Awaitable[LedgerPage | None]]:
    """The resolver of a field of a token: entries in it, or those of one kind."""

    @batched(ledger_pages, ready=True)
    def resolve(
        row: Parent[TokenRow],
        where: Where = None,
        order_by: Order = LedgerOrder.OCCURRED_DESC,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> LedgerKey:
        return _key(Scope(token_id=row.number), where, kind, order_by, slice_of(first, after, last, before))

    return resolve
