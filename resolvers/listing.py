"""Pages of protocols, filtered and ordered by any metric."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple, TypeAlias

from models.store import Reader
from models.vocabulary import Metric
from resolvers.argument import After, Before, First, Last, hashed
from resolvers.chain import ChainRow
from resolvers.connection import Page, RankedEdge, Slice, slice_of, span_of
from resolvers.declare import Parent, argument, batched
from resolvers.errors import BadInput
from resolvers.leaderboard import Ranking, ranked
from resolvers.protocol import ProtocolRow, protocols_by_id
from resolvers.roster import (
    Candidate,
    NullsOrder,
    ProtocolLevel,
    ProtocolOrder,
    ProtocolWhere,
    Roster,
    SortDirection,
    questions_of,
    roster_of,
)
from resolvers.sector import SectorRow

MOST_ORDERS = 5
LEADERBOARD = (ProtocolOrder(key=Metric.REVENUE),)


class Listing(NamedTuple):
    """A list; `sector` and `chain`, names and slugs, narrow it to one."""

    where: ProtocolWhere | None
    orders: tuple[ProtocolOrder, ...]
    level: ProtocolLevel
    sector: str | None = None
    chain: str | None = None

    def admits(self, one: Candidate) -> bool:
        return (
            one.at(self.level)
            and (self.sector is None or self.sector in one.sectors)
            and (self.chain is None or self.chain in one.chains)
        )

    @property
    def unordered(self) -> "Listing":
        """The same protocols: what they come to together does not depend on their order."""
        return self._replace(orders=())

    @property
    def ranking(self) -> Ranking | None:
        """What the whole list of protocols is ordered by, where that is one metric from the top."""
        narrowed = (self.where, self.sector, self.chain) != (None, None, None)
        if narrowed or self.level is not ProtocolLevel.ROOT or len(self.orders) != 1:
            return None
        [order] = self.orders
        downwards = order.direction is SortDirection.DESC and order.nulls is NullsOrder.LAST
        return Ranking(order.key, order.window) if order.key is not None and downwards else None


class ListingKey(NamedTuple):
    """A list and the part of it that is wanted."""

    listing: Listing
    part: Slice


@dataclass(frozen=True, slots=True)
class ProtocolPage(Page[ProtocolRow]):
    """Protocols of a list; its totals are asked with `listing`."""

    edges: Sequence[RankedEdge[ProtocolRow]]
    listing: Listing


async def protocol_pages(reader: Reader, keys: Sequence[ListingKey]) -> list[ProtocolPage]:
    """A page for each list. Raises BadCursor.

    Two statements at most for each that an index has the order of, and for all others together as many as for one.
    """
    pages: dict[ListingKey, ProtocolPage] = {}
    for key in keys:
        page = await _ranked(reader, key)
        if page is not None:
            pages[key] = page
    rest = [key for key in keys if key not in pages]
    if rest:
        pages |= zip(rest, await _sorted(reader, rest), strict=True)
    return [pages[key] for key in keys]


async def _ranked(reader: Reader, key: ListingKey) -> ProtocolPage | None:
    """From an index, None where none has the order or the part."""
    ranking = key.listing.ranking
    if ranking is None or not ranking.indexed or key.part.backwards or reader.pin.day is not None:
        return None
    found = await ranked(reader, ranking, key.part.size, key.part.cursor)
    if found is None:
        return None
    return ProtocolPage(_edges(reader, found.rows, found.place), True, found.place > 0, key.listing)


async def _sorted(reader: Reader, keys: Sequence[ListingKey]) -> list[ProtocolPage]:
    matches = await matches_of(reader, [key.listing for key in keys])
    spans = [span_of([row.number for row in rows], key.part) for rows, key in zip(matches, keys, strict=True)]
    shown = [row.number for rows, span in zip(matches, spans, strict=True) for row in rows[span.start : span.stop]]
    found = dict(zip(shown, await protocols_by_id(reader, shown), strict=True))
    pages = []
    for key, rows, span in zip(keys, matches, spans, strict=True):
        nodes = [found[row.number] for row in rows[span.start : span.stop]]
        edges = _edges(reader, [node for node in nodes if node is not None], span.start)
        pages.append(ProtocolPage(edges, span.stop < span.total, span.start > 0, key.listing))
    return pages


def _edges(reader: Reader, rows: Sequence[ProtocolRow], before: int) -> list[RankedEdge[ProtocolRow]]:
    return [RankedEdge(reader.epoch, (row.number,), row, before + n) for n, row in enumerate(rows, 1)]


async def matches_of(reader: Reader, listings: Sequence[Listing]) -> list[list[Candidate]]:
    """All protocols of each list in its order; as many statements as for one."""
    questions = list(dict.fromkeys(each for one in listings for each in questions_of(one.where, one.orders)))
    roster = await roster_of(reader, questions, [one.where for one in listings])
    return [_matches(roster, one) for one in listings]


def _matches(roster: Roster, listing: Listing) -> list[Candidate]:
    admitted = (row for row in roster.candidates if listing.admits(row))
    where = listing.where
    shown = admitted if where is None else (row for row in admitted if roster.admits(where, row))
    return roster.ordered(listing.orders, shown)


Where: TypeAlias = Annotated[
    ProtocolWhere | None, argument("Only protocols for which this holds, for example {hasToken: true}.")
]
OrderBy: TypeAlias = Annotated[
    list[ProtocolOrder] | None,
    argument(
        "By what to order, up to five keys, for example [{key: HOLDERS_REVENUE}]; revenue of 30 days if not said."
    ),
]
Level: TypeAlias = Annotated[
    ProtocolLevel, argument("Which rows of the tree of protocols: parents hold the numbers of their children.")
]


def _listing(
    where: ProtocolWhere | None, orders: list[ProtocolOrder] | None, level: ProtocolLevel, part: Slice
) -> ListingKey:
    chosen = hashed(tuple(hashed(order) for order in orders)) if orders else LEADERBOARD
    if len(chosen) > MOST_ORDERS:
        raise BadInput(f"a list may be ordered by at most {MOST_ORDERS} keys")
    if any((order.key is None) == (not order.name) for order in chosen):
        raise BadInput("each key of `orderBy` names either a metric in `key`, or says `name: true`")
    return ListingKey(Listing(hashed(where), chosen, level), part)


@batched(protocol_pages, at=True)
def resolve_protocols(
    where: Where = None,
    order_by: OrderBy = None,
    level: Level = ProtocolLevel.ROOT,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> ListingKey:
    return _listing(where, order_by, level, slice_of(first, after, last, before))


@batched(protocol_pages)
def resolve_protocols_of_sector(
    sector: Parent[SectorRow],
    where: Where = None,
    order_by: OrderBy = None,
    level: Level = ProtocolLevel.ROOT,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> ListingKey:
    listing, part = _listing(where, order_by, level, slice_of(first, after, last, before))
    return ListingKey(listing._replace(sector=sector.key.name), part)


@batched(protocol_pages)
def resolve_protocols_of_chain(
    chain: Parent[ChainRow],
    where: Where = None,
    order_by: OrderBy = None,
    level: Level = ProtocolLevel.ROOT,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> ListingKey:
    listing, part = _listing(where, order_by, level, slice_of(first, after, last, before))
    return ListingKey(listing._replace(chain=chain.slug), part)
