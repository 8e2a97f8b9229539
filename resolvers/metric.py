"""Metrics over windows: one batch answers every one of them, stored or derived."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, NamedTuple, TypeAlias

from models.metric import MEASURES
from models.store import Reader
from models.vocabulary import Metric, MetricState, Unit, Window
from resolvers.argument import OverWindow, hashed
from resolvers.declare import Parent, argument, batched
from resolvers.formula import Given, Need, Options, computed, derivable, needs_of, unit_of
from resolvers.moment import Moment, moment_of
from resolvers.reading import Coverage, Previous, Reading, state_of
from resolvers.stored import Asked, Stored, stored_values
from resolvers.subject import Measured, Subject, cell_of
from valuation.annualised import Annualization
from valuation.outcome import Outcome, State
from valuation.supply import SupplyBasis


class MetricKey(NamedTuple):
    """What one value is asked with. `chain_id` and `stream` narrow it to a part of its subject."""

    subject: Subject
    metric: Metric
    window: Window
    options: Options = Options()
    chain_id: int = 0
    stream: str = ""


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A value, or why there is none. `asked` is its key; `series_id` the series it was read from, 0 for none or many.

    `as_of`: the last day that is in it. `growth`: against the window before, 0.1 is ten per cent more.
    """

    asked: MetricKey
    value: Decimal | None
    state: MetricState
    reason: str | None
    unit: Unit
    window_start: date | None
    window_end: date
    as_of: date | None
    computed_at: datetime
    epoch: int
    coverage: Coverage
    previous: Previous | None
    growth: float | None
    series_id: int
    derived: bool

    @property
    def key(self) -> Metric:
        return self.asked.metric

    @property
    def window(self) -> Window:
        return self.asked.window

    @property
    def annualization(self) -> Annualization:
        return self.asked.options.annualization

    @property
    def supply_basis(self) -> SupplyBasis:
        return self.asked.options.basis


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that was read for some keys."""

    moment: Moment
    stored: dict[Asked, Stored]

    def reading(self, key: MetricKey, metric: Metric, window: Window) -> Reading:
        cell = cell_of(key.subject, metric, key.chain_id, key.stream)
        known = self.stored.get((cell, window)) if cell else None
        return Reading(self.moment, cell, metric, window, known)


async def metric_values(reader: Reader, keys: Sequence[MetricKey]) -> list[MetricValue]:
    """The value of each key, in order. The number of statements does not depend on that of the keys."""
    moment = await moment_of(reader)
    asked = dict.fromkeys(each for key in keys for each in _asked(key))
    book = Book(moment, await stored_values(reader, list(asked), moment))
    return [_value(key, book) for key in keys]


def _asked(key: MetricKey) -> Iterable[Asked]:
    """The stored numbers a key is answered from."""
    for metric, window in _needs(key):
        cell = cell_of(key.subject, metric, key.chain_id, key.stream)
        if cell is not None:
            yield cell, window


def _needs(key: MetricKey) -> Iterable[Need]:
    if key.metric in MEASURES:
        yield key.metric, key.window
    if derivable(key.metric):
        yield from needs_of(key.metric, key.window)


def _value(key: MetricKey, book: Book) -> MetricValue:
    """What a source states; what can be made of others where none does."""
    if key.metric not in MEASURES:
        return _derived(key, book) if derivable(key.metric) else _unavailable(key, book.moment)
    stated = book.reading(key, key.metric, key.window)
    if derivable(key.metric) and stated.outcome.value is None:
        made = _derived(key, book)
        if made.value is not None:
            return made
    return _answer(key, stated.outcome, stated, stated=True)


def _derived(key: MetricKey, book: Book) -> MetricValue:
    needs = needs_of(key.metric, key.window)
    readings = {need: book.reading(key, *need) for need in needs}
    measured = {need: reading.measurement for need, reading in readings.items()}
    days = book.moment.window(key.metric, key.window)
    outcome = computed(key.metric, Given(key.window, days.count if days else 0, key.options, measured))
    return _answer(key, outcome, readings[needs[0]], stated=False)


def _unavailable(key: MetricKey, moment: Moment) -> MetricValue:
    """A metric that nobody states and no formula makes for this subject."""
    outcome = Outcome(None, State.NOT_APPLICABLE, f"{key.metric.name} is not kept as a value over a window.")
    return _answer(key, outcome, Reading(moment, None, key.metric, key.window, None), stated=False)


def _answer(key: MetricKey, outcome: Outcome, reading: Reading, *, stated: bool) -> MetricValue:
    """`reading`: what the answer is mainly about, which its days and coverage are taken from."""
    known, days = reading.known, reading.days
    return MetricValue(
        asked=key,
        value=outcome.value,
        state=state_of(outcome),
        reason=outcome.reason,
        unit=unit_of(key.metric),
        window_start=days.first if days else None,
        window_end=reading.end,
        as_of=min(known.last_day, reading.end) if known and outcome.value is not None else None,
        computed_at=reading.moment.published_at,
        epoch=reading.moment.epoch,
        coverage=reading.coverage,
        previous=reading.previous if stated else None,
        growth=reading.growth if stated else None,
        series_id=known.series_id if known and stated else 0,
        derived=not stated,
    )


async def metric_lists(reader: Reader, keys: Sequence[tuple[MetricKey, ...]]) -> list[list[MetricValue]]:
    """The values of each tuple of keys, in order; as many statements as for one."""
    distinct = list(dict.fromkeys(each for key in keys for each in key))
    values = dict(zip(distinct, await metric_values(reader, distinct), strict=True))
    return [[values[each] for each in key] for key in keys]


Convention: TypeAlias = Annotated[
    Annualization, argument("How a flow becomes yearly, for the metrics that need a year: PS, PF, ARR, yields.")
]
Basis: TypeAlias = Annotated[SupplyBasis, argument("Which tokens count in a capitalisation, for PS, PF and yields.")]
OfMetric: TypeAlias = Annotated[Metric, argument("What to measure, for example REVENUE.")]
OfMetrics: TypeAlias = Annotated[
    list[Metric], argument("What to measure, answered in this order, for example [FEES, REVENUE].")
]


@batched(metric_values)
def resolve_metric(
    subject: Parent[Measured],
    key: OfMetric,
    window: OverWindow = Window.D30,
    annualization: Convention = Annualization.TTM_OR_SCALED,
    supply_basis: Basis = SupplyBasis.CIRCULATING,
) -> MetricKey:
    return MetricKey(subject.subject, key, window, Options(annualization, supply_basis))


@batched(metric_lists)
def resolve_metrics(
    subject: Parent[Measured],
    keys: OfMetrics,
    window: OverWindow = Window.D30,
    annualization: Convention = Annualization.TTM_OR_SCALED,
    supply_basis: Basis = SupplyBasis.CIRCULATING,
) -> tuple[MetricKey, ...]:
    options = Options(annualization, supply_basis)
    return tuple(MetricKey(subject.subject, key, window, options) for key in hashed(keys))


def metric_field(metric: Metric) -> Callable[..., Awaitable[MetricValue | None]]:
    """The resolver of a field that is one metric: what users type first has a name of its own."""

    @batched(metric_values)
    def resolve(subject: Parent[Measured], window: OverWindow = Window.D30) -> MetricKey:
        return MetricKey(subject.subject, metric, window)

    return resolve
