"""Everything that was read to answer some metrics, and the figures of one of them as formulas look them up."""

from dataclasses import dataclass, field
from datetime import date

from models.vocabulary import Metric, Window
from models.window import Days, weeks_of
from resolvers.contest import Rival
from resolvers.deed import Deeds
from resolvers.evidence import NOTHING_FOUND, Found
from resolvers.formula import needs_of, span_of
from resolvers.given import Measurement
from resolvers.ledger_span import LedgerSpan
from resolvers.member import Membership
from resolvers.metric_key import MetricKey
from resolvers.moment import Moment
from resolvers.portion import Portions
from resolvers.reading import Reading
from resolvers.stored import Asked, Stored
from resolvers.subject import Cell, cell_of
from resolvers.timeline import Timeline
from valuation.outcome import Outcome, State

_TAKEN_BACK = Outcome(None, State.WITHDRAWN, "Every number that was stated of it was taken back.")


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that was read for some keys. `pointless`: why there can be nothing in a place."""

    moment: Moment
    stored: dict[Asked, Stored]
    spans: dict[Cell, list[LedgerSpan]] = field(default_factory=dict[Cell, list[LedgerSpan]])
    membership: Membership = field(default_factory=Membership)
    found: Found = NOTHING_FOUND
    rivals: dict[Asked, list[Rival]] = field(default_factory=dict[Asked, list[Rival]])
    pointless: dict[Cell, Outcome] = field(default_factory=dict[Cell, Outcome])

    def reading(self, key: MetricKey, metric: Metric, window: Window) -> Reading:
        cell = cell_of(key.subject, metric, key.chain_id, key.stream)
        if cell is None:
            return Reading(self.moment, None, metric, window, None)
        known = self.stored.get((cell, window))
        return Reading(
            self.moment,
            cell,
            metric,
            window,
            known if known and not known.withdrawn else None,
            tuple(self.spans.get(cell, ())),
            # What a chain itself is known for is no sum.
            None if known and known.series_id else self.membership.of(cell),
            tuple(self.rivals.get((cell, window), ())),
            _TAKEN_BACK if known and known.withdrawn else self.pointless.get(cell),
        )


@dataclass(frozen=True, slots=True)
class Windowed:
    """The figures of a key over its window; with `before`, over the window before that."""

    key: MetricKey
    book: Book
    before: bool = False

    @property
    def lead(self) -> Reading:
        """What the answer is mainly about, which its days and coverage are taken from."""
        needs = needs_of(self.key.metric, self.key.window)
        if needs:
            return self.book.reading(self.key, *needs[0])
        return Reading(self.book.moment, None, self.key.metric, self.key.window, None)

    @property
    def days(self) -> Days | None:
        return self.book.moment.window_before(self.key.metric, self.key.window) if self.before else self.lead.days

    @property
    def weeks(self) -> Days | None:
        """The days of a metric that is over whole weeks; None of others."""
        count = span_of(self.key.metric, self.key.window)
        return weeks_of(count, self.lead.end) if count else None

    @property
    def window(self) -> Window:
        return self.key.window

    @property
    def summed(self) -> bool:
        return self.key.subject.summed

    @property
    def deeds(self) -> Deeds | None:
        return self.book.found.deeds_of(self.key.subject)

    @property
    def market(self) -> Timeline | None:
        return self.book.found.market

    def measured(self, metric: Metric, window: Window | None) -> Measurement:
        found = self.book.reading(self.key, metric, window or self.key.window).measurement
        return Measurement(found.previous, found.previous) if self.before and window is None else found

    def end(self, metric: Metric) -> date:
        return self.book.moment.end(metric)

    def timeline(self, metric: Metric) -> Timeline | None:
        cell = cell_of(self.key.subject, metric, self.key.chain_id, self.key.stream)
        return self.book.found.timelines.get(cell) if cell else None

    def portions(self, metric: Metric) -> Portions:
        whole = self.measured(metric, None).current.total
        return self.book.found.portions(self.key.subject, metric, self.days, whole)
