"""Metrics over time: a point for each bucket of days, exact, with what is known of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, NamedTuple

import orjson

from models.metric import MEASURES
from models.store import Reader
from models.vocabulary import Interval, Metric, MetricState, Unit
from models.window import Days
from resolvers.argument import FromDay, ToDay, hashed
from resolvers.bucket import buckets
from resolvers.bucketed import derived_points, found_for, history_of, made
from resolvers.declare import Parent, argument, batched
from resolvers.errors import BadInput
from resolvers.evidence import Found
from resolvers.formula import unit_of
from resolvers.given import Options
from resolvers.history import History, histories
from resolvers.metric import Basis, Convention, OfMetrics
from resolvers.moment import Moment, moment_of
from resolvers.part import Breakdown, Parts, parts_of
from resolvers.period import periods_of
from resolvers.points import DailyPoints, Point, written_columns
from resolvers.reading import Coverage
from resolvers.subject import Cell, Measured, Subject, cell_of
from valuation.annualised import Annualization
from valuation.supply import SupplyBasis

# Six years of days of five metrics; more is an export.
MOST_POINTS = 12_000
# Each is reckoned anew from what it is made of.
MOST_DERIVED = 2_000
SHORTEST = {Interval.DAY: 1, Interval.WEEK: 7, Interval.MONTH: 28, Interval.QUARTER: 90, Interval.YEAR: 365}


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
    options: Options = Options()


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
    protocol_id: int | None

    @property
    def columns(self) -> orjson.Fragment:
        return orjson.Fragment(written_columns(self.points))

    @property
    def coverage(self) -> Coverage:
        if self.days is None:
            return Coverage(0, 0, 0, None, None)
        first, last = self.days.first, self.days.last
        provisional = self.moment.provisional_in(first, last)
        if self.history is None:
            return Coverage(self.days.count, 0, provisional, None, None)
        since, until = self.history.span(last) or (None, None)
        observed, series_id = self.history.over(first, last, flow=True).days, self.history.series_id
        return Coverage(self.days.count, observed, provisional, since, until, series_id=series_id)


async def series_lists(reader: Reader, keys: Sequence[SeriesKey]) -> list[list[SeriesRow]]:
    """The series of each key: by metric in the order asked for, parts by label. Raises BadInput.

    The number of statements does not depend on that of the keys.
    """
    moment = await moment_of(reader)
    plain = [key for key in keys if key.breakdown is None]
    wholes = await _wholes(reader, dict.fromkeys(cell for key in plain for cell in _cells(key)))
    split = [cell for key in keys if key.breakdown is not None for cell in _cells(key)]
    parts = await parts_of(reader, list(dict.fromkeys(split)))
    found = await found_for(reader, moment, [(key.subject, key.metrics, key.options) for key in plain])
    return [
        _rows(key, wholes, found, moment) if key.breakdown is None else _split(key, key.breakdown, parts, moment)
        for key in keys
    ]


async def _wholes(reader: Reader, cells: Iterable[Cell]) -> dict[Cell, History]:
    """The days of each cell; of what is not known by day, the longer periods."""
    known = await histories(reader, list(cells))
    return known | await periods_of(reader, [cell for cell in cells if cell not in known], reader.pin.day or date.max)


def _cells(key: SeriesKey) -> Iterable[Cell]:
    found = (cell_of(key.subject, metric) for metric in key.metrics if metric in MEASURES)
    return [cell for cell in found if cell is not None]


def _rows(key: SeriesKey, known: dict[Cell, History], found: Found, moment: Moment) -> list[SeriesRow]:
    """What no source states day by day is made of others, where it can be."""
    rows = []
    for metric in key.metrics:
        cell = cell_of(key.subject, metric)
        history = known.get(cell) if cell else None
        derived = made(metric) and history is None
        rows.append(_derived(key, metric, found, moment) if derived else _row(key, metric, None, history, moment))
    return rows


def _derived(key: SeriesKey, metric: Metric, found: Found, moment: Moment) -> SeriesRow:
    points = derived_points(key.subject, metric, key.options, _wanted(key, metric, moment), moment, found)
    days = Days(points[0].start, points[-1].end) if points else None
    history = history_of(key.subject, metric, found)
    return SeriesRow(
        metric,
        None,
        unit_of(metric),
        key.interval,
        _filled(points, key.fill),
        days,
        history,
        moment,
        key.subject.protocol_id,
    )


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
    return SeriesRow(
        metric, label, MEASURES[metric].unit, key.interval, points, days, history, moment, key.subject.protocol_id
    )


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
    return [_point(bucket, metric, history, moment, moment.end(metric)) for bucket in _wanted(key, metric, moment)]


def _wanted(key: SeriesKey, metric: Metric, moment: Moment) -> Iterable[Days]:
    every, end = buckets(key.days.first, key.days.last, key.interval), moment.end(metric)
    return (bucket for bucket in every if key.include_current or bucket.last <= end)


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
    annualization: Convention = Annualization.TTM_OR_SCALED,
    supply_basis: Basis = SupplyBasis.CIRCULATING,
) -> SeriesKey:
    metrics = tuple(hashed(keys))
    if from_ > to:
        raise BadInput(f"`from` is {from_}, after `to`, {to}")
    derived = [metric.name for metric in metrics if metric not in MEASURES]
    if derived and breakdown_by is not None:
        raise BadInput(f"{derived[0]} is made of other metrics, which can be split; it can't be")
    count = (to - from_).days // SHORTEST[interval] + 1
    for some, most in ((len(metrics), MOST_POINTS), (len(derived), MOST_DERIVED)):
        if some * count > most:
            raise BadInput(f"this is more than {most} points: ask for fewer days, fewer metrics or longer buckets")
    options = Options(annualization, supply_basis)
    return SeriesKey(subject.subject, metrics, Days(from_, to), interval, breakdown_by, fill, include_current, options)
