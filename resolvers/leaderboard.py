"""The page of a list that is in the order of one stored metric, read straight off the index of the rollups."""

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, FromClause, Integer, Select, and_, bindparam, func, or_, select

from models.metric import MEASURES
from models.protocol import protocol
from models.rollup import SORTABLE, column_of, rollup
from models.statement import Draft, Prepared, prepared
from models.store import Reader
from models.vocabulary import Metric, ProtocolKind, Window
from resolvers.formula import derivable
from resolvers.paging import decoded
from resolvers.protocol import ProtocolRow, columns
from resolvers.subject import OF_TOKENS


class Ranking(NamedTuple):
    """From the highest value of a metric over a window downwards; equal values by number."""

    metric: Metric
    window: Window

    @property
    def indexed(self) -> bool:
        """Whether the rollups alone have it: what could be derived where it isn't stated has to be looked at."""
        plain = self.metric in MEASURES and self.metric not in OF_TOKENS and not derivable(self.metric)
        return plain and column_of(self.window) in {column_of(window) for window in SORTABLE}


class Ranked(NamedTuple):
    """Protocols without a parent that have a value; there are `place` before them, and more after them."""

    place: int
    rows: list[ProtocolRow]


async def ranked(reader: Reader, ranking: Ranking, size: int, cursor: str | None) -> Ranked | None:
    """So many after the cursor, or from the start. Two statements at most.

    None where the page would hold protocols without a value, and for a cursor that is not of one with a value.
    """
    statements, asked = _statements(column_of(ranking.window)), {"metric": ranking.metric, "size": size + 1}
    place = 0
    if cursor is None:
        rows = await reader.run(statements.first, **asked)
    else:
        [number] = decoded(cursor, 1)
        found = await reader.run(statements.place, metric=ranking.metric, number=number)
        if not found:
            return None
        [(value, place)] = found
        rows = await reader.run(statements.after, value=value, number=number, **asked)
    if len(rows) <= size:
        return None
    return Ranked(place, [ProtocolRow(*row) for row in rows[:size]])


class Statements(NamedTuple):
    """Those of one column of the rollups."""

    first: Prepared
    after: Prepared
    place: Prepared


@cache
def _statements(name: str) -> Statements:
    return Statements(
        prepared(lambda draft: _page(draft, name)),
        prepared(lambda draft: _page_after(draft, name)),
        prepared(lambda draft: _place(draft, name)),
    )


def _page(draft: Draft, name: str) -> Select[Any]:
    board = Board(draft.live(rollup), draft.live(protocol), name)
    query = board.select(*columns(board.protocols)).order_by(board.value.desc(), board.number)
    return query.limit(bindparam("size", type_=Integer))


def _page_after(draft: Draft, name: str) -> Select[Any]:
    board = Board(draft.live(rollup), draft.live(protocol), name)
    value, number = bindparam("value", type_=BigInteger), bindparam("number", type_=Integer)
    # The first half is what the index can be entered by.
    past = and_(board.value <= value, or_(board.value < value, board.number > number))
    query = board.select(*columns(board.protocols)).where(past).order_by(board.value.desc(), board.number)
    return query.limit(bindparam("size", type_=Integer))


def _place(draft: Draft, name: str) -> Select[Any]:
    """The value of a protocol, and how many there are up to it."""
    mine = Board(draft.live(rollup), draft.live(protocol), name)
    others = Board(draft.live(rollup), draft.live(protocol), name)
    before = or_(others.value > mine.value, and_(others.value == mine.value, others.number <= mine.number))
    count = others.select(func.count()).where(before).correlate(mine.rolled).scalar_subquery()
    return mine.select(mine.value, count).where(mine.number == bindparam("number", type_=Integer))


@dataclass(frozen=True, slots=True)
class Board:
    """The rollups of one metric that have a value, with the protocols they are about."""

    rolled: FromClause
    protocols: FromClause
    name: str

    @property
    def value(self) -> ColumnElement[int]:
        return self.rolled.c[self.name]

    @property
    def number(self) -> ColumnElement[int]:
        return self.rolled.c.subject_id

    def select(self, *chosen: ColumnElement[Any]) -> Select[Any]:
        root = and_(self.protocols.c.parent_id.is_(None), self.protocols.c.kind != ProtocolKind.CHAIN)
        joined = (
            select(*chosen).select_from(self.rolled).join(self.protocols, self.protocols.c.protocol_id == self.number)
        )
        return joined.where(self.rolled.c.metric == bindparam("metric"), self.value.is_not(None), root)
