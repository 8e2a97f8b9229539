"""Derived metrics over time: each bucket computed from the days of what the metric is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.metric import MEASURES
from models.store import Reader
from models.vocabulary import Metric, Window
from models.window import Days, days_before, days_of
from resolvers.deed import Deeds
from resolvers.evidence import NOTHING_FOUND, Found, Wanted, gathered
from resolvers.formula import CAPITALS, Evidence, computed, evidence_of, needs_of
from resolvers.given import Given, Measurement, Options
from resolvers.history import History
from resolvers.moment import Moment
from resolvers.points import Point
from resolvers.portion import Portions
from resolvers.reading import state_of
from resolvers.subject import OF_TOKENS, Subject, cell_of
from resolvers.timeline import Timeline, over
from valuation.multiples import NO_TOKEN
from valuation.outcome import Flow, Outcome, State

# Which window is asked makes no difference to which metrics are needed.
OVER_BUCKET = Window.D1


def made(metric: Metric) -> bool:
    """Whether a series of the metric may have to be made of others."""
    return metric not in MEASURES or metric in CAPITALS


@dataclass(frozen=True, slots=True)
class Bucketed:
    """The figures of a subject over one bucket of days; windows end with it."""

    subject: Subject
    days: Days
    moment: Moment
    found: Found
    window: Window | None = None

    @property
    def summed(self) -> bool:
        return self.subject.summed

    @property
    def deeds(self) -> Deeds | None:
        return self.found.deeds_of(self.subject)

    @property
    def market(self) -> Timeline | None:
        return self.found.market

    def measured(self, metric: Metric, window: Window | None) -> Measurement:
        if self.subject.entity_of(metric) is None:
            missing = NO_TOKEN if metric in OF_TOKENS else _NO_PROTOCOL
            return Measurement(Flow(missing, 0, 0, 0), Flow(missing, 0, 0, 0))
        timeline = self.timeline(metric)
        now, before = self._spans(timeline, metric, window)
        return Measurement(over(timeline, metric, now), over(timeline, metric, before))

    def end(self, metric: Metric) -> date:
        return min(self.days.last, self.moment.end(metric))

    def timeline(self, metric: Metric) -> Timeline | None:
        cell = cell_of(self.subject, metric)
        return self.found.timelines.get(cell) if cell else None

    def portions(self, metric: Metric) -> Portions:
        whole = self.measured(metric, None).current.total
        return self.found.portions(self.subject, metric, self.days, whole)

    def _spans(self, timeline: Timeline | None, metric: Metric, window: Window | None) -> tuple[Days, Days]:
        """The days of a window that ends with the bucket, and as many before."""
        last = self.end(metric)
        if window is None:
            begin = self.days.first - timedelta(days=self.days.count)
            return self.days, Days(begin, self.days.first - timedelta(days=1))
        now, before = days_of(window, last), days_before(window, last)
        if now is not None and before is not None:
            return now, before
        first = min(timeline.first_day, last) if timeline else last
        return Days(first, last), Days(first - timedelta(days=1), first - timedelta(days=1))


_NO_PROTOCOL = Outcome(None, State.NOT_APPLICABLE, "No protocol goes with this token.")


async def found_for(
    reader: Reader, moment: Moment, asked: Sequence[tuple[Subject, Iterable[Metric], Options]]
) -> Found:
    """What the derived ones among some metrics of each subject are made of."""
    wanted = [
        Wanted(subject, 0, "", _evidence(metric, options))
        for subject, metrics, options in asked
        for metric in metrics
        if made(metric)
    ]
    return await gathered(reader, moment, wanted) if wanted else NOTHING_FOUND


def _evidence(metric: Metric, options: Options) -> Evidence:
    evidence = evidence_of(metric, options.basis)
    return evidence._replace(days=evidence.days | {need for need, _ in needs_of(metric, OVER_BUCKET)})


def history_of(subject: Subject, metric: Metric, found: Found) -> History | None:
    """The days of what a derived metric is mainly about."""
    needs = needs_of(metric, OVER_BUCKET)
    cell = cell_of(subject, needs[0][0]) if needs else None
    timeline = found.timelines.get(cell) if cell else None
    return timeline.history if timeline else None


def derived_points(
    subject: Subject, metric: Metric, options: Options, wanted: Iterable[Days], moment: Moment, found: Found
) -> list[Point]:
    """A point for each bucket. Of its days as many are known as of the least known flow."""
    return [_point(metric, options, Bucketed(subject, bucket, moment, found)) for bucket in wanted]


def _point(metric: Metric, options: Options, figures: Bucketed) -> Point:
    days, end = figures.days, figures.moment.end(metric)
    outcome = computed(metric, Given(options, figures))
    needs = dict.fromkeys(need for need, _ in needs_of(metric, OVER_BUCKET))
    timelines = [timeline for need in needs if (timeline := figures.timeline(need))]
    flows = [each for each in timelines if MEASURES[each.metric].flow]
    return Point(
        start=days.first,
        end=days.last,
        value=outcome.value,
        state=state_of(outcome),
        complete=days.last <= end,
        provisional=figures.moment.provisional_in(days.first, days.last) > 0,
        revision=max((each.history.revision(days.first, days.last) for each in timelines), default=0),
        observed_days=min((each.over(days).observed for each in flows or timelines), default=0),
    )
