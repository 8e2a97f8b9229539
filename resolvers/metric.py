"""Metrics over windows: one batch answers every one of them, stored or derived."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, TypeAlias

from models.metric import MEASURES
from models.store import Reader
from models.vocabulary import Metric, MetricState, Unit, Window
from models.window import Days
from resolvers.applicable import pointless
from resolvers.argument import OverWindow, hashed
from resolvers.book import Book, Windowed
from resolvers.contest import rivals_of
from resolvers.declare import Parent, argument, batched
from resolvers.evidence import Wanted, gathered
from resolvers.formula import (
    Need,
    computed,
    derivable,
    evidence_of,
    inputs_of,
    needs_of,
    of_window,
    unit_of,
    worthwhile,
)
from resolvers.given import Given, Options
from resolvers.ledger_span import ledger_spans
from resolvers.member import membership
from resolvers.metric_key import MetricKey
from resolvers.moment import moment_of
from resolvers.period import values_by_period
from resolvers.reading import Coverage, Previous, Reading, state_of
from resolvers.stored import Asked, stored_values
from resolvers.subject import Measured, cell_of
from valuation.annualised import Annualization
from valuation.outcome import Outcome, State
from valuation.supply import SupplyBasis


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A value, or why there is none. `asked` is its key; `series_id` the series it was read from, 0 for none or many.

    `as_of`: the last day that is in it. `growth`: against the window before, 0.1 is ten per cent more. `inputs`: what
    a derived value was made of.
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
    inputs: tuple[Need, ...] = ()

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


async def metric_values(reader: Reader, keys: Sequence[MetricKey]) -> list[MetricValue]:
    """The value of each key, in order. The number of statements does not depend on that of the keys."""
    moment = await moment_of(reader)
    asked = dict.fromkeys(each for key in keys for each in _asked(key))
    stored = await stored_values(reader, list(asked), moment)
    stored |= await values_by_period(reader, [each for each in asked if each not in stored], moment)
    cells = list(dict.fromkeys(cell for cell, _ in asked))
    book = Book(
        moment,
        stored,
        await ledger_spans(reader, cells),
        await membership(reader, cells),
        rivals=await rivals_of(reader, stored, moment),
        pointless=await pointless(reader, (each[0] for each in asked if each not in stored)),
    )
    wanted = [each for key in keys if (each := _wanted(key, book)) is not None]
    if wanted:
        book = replace(book, found=await gathered(reader, moment, wanted))
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


def _wanted(key: MetricKey, book: Book) -> Wanted | None:
    """What a key is answered from besides windows; None where nothing, or where the windows say enough."""
    if not derivable(key.metric):
        return None
    evidence = evidence_of(key.metric, key.options.basis)
    if not any(evidence) or not worthwhile(key.metric, Windowed(key, book)):
        return None
    return Wanted(key.subject, key.chain_id, key.stream, evidence)


def _value(key: MetricKey, book: Book) -> MetricValue:
    """What a source states; what can be made of others where none does."""
    if key.metric not in MEASURES:
        return _derived(key, book)
    stated = book.reading(key, key.metric, key.window)
    if derivable(key.metric) and stated.outcome.value is None:
        made = _derived(key, book)
        if made.value is not None:
            return made
    return _answer(key, stated.stated, stated, stated=True)


def _derived(key: MetricKey, book: Book) -> MetricValue:
    figures = Windowed(key, book)
    given = Given(key.options, figures)
    made = _answer(key, computed(key.metric, given), figures.lead, stated=False, previous=_before(key, book))
    if figures.weeks is not None:
        made = _over(made, figures.weeks, figures)
    inputs = tuple(inputs_of(key.metric, key.window, given))
    return replace(made, inputs=inputs, as_of=made.as_of or _known_through(made, inputs, key, book))


def _over(made: MetricValue, days: Days, figures: Windowed) -> MetricValue:
    """Of what is reckoned over these days of what it is mainly about: them, and how much of them is known."""
    timeline = figures.timeline(figures.lead.metric)
    coverage = replace(
        made.coverage,
        expected_days=days.count,
        observed_days=timeline.over(days).observed if timeline else 0,
        provisional_days=figures.book.moment.provisional_in(days.first, days.last),
    )
    as_of = min(made.as_of, days.last) if made.as_of else None
    return replace(made, window_start=days.first, window_end=days.last, as_of=as_of, coverage=coverage)


def _known_through(made: MetricValue, inputs: Sequence[Need], key: MetricKey, book: Book) -> date | None:
    """The last day of the oldest input, where what the answer is mainly about has none."""
    if made.value is None:
        return None
    readings = (book.reading(key, *each) for each in inputs)
    return min((min(each.known.last_day, each.end) for each in readings if each.known), default=None)


def _before(key: MetricKey, book: Book) -> Previous | None:
    """A metric made of flows of one window alone can be made of those of the window before."""
    days = book.moment.window_before(key.metric, key.window)
    if days is None or not of_window(key.metric):
        return None
    figures = Windowed(key, book, before=True)
    outcome = computed(key.metric, Given(key.options, figures))
    observed = min(figures.measured(metric, None).current.observed for metric, _ in needs_of(key.metric, key.window))
    return Previous(outcome.value, state_of(outcome), outcome.reason, days.first, days.last, observed)


def _answer(
    key: MetricKey, outcome: Outcome, reading: Reading, *, stated: bool, previous: Previous | None = None
) -> MetricValue:
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
        previous=reading.previous if stated else previous,
        growth=reading.growth if stated else _growth(outcome, previous),
        series_id=known.series_id if known and stated else 0,
        derived=not stated,
    )


def _growth(outcome: Outcome, previous: Previous | None) -> float | None:
    """Of a derived metric; None unless both windows are known whole, and the one before is positive."""
    if previous is None or outcome.value is None or previous.value is None or previous.value <= 0:
        return None
    whole = outcome.state is State.OK and previous.state is MetricState.OK
    return float(outcome.value / previous.value - 1) if whole else None


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


@batched(metric_values, ready=True)
def resolve_metric(
    subject: Parent[Measured],
    key: OfMetric,
    window: OverWindow = Window.D30,
    annualization: Convention = Annualization.TTM_OR_SCALED,
    supply_basis: Basis = SupplyBasis.CIRCULATING,
) -> MetricKey:
    return MetricKey(subject.subject, key, window, Options(annualization, supply_basis))


@batched(metric_lists, ready=True)
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

    @batched(metric_values, ready=True)
    def resolve(subject: Parent[Measured], window: OverWindow = Window.D30) -> MetricKey:
        return MetricKey(subject.subject, metric, window)

    return resolve
