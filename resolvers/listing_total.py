"""What all protocols of a list come to together: how many there are, how they are spread, what they make."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import TypeAlias

from models.store import Reader
from models.vocabulary import Metric, Unit, Window
from resolvers.argument import OverWindow
from resolvers.declare import Parent, batched
from resolvers.formula import unit_of
from resolvers.listing import Listing, ProtocolPage, matches_of
from resolvers.metric import MetricValue, OfMetric, metric_values
from resolvers.metric_key import MetricKey
from resolvers.subject import Subject
from valuation import dispersion

RATIOS = (Unit.RATIO, Unit.PERCENT, Unit.INDEX)

AggregateKey: TypeAlias = tuple[Listing, Metric, Window]


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
class AggregateValue:
    """A metric over all protocols of a list. Shares are of the positive sum, in percent; `hhi` up to 10,000.

    `weighted_mean`: of a ratio, by revenue over the same window; those whose revenue is not positive do not count.
    """

    key: Metric
    window: Window
    unit: Unit
    sum: Decimal | None
    median: Decimal | None
    weighted_mean: Decimal | None
    hhi: Decimal | None
    top1_share: Decimal | None
    count_ok: int
    count_null: int


async def listing_counts(reader: Reader, listings: Sequence[Listing]) -> list[int]:
    """How many protocols each list has; as many statements as for one."""
    return [len(rows) for rows in await matches_of(reader, listings)]


async def listing_facets(reader: Reader, listings: Sequence[Listing]) -> list[list[Facet]]:
    """How each list is spread over sectors and chains; as many statements as for one."""
    return [
        [
            _facet("sector", (name for row in rows for name in row.sectors)),
            _facet("chain", (slug for row in rows for slug in row.chains)),
        ]
        for rows in await matches_of(reader, listings)
    ]


def _facet(name: str, values: Iterable[str]) -> Facet:
    counts = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    return Facet(name, [FacetBucket(value, count) for value, count in counts])


async def aggregates(reader: Reader, keys: Sequence[AggregateKey]) -> list[AggregateValue]:
    """A metric over all the protocols of each list; as many statements as for one."""
    matches = await matches_of(reader, [listing for listing, _, _ in keys])
    subjects = [[row.subject for row in rows] for rows in matches]
    asked = [
        MetricKey(each, measured, window)
        for some, (_, metric, window) in _zipped(subjects, keys)
        for each in some
        for measured in (metric, *_weights(metric))
    ]
    distinct = list(dict.fromkeys(asked))
    values = dict(zip(distinct, await metric_values(reader, distinct), strict=True)) if distinct else {}
    return [
        _aggregate(metric, window, *(_over(values, some, each, window) for each in (metric, *_weights(metric))))
        for some, (_, metric, window) in _zipped(subjects, keys)
    ]


def _weights(metric: Metric) -> tuple[Metric, ...]:
    """By what the values are weighted, where they are."""
    return (Metric.REVENUE,) if unit_of(metric) in RATIOS else ()


def _over(
    values: dict[MetricKey, MetricValue], subjects: Sequence[Subject], metric: Metric, window: Window
) -> list[MetricValue]:
    return [values[MetricKey(each, metric, window)] for each in subjects]


def _zipped(
    subjects: Sequence[Sequence[Subject]], keys: Sequence[AggregateKey]
) -> list[tuple[Sequence[Subject], AggregateKey]]:
    return list(zip(subjects, keys, strict=True))


def _aggregate(
    metric: Metric, window: Window, values: Sequence[MetricValue], weights: Sequence[MetricValue] = ()
) -> AggregateValue:
    known = [value.value for value in values if value.value is not None]
    unit = unit_of(metric)
    return AggregateValue(
        key=metric,
        window=window,
        unit=unit,
        sum=sum(known, Decimal(0)) if known and unit in (Unit.USD, Unit.COUNT) else None,
        median=median(known) if known else None,
        weighted_mean=_weighted(values, weights) if weights else None,
        hhi=dispersion.hhi(known).value,
        top1_share=dispersion.top_share(known).value,
        count_ok=len(known),
        count_null=len(values) - len(known),
    )


def _weighted(values: Sequence[MetricValue], weights: Sequence[MetricValue]) -> Decimal | None:
    pairs = [
        (value.value, weight.value)
        for value, weight in zip(values, weights, strict=True)
        if value.value is not None and weight.value is not None and weight.value > 0
    ]
    total = sum((weight for _, weight in pairs), Decimal(0))
    return sum((value * weight for value, weight in pairs), Decimal(0)) / total if pairs else None


@batched(listing_counts)
def resolve_total_count(page: Parent[ProtocolPage]) -> Listing:
    return page.listing.unordered


@batched(listing_facets)
def resolve_facets(page: Parent[ProtocolPage]) -> Listing:
    return page.listing.unordered


@batched(aggregates)
def resolve_aggregate(page: Parent[ProtocolPage], key: OfMetric, window: OverWindow = Window.D30) -> AggregateKey:
    return page.listing.unordered, key, window
