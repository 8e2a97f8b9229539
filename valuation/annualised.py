"""What a flow comes to in a year, by a convention the caller names."""

from dataclasses import dataclass
from enum import StrEnum

from valuation.outcome import Flow, Outcome, State, calculated, per_year, weakened

# Under a month of days a year is a guess.
FEWEST_SCALED_DAYS = 30


class Annualization(StrEnum):
    """How a flow is brought to a year. TTM_OR_SCALED is TTM when a year of history exists, else all of it scaled."""

    TTM = "ttm"
    RUN_RATE_30D_365_30 = "run_rate_30d_365_30"
    RUN_RATE_30D_X12 = "run_rate_30d_x12"
    RUN_RATE_7D_365_7 = "run_rate_7d_365_7"
    TTM_OR_SCALED = "ttm_or_scaled"


@dataclass(frozen=True, slots=True)
class History:
    """The sums of one flow that the conventions draw on, all ending on the same day.

    `everything` is the sum since the first observation.
    """

    week: Flow
    month: Flow
    year: Flow
    everything: Flow


def annualised(history: History, convention: Annualization) -> Outcome:
    """A flow per year by the given convention."""
    if convention is Annualization.TTM:
        return trailing_year(history.year)
    if convention is Annualization.RUN_RATE_30D_365_30:
        return run_rate(history.month)
    if convention is Annualization.RUN_RATE_30D_X12:
        return twelve_months(history.month)
    if convention is Annualization.RUN_RATE_7D_365_7:
        return run_rate(history.week)
    return trailing_year_or_scaled(history.year, history.everything)


def trailing_year(year: Flow) -> Outcome:
    """The sum of the last 365 days; INSUFFICIENT_HISTORY when the series is younger."""
    return year.whole()


def scaled(everything: Flow) -> Outcome:
    """The sum over the observed days x 365 / days, ESTIMATED; from 30 observed days on."""
    if everything.total.value is None:
        return everything.total
    days = everything.observed
    if days < FEWEST_SCALED_DAYS:
        reason = f"{days} days are observed; scaling to a year needs {FEWEST_SCALED_DAYS}."
        return Outcome(None, State.INSUFFICIENT_HISTORY, reason)
    yearly = calculated(lambda total: per_year(total, days), total=everything.total)
    return weakened(yearly, State.ESTIMATED, f"Scaled from {days} observed days to 365.")


def trailing_year_or_scaled(year: Flow, everything: Flow) -> Outcome:
    """The trailing year when there is one, else what there is, scaled."""
    trailing = trailing_year(year)
    return scaled(everything) if trailing.state is State.INSUFFICIENT_HISTORY else trailing


def run_rate(flow: Flow) -> Outcome:
    """The sum of the window x 365 / its days; PARTIAL under nine observed days of ten (27 of 30, 7 of 7)."""
    return _paced(flow, calculated(lambda total: per_year(total, flow.window), total=flow.total))


def twelve_months(month: Flow) -> Outcome:
    """The sum of 30 days x 12: 1.4 % less than x 365/30; PARTIAL under 27 observed days."""
    return _paced(month, calculated(lambda total: total * 12, total=month.total))


def arr(history: History, convention: Annualization) -> Outcome:
    """Annual recurring revenue: annualised revenue that names its basis, because the bare number is four numbers."""
    yearly = annualised(history, convention)
    if yearly.value is None or yearly.reason is not None:
        return yearly
    return Outcome(yearly.value, yearly.state, f"Basis: {convention.name}.")


def _paced(flow: Flow, yearly: Outcome) -> Outcome:
    if yearly.value is None or flow.observed * 10 >= flow.window * 9:
        return yearly
    return weakened(yearly, State.PARTIAL, f"{flow.observed} of {flow.window} days are observed.")
