"""The days of one series as formulas take them: any stretch of them added up at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from models.metric import MEASURES
from models.pack import MISSING
from models.totals import Line, Span
from models.vocabulary import Metric
from models.window import Days
from resolvers.history import History
from resolvers.label import label_of
from valuation.outcome import Flow, Outcome, State

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is known of a metric up to a day; something always is."""

    metric: Metric
    line: Line
    history: History

    @classmethod
    def of(cls, metric: Metric, history: History | None, through: date) -> "Timeline | None":
        """None where nothing is known by then."""
        if history is None:
            return None
        line = Line({number: year.packed() for number, year in history.years.items()}, through)
        return cls(metric, line, history) if line.known() else None

    @property
    def first_day(self) -> date:
        return date.fromordinal(self.line.first)

    @property
    def last_day(self) -> date:
        return date.fromordinal(self.line.first + len(self.line.values) - 1)

    def over(self, days: Days) -> Flow:
        """The sum over some days, of a stock the last value in them; PARTIAL where a day of a flow is missing."""
        flow = MEASURES[self.metric].flow
        span = self._span(self.line.flow if flow else self.line.stock, days)
        history = max(0, (days.last - max(days.first, self.first_day)).days + 1)
        return Flow(self._outcome(span, days), days.count, history, span.days)

    def last(self, day: date) -> Outcome:
        """The last value known by a day, however old."""
        value = self._value(self.line.stock(self.line.first, day.toordinal()))
        if value is None:
            return Outcome(None, State.INSUFFICIENT_HISTORY, f"The first known day is {self.first_day}.")
        return Outcome(value)

    def daily(self, days: Days) -> list[Decimal | None]:
        """The value of each day, oldest first."""
        values, start = self.line.values, days.first.toordinal() - self.line.first
        known = values[max(0, start) : max(0, start + days.count)]
        before = [None] * min(days.count, max(0, -start))
        after = [None] * (days.count - len(before) - len(known))
        value = MEASURES[self.metric].value
        return [*before, *(None if each == MISSING else value(each) for each in known), *after]

    def weeks(self, through: date) -> list[Decimal | None]:
        """The sums of whole weeks from the first full one on, oldest first; a week with a gap is unknown."""
        monday = self.first_day + timedelta(days=-self.first_day.weekday() % 7)
        sums = []
        while monday + WEEK <= through + timedelta(days=1):
            span = self._span(self.line.flow, Days(monday, monday + timedelta(days=6)))
            sums.append(self._value(span) if span.days == WEEK.days else None)
            monday += WEEK
        return sums

    def _span(self, reach: Callable[[int, int], Span], days: Days) -> Span:
        return reach(days.first.toordinal(), days.last.toordinal())

    def _value(self, span: Span) -> Decimal | None:
        return None if span.value is None else MEASURES[self.metric].value(span.value)

    def _outcome(self, span: Span, days: Days) -> Outcome:
        value = self._value(span)
        if value is None:
            return self._missing(days)
        if not MEASURES[self.metric].flow or span.days == days.count:
            return Outcome(value)
        return Outcome(value, State.PARTIAL, f"{span.days} of {days.count} days are known.")

    def _missing(self, days: Days) -> Outcome:
        if self.last_day < days.first:
            return Outcome(None, State.STALE, f"The last known day is {self.last_day}, before these days.")
        if self.first_day > days.last:
            return Outcome(None, State.INSUFFICIENT_HISTORY, f"The first known day is {self.first_day}.")
        return Outcome(None, State.NOT_REPORTED, "No day of these is known.")


def over(timeline: Timeline | None, metric: Metric, days: Days) -> Flow:
    """As `Timeline.over`; of nothing, not reported."""
    if timeline is not None:
        return timeline.over(days)
    return Flow(Outcome(None, State.NOT_REPORTED, f"No source reports {label_of(metric)}."), days.count, 0, 0)
