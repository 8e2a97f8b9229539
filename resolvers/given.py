"""What formulas are computed from: a subject's numbers over the days that are asked about, and what they come to."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

from models.metric import MEASURES
from models.vocabulary import Metric, Window
from models.window import Days
from resolvers.deed import Deeds
from resolvers.portion import Portions
from resolvers.timeline import Timeline
from valuation import annualised, payout
from valuation.annualised import Annualization
from valuation.multiples import NO_TOKEN
from valuation.outcome import Flow, Outcome, State
from valuation.supply import Supplies, SupplyBasis, capitalisation, outstanding

YEARLY = (Window.D7, Window.D30, Window.TTM, Window.ALL)
CONVENTIONS = {
    Annualization.TTM: Window.TTM,
    Annualization.RUN_RATE_30D_365_30: Window.D30,
    Annualization.RUN_RATE_30D_X12: Window.D30,
    Annualization.RUN_RATE_7D_365_7: Window.D7,
}
SUPPLIES = (Metric.CIRCULATING_SUPPLY, Metric.TOTAL_SUPPLY, Metric.MAX_SUPPLY)
PRICED = (Metric.PRICE, Metric.MARKET_CAP, *SUPPLIES)
YEAR = timedelta(days=364)


class Options(NamedTuple):
    """The caller's conventions: how a flow becomes yearly, and which tokens a capitalisation counts."""

    annualization: Annualization = Annualization.TTM_OR_SCALED
    basis: SupplyBasis = SupplyBasis.CIRCULATING


class Measurement(NamedTuple):
    """A stored metric over a window and over the one before, as formulas take them."""

    current: Flow
    previous: Flow


class Figures(Protocol):
    """Where the numbers of a subject are looked up, for the days that are asked about."""

    @property
    def days(self) -> Days | None:
        """The days that are asked about; None where nothing is known that they could begin with."""

    @property
    def window(self) -> Window | None:
        """The window that is asked about; None of a bucket of days."""

    @property
    def summed(self) -> bool:
        """Whether the subject is several protocols together."""

    @property
    def deeds(self) -> Deeds | None:
        """What the ledger knows of its token; None without one."""

    @property
    def market(self) -> Timeline | None:
        """The price that stands for the market's; None where none is known."""

    def measured(self, metric: Metric, window: Window | None) -> Measurement:
        """A stored metric over a window; of None, over the days that are asked about."""

    def end(self, metric: Metric) -> date:
        """The last day of every window of a metric."""

    def timeline(self, metric: Metric) -> Timeline | None:
        """A stored metric day by day."""

    def portions(self, metric: Metric) -> Portions:
        """What the metric is split into over the days that are asked about."""


_SEVERAL = Outcome(
    None, State.NOT_APPLICABLE, "Several protocols together have no token: ask `aggregate` of a list for its mean."
)
_NO_DAYS = Outcome(None, State.NOT_REPORTED, "Nothing is known that these days could begin with.")


