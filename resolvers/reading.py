"""A stored metric of a subject over a window: its value or why there is none, and how far it is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.metric import MEASURES
from models.vocabulary import Interval, Metric, MetricState, Window
from models.window import Days
from resolvers.bucket import bucket_of
from resolvers.contest import Rival
from resolvers.given import Measurement
from resolvers.label import label_of
from resolvers.ledger_span import NOTHING, LedgerSpan, sentence
from resolvers.moment import Moment
from resolvers.stored import Stored
from resolvers.subject import OF_TOKENS, Cell
from valuation.outcome import Flow, Outcome, State

# A price of last week does not stand for today's; supplies and caps come with a day or two of delay.
FRESH_DAYS = 2
# Two windows can be compared when nine days of ten are known in both.
COMPARABLE = 0.9


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the days is known; of a sum, how many of the protocols that belong to it are in it."""

    expected_days: int
    observed_days: int
    provisional_days: int
    first_day: date | None
    last_day: date | None
    reporting: int | None = None
    members: int | None = None
    series_id: int = 0

    @property
    def missing_days(self) -> int:
        return max(0, self.expected_days - self.observed_days)


@dataclass(frozen=True, slots=True)
class Previous:
    """The same metric over the window before."""

    value: Decimal | None
    state: MetricState
    reason: str | None
    window_start: date
    window_end: date
    observed_days: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A stored metric of a subject over a window, as it was read; `known` is None where nothing is on record.

    `rivals`: what other sources say of the same days. `nothing`: why nothing is known, where more can be said of that.
    """

    moment: Moment
    cell: Cell | None
    metric: Metric
    window: Window
    known: Stored | None
    spans: tuple[LedgerSpan, ...] = ()
    members: int | None = None
    rivals: tuple[Rival, ...] = ()
    nothing: Outcome | None = None

    @property
    def end(self) -> date:
        return self.moment.end(self.metric)

    @property
    def days(self) -> Days | None:
        """The days of the window; of ALL those since the first observation, None where there is none."""
        if self.window is Window.ALL:
            known = self.known is not None and self.known.first_day <= self.end
            return Days(self.known.first_day, self.end) if self.known and known else None
        return self.moment.window(self.metric, self.window)

    @property
    def outcome(self) -> Outcome:
        outcome = self._with_spans(self._by_days, self._touching(self.days))
        for rival in self.rivals:
            outcome = rival.beside(outcome)
        return outcome

    @property
    def stated(self) -> Outcome:
        """The outcome as it is told: a sum that some of its protocols don't report is a part of what there is."""
        outcome, reporting = self.outcome, self.coverage.reporting
        if not reporting or not self.members or outcome.value is None or reporting >= self.members:
            return outcome
        reason = f"The sum of the {reporting} of {self.members} protocols that report it."
        state = State.PARTIAL if outcome.state is State.OK else outcome.state
        return Outcome(outcome.value, state, f"{reason} {outcome.reason}" if outcome.reason else reason)

    def _touching(self, days: Days | None) -> Sequence[LedgerSpan]:
        """Sums of the ledger over several days, some of which are among these; of no days, those up to the end."""
        first, last = (days.first, days.last) if days and self.window is not Window.ALL else (date.min, self.end)
        return [span for span in self.spans if span.touches(first, last)]

    def _with_spans(self, outcome: Outcome, spans: Sequence[LedgerSpan]) -> Outcome:
        if not spans:
            return outcome
        if outcome.value is None:
            return Outcome(None, State.NOT_REPORTED, sentence(spans))
        reason = f"{outcome.reason} {sentence(spans)}" if outcome.reason else sentence(spans)
        return Outcome(outcome.value, State.PARTIAL, reason)

    @property
    def _by_days(self) -> Outcome:
        if self.known is None or self.known.value is None:
            return self._missing()
        value = MEASURES[self.metric].value(self.known.value)
        if MEASURES[self.metric].flow:
            expected = self.days.count if self.days else self.known.days
            if self.known.days >= expected:
                return Outcome(value, State.OK, self._told())
            return Outcome(value, State.PARTIAL, self._told(f"{self.known.days} of {expected} days are known."))
        # What comes by month is told when the next one is over.
        period = bucket_of(self.known.last_day, self.known.interval).count
        if (self.end - self.known.last_day).days < FRESH_DAYS + period:
            return Outcome(value, State.OK, self._told())
        return Outcome(value, State.STALE, self._told(f"The last known day is {self.known.last_day}."))

    def _told(self, reason: str | None = None) -> str | None:
        """A reason after the period that a source counts by, where that is no day."""
        if self.known is None or self.known.interval is Interval.DAY:
            return reason
        period = f"Known by {self.known.interval.name.lower()}."
        return f"{period} {reason}" if reason else period

    def _missing(self) -> Outcome:
        name = label_of(self.metric)
        if self.cell is None and self.metric in OF_TOKENS:
            return Outcome(None, State.NO_TOKEN, f"There is no token, so there is no {name}.")
        if self.cell is None:
            return Outcome(None, State.NOT_APPLICABLE, f"No protocol goes with this token, so there is no {name}.")
        if self.known is None:
            unsaid = Outcome(None, State.NOT_REPORTED, NOTHING.get(self.metric, f"No source reports {name}."))
            return self.nothing or unsaid
        if self.days and self.known.last_day < self.days.first:
            gone = self._told(f"The last known day is {self.known.last_day}, before this window.")
            return Outcome(None, State.STALE, gone)
        if self.known.first_day > self.end:
            return Outcome(None, State.INSUFFICIENT_HISTORY, f"The first known day is {self.known.first_day}.")
        return Outcome(None, State.NOT_REPORTED, self._told("No day of this window is known."))

    @property
    def previous(self) -> Previous | None:
        before = self.moment.window_before(self.metric, self.window)
        if before is None:
            return None
        known = self.known
        outcome = self._outcome_before(before)
        observed = known.previous_days if known else 0
        return Previous(outcome.value, state_of(outcome), outcome.reason, before.first, before.last, observed)

    def _outcome_before(self, before: Days) -> Outcome:
        if self.known is None:
            return self._missing()
        return self._with_spans(self._by_days_before(before, self.known), self._touching(before))

    def _by_days_before(self, before: Days, known: Stored) -> Outcome:
        if known.previous is None:
            if known.first_day > before.last:
                return Outcome(None, State.INSUFFICIENT_HISTORY, f"The first known day is {known.first_day}.")
            return Outcome(None, State.NOT_REPORTED, "No day of that window is known.")
        value = MEASURES[self.metric].value(known.previous)
        if not MEASURES[self.metric].flow or known.previous_days >= before.count:
            return Outcome(value)
        return Outcome(value, State.PARTIAL, f"{known.previous_days} of {before.count} days are known.")

    @property
    def growth(self) -> float | None:
        """Against the window before; None unless both are known well enough, and the one before is positive."""
        known, days, before = self.known, self.days, self.moment.window_before(self.metric, self.window)
        if known is None or days is None or before is None or known.value is None or known.previous is None:
            return None
        if known.previous <= 0 or self._touching(days) or self._touching(before):
            return None
        fewest = min(known.days / days.count, known.previous_days / before.count)
        if MEASURES[self.metric].flow and fewest < COMPARABLE:
            return None
        return float(Decimal(known.value) / Decimal(known.previous) - 1)

    @property
    def measurement(self) -> Measurement:
        """As formulas take it."""
        known, days, before = self.known, self.days, self.moment.window_before(self.metric, self.window)
        current = _flow(self.outcome, days, known, known.days if known else 0)
        earlier = self._outcome_before(before) if before else Outcome(None, State.NOT_APPLICABLE)
        return Measurement(current, _flow(earlier, before, known, known.previous_days if known else 0))

    @property
    def coverage(self) -> Coverage:
        days, known = self.days, self.known
        if days is None:
            return Coverage(0, 0, 0, None, None, 0 if self.members is not None else None, self.members)
        provisional = self.moment.provisional_in(days.first, days.last)
        if known is None:
            nobody = 0 if self.members is not None else None
            return Coverage(days.count, 0, provisional, None, None, nobody, self.members)
        # Rollups of before did not count.
        reporting = known.parts or None if self.members is not None else None
        return Coverage(
            days.count,
            known.days,
            provisional,
            known.first_day,
            known.last_day,
            reporting,
            self.members,
            known.series_id,
        )


def _flow(total: Outcome, days: Days | None, known: Stored | None, observed: int) -> Flow:
    if days is None or known is None:
        return Flow(total, 0, 0, 0)
    history = (days.last - max(days.first, known.first_day)).days + 1
    return Flow(total, days.count, max(0, history), observed)


def state_of(outcome: Outcome) -> MetricState:
    """The same state in the words of the schema."""
    return MetricState(outcome.state.value)
