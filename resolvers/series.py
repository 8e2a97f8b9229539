"""Metrics over time: a point for each bucket of days, exact, with what is known of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, NamedTuple

from models.metric import MEASURES
from models.store import Reader
from models.vocabulary import Interval, Metric, MetricState, Unit
from models.window import Days
from resolvers.argument import FromDay, ToDay, hashed
from resolvers.bucket import buckets
from resolvers.declare import Parent, argument, batched
from resolvers.errors import BadInput
from resolvers.history import History, histories
from resolvers.metric import OfMetrics
from resolvers.moment import Moment, moment_of
from resolvers.part import Breakdown, Parts, parts_of
from resolvers.points import DailyPoints, Point
from resolvers.reading import Coverage
from resolvers.subject import Cell, Measured, Subject, cell_of

# Six years of days of five metrics; more is an export.
MOST_POINTS = 12_000


class Fill(Enum):
    """What stands in a bucket of which nothing is known."""

    NONE = "none"
    ZERO = "zero"
    PREVIOUS = "previous"


class SeriesKey(NamedTuple):
    """What series are asked with: one for each metric, or for each part of it."""

    subject: Subject
    metrics: tuple[Metric, ...]
    days: Days
    interval: Interval
    breakdown: Breakdown | None
    fill: Fill
    include_current: bool


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """`label`: the chain or stream it is a part by, None where it is the whole.

    `days` are those of all buckets, None where there is no bucket; `history` is what is known, None without any.
    """

    key: Metric
    label: str | None
    unit: Unit
    interval: Interval
    points: Sequence[Point]
    days: Days | None
    history: History | None
    moment: Moment

    @property
    def coverage(self) -> Coverage:
        if self.days is None:
            return Coverage(0, 0, 0, None, None)
        first, last = self.days.first, self.days.last
        provisional = self.moment.provisional_in(first, last)
        if self.history is None:
            return Coverage(self.days.count, 0, provisional, None, None)
        span = self.history.span(last) or (None, None)
        return Coverage(self.days.count, self.history.over(first, last, flow=True).days, provisional, *span)


async def series_lists(reader: Reader, keys: Sequence[SeriesKey]) -> list[list[SeriesRow]]:
    """The series of each key: by metric in the order asked for, parts by label. Raises BadInput.

    The number of statements does not depend on that of the keys.
    """
    moment = await moment_of(reader)
    plain = [key for key in keys if key.breakdown is None]
    wholes = await histories(reader, list(dict.fromkeys(cell for key in plain for cell in _cells(key))))
    split = [cell for key in keys if key.breakdown is not None for cell in _cells(key)]
    parts = await parts_of(reader, list(dict.fromkeys(split)))
    return [
        _rows(key, wholes, moment) if key.breakdown is None else _split(key, key.breakdown, parts, moment)
        for key in keys
    ]


def _cells(key: SeriesKey) -> Iterable[Cell]:
    found = (cell_of(key.subject, metric) for metric in key.metrics)
    return [cell for cell in found if cell is not None]


def _rows(key: SeriesKey, known: dict[Cell, History], moment: Moment) -> list[SeriesRow]:
    rows = []
    for metric in key.metrics:
        cell = cell_of(key.subject, metric)
        rows.append(_row(key, metric, None, known.get(cell) if cell else None, moment))
    return rows


def _split(key: SeriesKey, breakdown: Breakdown, parts: Parts, moment: Moment) -> list[SeriesRow]:
    return [
        _row(key, metric, label, history, moment)
        for metric in key.metrics
        for label, history in parts.of(key.subject.entity_of(metric), metric, breakdown)
    ]


def _row(key: SeriesKey, metric: Metric, label: str | None, history: History | None, moment: Moment) -> SeriesRow:
    plain = key.interval is Interval.DAY and key.fill is Fill.NONE
    points = _daily(key, metric, history, moment) if plain else _filled(_points(key, metric, history, moment), key.fill)
    days = Days(points[0].start, points[-1].end) if points else None
    return SeriesRow(metric, label, MEASURES[metric].unit, key.interval, points, days, history, moment)


def _daily(key: SeriesKey, metric: Metric, history: History | None, moment: Moment) -> Sequence[Point]:
    end = moment.end(metric)
    last = key.days.last if key.include_current else min(key.days.last, end)
    first, count = key.days.first, (last - key.days.first).days + 1
    values, revisions = (history or History(0)).days(first, max(0, count))
    provisional = moment.provisional_days
    return DailyPoints(
        MEASURES[metric],
        first.toordinal(),
        values,
        revisions,
        end.toordinal(),
        provisional.first.toordinal(),
        provisional.last.toordinal(),
    )


def _points(key: SeriesKey, metric: Metric, history: History | None, moment: Moment) -> list[Point]:
    end, every = moment.end(metric), buckets(key.days.first, key.days.last, key.interval)
    wanted = (bucket for bucket in every if key.include_current or bucket.last <= end)
    return [_point(bucket, metric, history, moment, end) for bucket in wanted]


def _point(bucket: Days, metric: Metric, history: History | None, moment: Moment, end: date) -> Point:
    value, days = history.over(bucket.first, bucket.last, flow=MEASURES[metric].flow) if history else (None, 0)
    return Point(
        start=bucket.first,
        end=bucket.last,
        value=None if value is None else MEASURES[metric].value(value),
        state=_state(days, bucket),
        complete=bucket.last <= end,
        provisional=moment.provisional_in(bucket.first, bucket.last) > 0,
        revision=history.revision(bucket.first, bucket.last) if history else 0,
        observed_days=days,
    )


def _state(days: int, bucket: Days) -> MetricState:
    if not days:
        return MetricState.NOT_REPORTED
    return MetricState.OK if days == bucket.count else MetricState.PARTIAL


def _filled(points: list[Point], fill: Fill) -> list[Point]:
    """What is filled in is an estimate, and says so."""
    if fill is Fill.NONE:
        return points
    filled: list[Point] = []
    for point in points:
        if point.value is None:
            before = filled[-1].value if filled else None
            value = Decimal(0) if fill is Fill.ZERO else before
            if value is not None:
                point = point._replace(value=value, state=MetricState.ESTIMATED)
        filled.append(point)
    return filled


@batched(series_lists, ready=True)
def resolve_series(
    subject: Parent[Measured],
    keys: OfMetrics,
    from_: FromDay,
    to: ToDay,
    interval: Annotated[Interval, argument("How long a bucket is; one that the days only touch is shown whole.")] = (
        Interval.DAY
    ),
    breakdown_by: Annotated[
        Breakdown | None, argument("Split every metric by this, instead of one series of the whole.")
    ] = None,
    fill: Annotated[Fill, argument("What stands where nothing is known: null if not said, so that gaps stay gaps.")] = (
        Fill.NONE
    ),
    include_current: Annotated[
        bool, argument("Also the bucket that has not ended yet, marked with `complete: false`.")
    ] = False,
) -> SeriesKey:
    metrics = tuple(hashed(keys))
    if from_ > to:
        raise BadInput(f"`from` is {from_}, after `to`, {to}")
    unstored = [metric.name for metric in metrics if metric not in MEASURES]
    if unstored:
        raise BadInput(f"{unstored[0]} is not kept by day: ask `metric` or `metrics` for it")
    shortest = {Interval.DAY: 1, Interval.WEEK: 7, Interval.MONTH: 28, Interval.QUARTER: 90, Interval.YEAR: 365}
    if len(metrics) * ((to - from_).days // shortest[interval] + 1) > MOST_POINTS:
        raise BadInput(f"this is more than {MOST_POINTS} points: ask for fewer days, fewer metrics or longer buckets")
    return SeriesKey(subject.subject, metrics, Days(from_, to), interval, breakdown_by, fill, include_current)