@dataclass(frozen=True, slots=True)
class Given:
    """What a formula is computed from."""

    options: Options
    figures: Figures

    def over_window(self, metric: Metric) -> Outcome:
        flow = self.figures.measured(metric, None).current
        return flow.whole() if MEASURES[metric].flow else flow.total

    def latest(self, metric: Metric) -> Outcome:
        return self.figures.measured(metric, Window.ALL).current.total

    def history(self, metric: Metric) -> annualised.History:
        return annualised.History(*(self.figures.measured(metric, window).current for window in YEARLY))

    def years_from(self, metric: Metric) -> Window:
        """The window that a year is reckoned from, by the caller's convention."""
        if self.options.annualization is not Annualization.TTM_OR_SCALED:
            return CONVENTIONS[self.options.annualization]
        young = self.history(metric).year.whole().state is State.INSUFFICIENT_HISTORY
        return Window.ALL if young else Window.TTM

    def yearly(self, metric: Metric) -> Outcome:
        return annualised.annualised(self.history(metric), self.options.annualization)

    def capital(self) -> Outcome:
        """The source's own market cap where there is one and it is asked for; else price times supply."""
        if self.states_capital:
            return self.figures.measured(Metric.MARKET_CAP, Window.D30).current.total
        return self.worth(self.options.basis)

    @property
    def states_capital(self) -> bool:
        """Whether a source's own market cap is what is asked for."""
        stated = self.figures.measured(Metric.MARKET_CAP, Window.D30).current.total
        return self.options.basis is SupplyBasis.CIRCULATING and stated.value is not None

    def supply_of(self, basis: SupplyBasis) -> Metric:
        """The supply that counts; the total stands in for a maximum that nobody states."""
        if basis is SupplyBasis.CIRCULATING:
            return Metric.CIRCULATING_SUPPLY
        limited = self.latest(Metric.MAX_SUPPLY).value is not None or self.latest(Metric.TOTAL_SUPPLY).value is None
        return Metric.MAX_SUPPLY if basis is SupplyBasis.FULLY_DILUTED and limited else Metric.TOTAL_SUPPLY

    def worth(self, basis: SupplyBasis) -> Outcome:
        """Price times supply. Supplies change seldom: their last known value counts, however old."""
        if self.figures.summed:
            return _SEVERAL
        price = self.figures.measured(Metric.PRICE, Window.D30).current.total
        circulating, total, maximum = map(self.latest, SUPPLIES)
        left = self._left(total, self.figures.end(Metric.TOTAL_SUPPLY)) if basis is SupplyBasis.OUTSTANDING else total
        return capitalisation(price, Supplies(circulating, left, total, maximum), basis)

    def mean_capital(self) -> Outcome:
        """Over the days that are asked about; where no price is known day by day, the last stands for their mean."""
        days = self.figures.days
        if self.figures.summed or days is None or not any(map(self.figures.timeline, PRICED)):
            return self.capital()
        ordinals = range(days.first.toordinal(), days.last.toordinal() + 1)
        return payout.mean_cap([self._capital_on(date.fromordinal(each)) for each in ordinals])

    def at_start(self, metric: Metric) -> Outcome:
        """The last value known before the days that are asked about."""
        days, timeline = self.figures.days, self.figures.timeline(metric)
        if days is None:
            return _NO_DAYS
        return self.latest(metric) if timeline is None else timeline.last(days.first - timedelta(days=1))

    def removed(self) -> Outcome:
        if self.figures.summed or self.figures.deeds is None:
            return _SEVERAL if self.figures.summed else NO_TOKEN
        return _NO_DAYS if self.figures.days is None else self.figures.deeds.removed(self.figures.days)

    def burned(self) -> Outcome:
        if self.figures.summed or self.figures.deeds is None:
            return _SEVERAL if self.figures.summed else NO_TOKEN
        return self.figures.deeds.burned(self.figures.end(Metric.BURNED))

    def weeks(self, metric: Metric) -> list[Decimal | None]:
        timeline = self.figures.timeline(metric)
        return timeline.weeks(self.figures.end(metric)) if timeline else []

    def daily(self, metric: Metric) -> list[Decimal | None]:
        timeline, days = self.figures.timeline(metric), self.figures.days
        return timeline.daily(days) if timeline and days else []

    def first_year(self, metric: Metric) -> Outcome:
        timeline = self.figures.timeline(metric)
        if timeline is None:
            return self.latest(metric)
        return timeline.over(Days(timeline.first_day, timeline.first_day + YEAR)).whole()

    def final_year(self, metric: Metric) -> Outcome:
        return self.figures.measured(metric, Window.TTM).current.whole()

    def days_between(self) -> int:
        """From the end of the first year to the end of the last."""
        timeline = self.figures.timeline(Metric.REVENUE)
        return (self.figures.end(Metric.REVENUE) - timeline.first_day - YEAR).days if timeline else 0

    def _capital_on(self, day: date) -> Decimal | None:
        if self.options.basis is SupplyBasis.CIRCULATING:
            stated = self._on(Metric.MARKET_CAP, day)
            if stated.value is not None:
                return stated.value
        circulating, total, maximum = (self._last(metric, day) for metric in SUPPLIES)
        left = self._left(total, day) if self.options.basis is SupplyBasis.OUTSTANDING else total
        supplies = Supplies(circulating, left, total, maximum)
        return capitalisation(self._on(Metric.PRICE, day), supplies, self.options.basis).value

    def _on(self, metric: Metric, day: date) -> Outcome:
        timeline = self.figures.timeline(metric)
        return timeline.over(Days(day, day)).total if timeline else _NO_DAYS

    def _last(self, metric: Metric, day: date) -> Outcome:
        timeline = self.figures.timeline(metric)
        return timeline.last(day) if timeline else _NO_DAYS

    def _left(self, total: Outcome, day: date) -> Outcome:
        deeds = self.figures.deeds or Deeds()
        return outstanding(total, deeds.held(day), deeds.recognised(day))
