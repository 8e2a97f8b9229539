"""A flow per year by each convention."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valuation.strategies import amounts, close, known, positive
from valuation.annualised import Annualization, History, annualised, arr, run_rate, scaled, trailing_year, twelve_months
from valuation.outcome import Flow, Outcome, State

SILENT = Flow(Outcome(None, State.NOT_REPORTED), 30, 0, 0)


def whole(total: Decimal | int, days: int) -> Flow:
    return Flow(known(total), days, days, days)


def steady(daily: Decimal, days: int = 400) -> History:
    year = Flow(known(daily * min(days, 365)), 365, min(days, 365), min(days, 365))
    return History(whole(daily * 7, 7), whole(daily * 30, 30), year, whole(daily * days, days))


@given(daily=positive("1000000"))
@pytest.mark.parametrize("convention", [c for c in Annualization if c is not Annualization.RUN_RATE_30D_X12])
def test_a_steady_flow_annualises_to_365_days_by_any_convention(convention: Annualization, daily: Decimal) -> None:
    yearly = annualised(steady(daily), convention)

    assert yearly.state is State.OK
    assert yearly.value is not None
    assert close(yearly.value, daily * 365)


@given(daily=positive("1000000"))
def test_twelve_times_thirty_days_is_five_days_short(daily: Decimal) -> None:
    assert annualised(steady(daily), Annualization.RUN_RATE_30D_X12) == known(daily * 360)


@given(one=amounts(), other=amounts(), days=st.integers(30, 3650))
def test_more_never_annualises_to_less(one: Decimal, other: Decimal, days: int) -> None:
    less, more = sorted((one, other))

    for convention in (scaled, run_rate, twelve_months, trailing_year):
        low, high = convention(whole(less, days)).value, convention(whole(more, days)).value
        assert low is not None
        assert high is not None
        assert low <= high


@given(total=amounts(), factor=st.integers(1, 1000))
def test_annualising_scales_with_the_unit(total: Decimal, factor: int) -> None:
    small, large = run_rate(whole(total, 30)).value, run_rate(whole(total * factor, 30)).value

    assert small is not None
    assert large is not None
    assert close(small * factor, large)


@pytest.mark.parametrize(("observed", "state"), [(30, State.OK), (27, State.OK), (26, State.PARTIAL)])
def test_a_run_rate_needs_27_of_30_days(observed: int, state: State) -> None:
    month = Flow(known(300), 30, 30, observed)

    assert run_rate(month).state is state
    assert twelve_months(month).state is state
    assert twelve_months(month).value == 3600


def test_a_run_rate_of_a_week_needs_all_its_days() -> None:
    assert run_rate(Flow(known(70), 7, 7, 6)).state is State.PARTIAL
    assert run_rate(Flow(known(70), 7, 7, 7)) == known(3650)


def test_a_trailing_year_with_gaps_is_partial_and_a_younger_series_has_none() -> None:
    gaps = trailing_year(Flow(known(364), 365, 365, 364))
    young = trailing_year(Flow(known(364), 365, 364, 364))

    assert (gaps.value, gaps.state) == (Decimal(364), State.PARTIAL)
    assert (young.value, young.state) == (None, State.INSUFFICIENT_HISTORY)
    assert young.reason == "The history covers 364 of the 365 days."


@pytest.mark.parametrize(("days", "state"), [(30, State.ESTIMATED), (29, State.INSUFFICIENT_HISTORY)])
def test_scaling_needs_thirty_days_and_is_an_estimate(days: int, state: State) -> None:
    assert scaled(whole(300, days)).state is state


def test_a_young_series_is_scaled_where_the_convention_allows_it() -> None:
    young = steady(Decimal(10), days=73)

    assert annualised(young, Annualization.TTM).state is State.INSUFFICIENT_HISTORY
    assert annualised(young, Annualization.TTM_OR_SCALED) == Outcome(
        Decimal(3650), State.ESTIMATED, "Scaled from 73 observed days to 365."
    )


@pytest.mark.parametrize("convention", Annualization)
def test_a_flow_that_is_not_reported_has_no_year(convention: Annualization) -> None:
    yearly = annualised(History(SILENT, SILENT, SILENT, SILENT), convention)

    assert (yearly.value, yearly.state) == (None, State.NOT_REPORTED)


def test_an_estimate_is_no_better_for_being_scaled() -> None:
    disputed = Outcome(Decimal(100), State.DISPUTED, "Two sources disagree.")

    assert scaled(Flow(disputed, 100, 100, 100)) == Outcome(Decimal(365), State.DISPUTED, "Two sources disagree.")
    assert scaled(SILENT).state is State.NOT_REPORTED


def test_recurring_revenue_names_its_basis() -> None:
    result = arr(steady(Decimal(10)), Annualization.RUN_RATE_30D_X12)

    assert result == Outcome(Decimal(3600), State.OK, "Basis: RUN_RATE_30D_X12.")
