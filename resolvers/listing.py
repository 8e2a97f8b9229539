"""Pages of protocols: filtered and ordered by any metric, with totals over all that match."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Annotated, NamedTuple, TypeAlias

from models.store import Reader
from models.vocabulary import Metric, Unit, Window
from resolvers.argument import After, Before, First, Last, OverWindow, hashed
from resolvers.chain import ChainRow
from resolvers.connection import CountedPage, RankedEdge, Slice, slice_of, span_of
from resolvers.declare import Parent, argument, batched
from resolvers.errors import BadInput
from resolvers.metric import MetricKey, MetricValue, OfMetric, metric_values
from resolvers.paging import encoded
from resolvers.protocol import ProtocolRow, protocols_by_id
from resolvers.roster import (
    Candidate,
    ProtocolLevel,
    ProtocolOrder,
    ProtocolWhere,
    Roster,
    governs,
    questions_of,
    roster_of,
)
from resolvers.sector import SectorRow
from resolvers.subject import Subject
from valuation import dispersion

MOST_ORDERS = 5
LEADERBOARD = (ProtocolOrder(key=Metric.REVENUE),)


class ListingKey(NamedTuple):
    """A list and the part of it that is wanted. `sector` and `chain`, names and slugs, narrow it to one."""

    where: ProtocolWhere | None
    orders: tuple[ProtocolOrder, ...]
    level: ProtocolLevel
    part: Slice
    sector: str | None = None
    chain: str | None = None

    def admits(self, one: Candidate) -> bool:
        return (
            one.at(self.level)
            and (self.sector is None or self.sector in one.sectors)
            and (self.chain is None or self.chain in one.chains)
        )


@dataclass(frozen=True, slots=True)
class FacetBucket:
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """How many of a list have each value of a property, the most common first."""

    name: str
    buckets: list[FacetBucket]


@dataclass(frozen=True, slots=True)
class ProtocolPage(CountedPage[ProtocolRow]):
    """Protocols of a list; `matches` are all of it."""

    edges: Sequence[RankedEdge[ProtocolRow]]
    matches: tuple[Candidate, ...]

    @property
    def facets(self) -> list[Facet]:
        return [
            _facet("sector", (name for row in self.matches for name in row.sectors)),
            _facet("chain", (slug for row in self.matches for slug in row.chains)),
        ]


@dataclass(frozen=True, slots=True)
class AggregateValue:
    """A metric over all protocols of a list. Shares are of the positive sum, in percent; `hhi` up to 10,000."""

    key: Metric
    window: Window
    unit: Unit
    sum: Decimal | None
    median: Decimal | None
    hhi: Decimal | None
    top1_share: Decimal | None
    count_ok: int
    count_null: int


async def protocol_pages(reader: Reader, keys: Sequence[ListingKey]) -> list[ProtocolPage]:
    """A page for each list; as many statements as for one. Raises BadCursor."""
    questions = list(dict.fromkeys(each for key in keys for each in questions_of(key.where, key.orders)))
    policies = any(governs(key.where) for key in keys)
    roster = await roster_of(reader, questions, policies=policies)
    matches = [_matches(roster, key) for key in keys]
    spans = [span_of([row.number for row in rows], key.part) for rows, key in zip(matches, keys, strict=True)]
    shown = [row.number for rows, span in zip(matches, spans, strict=True) for row in rows[span.start : span.stop]]
    found = dict(zip(shown, await protocols_by_id(reader, shown), strict=True))
    pages = []
    for rows, span in zip(matches, spans, strict=True):
        nodes = [found[row.number] for row in rows[span.start : span.stop]]
        edges = [
            RankedEdge(encoded(reader.epoch, [node.number]), node, span.start + n)
            for n, node in enumerate(nodes, 1)
            if node is not None
        ]
        pages.append(ProtocolPage(edges, span.stop < span.total, span.start > 0, span.total, tuple(rows)))
    return pages


def _matches(roster: Roster, key: ListingKey) -> list[Candidate]:
    admitted = (row for row in roster.candidates if key.admits(row))
    where = key.where
    return roster.ordered(key.orders, admitted if where is None else (r for r in admitted if roster.admits(where, r)))


def _facet(name: str, values: Iterable[str]) -> Facet:
    counts = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    return Facet(name, [FacetBucket(value, count) for value, count in counts])


async def aggregates(
    reader: Reader, keys: Sequence[tuple[tuple[Subject, ...], Metric, Window]]
) -> list[AggregateValue]:
    """A metric over all the subjects of each key; as many statements as for one."""
    asked = [MetricKey(subject, metric, window) for subjects, metric, window in keys for subject in subjects]
    distinct = list(dict.fromkeys(asked))
    values = dict(zip(distinct, await metric_values(reader, distinct), strict=True)) if distinct else {}
    return [
        _aggregate(metric, window, [values[MetricKey(subject, metric, window)] for subject in subjects])
        for subjects, metric, window in keys
    ]


def _aggregate(metric: Metric, window: Window, values: Sequence[MetricValue]) -> AggregateValue:
    known = [value.value for value in values if value.value is not None]
    unit = values[0].unit if values else Unit.USD
    return AggregateValue(
        key=metric,
        window=window,
        unit=unit,
        sum=sum(known, Decimal(0)) if known and unit in (Unit.USD, Unit.COUNT) else None,
        median=median(known) if known else None,
        hhi=dispersion.hhi(known).value,
        top1_share=dispersion.top_share(known).value,
        count_ok=len(known),
        count_null=len(values) - len(known),
    )


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
    return ListingKey(hashed(where), chosen, level, part)


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
    listing = _listing(where, order_by, level, slice_of(first, after, last, before))
    return listing._replace(sector=sector.key.name)


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
    listing = _listing(where, order_by, level, slice_of(first, after, last, before))
    return listing._replace(chain=chain.slug)


@batched(aggregates)
def resolve_aggregate(
    page: Parent[ProtocolPage], key: OfMetric, window: OverWindow = Window.D30
) -> tuple[tuple[Subject, ...], Metric, Window]:
    return tuple(row.subject for row in page.matches), key, window
