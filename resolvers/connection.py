"""Pages of lists, in the shape of Relay: which part is asked for, and the rows that answer it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar

from models.store import Reader
from resolvers.argument import LARGEST_PAGE, PAGE
from resolvers.errors import BadCursor, BadInput
from resolvers.paging import decoded, encoded

R = TypeVar("R")


class Slice(NamedTuple):
    """The part of a list that is asked for: `size` rows from its start or end, past a cursor."""

    size: int
    backwards: bool
    cursor: str | None


def slice_of(first: int | None, after: str | None, last: int | None, before: str | None) -> Slice:
    """What the four arguments of a connection mean together; raises BadInput."""
    if last is None:
        if before is not None:
            raise BadInput("`before` goes with `last`, not with `first`")
        return Slice(_checked("first", PAGE if first is None else first), False, after)
    if first is not None or after is not None:
        raise BadInput("ask either for `first` (and `after`) or for `last` (and `before`)")
    return Slice(_checked("last", last), True, before)


def _checked(name: str, size: int) -> int:
    if not 1 <= size <= LARGEST_PAGE:
        raise BadInput(f"`{name}` must be between 1 and {LARGEST_PAGE}, not {size}")
    return size


@dataclass(frozen=True, slots=True)
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Edge(Generic[R]):
    """A row and its place."""

    cursor: str
    node: R


@dataclass(frozen=True, slots=True)
class Placed(Generic[R]):
    """A row and its place at an epoch, which becomes a cursor only where one is asked for."""

    epoch: int
    place: tuple[str | int, ...]
    node: R

    @property
    def cursor(self) -> str:
        return encoded(self.epoch, self.place)


@dataclass(frozen=True, slots=True)
class RankedEdge(Placed[R]):
    """`rank` counts from 1 at the start of the whole list."""

    rank: int


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Some rows of a list."""

    edges: Sequence[Edge[R] | Placed[R]]
    has_next_page: bool
    has_previous_page: bool

    @property
    def nodes(self) -> list[R]:
        return [edge.node for edge in self.edges]

    @property
    def page_info(self) -> PageInfo:
        start, end = (self.edges[0].cursor, self.edges[-1].cursor) if self.edges else (None, None)
        return PageInfo(self.has_next_page, self.has_previous_page, start, end)


@dataclass(frozen=True, slots=True)
class CountedPage(Page[R]):
    """Some rows of a list that is known whole."""

    total_count: int


class Span(NamedTuple):
    """Positions in a list that is known whole: from `start`, up to but not `stop`, out of `total`."""

    start: int
    stop: int
    total: int


def span_of(ids: Sequence[int], part: Slice) -> Span:
    """Where a part lies in a list of ids; raises BadCursor for a cursor of something not in it."""
    start, stop = 0, len(ids)
    if part.cursor is not None:
        place = _position(ids, part.cursor)
        start, stop = (0, place) if part.backwards else (place + 1, len(ids))
    if part.backwards:
        return Span(max(start, stop - part.size), stop, len(ids))
    return Span(start, min(stop, start + part.size), len(ids))


class Numbered(Protocol):
    """A row that keeps its number."""

    @property
    def number(self) -> int: ...


N = TypeVar("N", bound=Numbered)


def counted_page(rows: Sequence[N], part: Slice, epoch: int) -> CountedPage[N]:
    """A part of rows that are all there, read at an epoch; raises BadCursor."""
    span = span_of([row.number for row in rows], part)
    return _page(rows[span.start : span.stop], span, epoch)


async def counted_pages(
    reader: Reader,
    lists: Sequence[tuple[Sequence[int], Slice]],
    rows_by_id: Callable[[Reader, Sequence[int]], Awaitable[Sequence[N | None]]],
) -> list[CountedPage[N]]:
    """A part of each list of ids, the rows of all read in one call; raises BadCursor."""
    spans = [span_of(ids, part) for ids, part in lists]
    shown = [ids[span.start : span.stop] for span, (ids, _) in zip(spans, lists, strict=True)]
    wanted = list(dict.fromkeys(id_ for ids in shown for id_ in ids))
    rows = {row.number: row for row in await rows_by_id(reader, wanted) if row is not None}
    return [_page([rows[id_] for id_ in ids], span, reader.epoch) for span, ids in zip(spans, shown, strict=True)]


def _page(rows: Sequence[N], span: Span, epoch: int) -> CountedPage[N]:
    edges = [Edge(encoded(epoch, [row.number]), row) for row in rows]
    return CountedPage(edges, span.stop < span.total, span.start > 0, span.total)


def _position(ids: Sequence[int], cursor: str) -> int:
    [place] = decoded(cursor, 1)
    if not isinstance(place, int) or place not in ids:
        raise BadCursor("this cursor belongs to a list of another filter")
    return ids.index(place)
