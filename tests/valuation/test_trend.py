"""Growth, dispersion and concentration: bounds, invariances and the states of each."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valuation.strategies import MISSING, amounts, close, known, not_negative, positive
from valuation.dispersion import (
    MonthlyChange,
    coverage,
    downside_capture,
    hhi,
    max_drawdown,
    top_share,
    volatility,
)
from valuation.growth import cagr, change, growth
from valuation.outcome import Flow, Outcome, State

PARTS = st.lists(positive("1000000"), min_size=1, max_size=12)
YEAR_OF_WEEKS = st.lists(not_negative(), min_size=52, max_size=52)
QUARTER_OF_DAYS = st.lists(not_negative(), min_size=90, max_size=120)


def whole(total: Decimal | int, days: int = 30) -> Flow:
    return Flow(known(total), days, days, days)


@given(before=positive(), now=amounts(), factor=st.integers(2, 1000))
def test_growth_does_not_depend_on_the_unit(before: Decimal, now: Decimal, factor: int) -> None:
    plain = growth(whole(now), whole(before)).value
    scaled = growth(whole(now * factor), whole(before * factor)).value

    assert plain is not None
    assert scaled is not None
    assert close(plain, scaled)


@given(before=positive(), now=not_negative())
def test_growth_is_never_below_minus_a_hundred_percent_and_positive_when_more(before: Decimal, now: Decimal) -> None:
    percent = change(known(now), known(before)).value

    assert percent is not None
    assert percent >= -100
    assert (percent > 0) == (now > before)


@pytest.mark.parametrize(("before", "state"), [(0, State.ZERO_DENOMINATOR), (-1, State.NEGATIVE_DENOMINATOR)])
def test_growth_from_nothing_or_less_has_no_value(before: int, state: State) -> None:
    assert growth(whole(5), whole(before)).state is state
    assert cagr(known(before), known(5), 365).state is state


@pytest.mark.parametrize("state", MISSING)
def test_growth_without_a_window_before_has_its_state(state: State) -> None:
    missing = Outcome(None, state, "The source says so.")

    assert growth(whole(5), Flow(missing, 30, 30, 0)) == missing


def test_growth_over_a_gap_is_partial_and_over_a_beginning_is_not_known() -> None:
    gap = growth(Flow(known(12), 30, 30, 29), whole(10))
    young = growth(whole(12), Flow(known(5), 30, 15, 15))

    assert gap == Outcome(Decimal(20), State.PARTIAL, "29 of 30 days are observed.")
    assert young == Outcome(None, State.INSUFFICIENT_HISTORY, "The history covers 15 of the 30 days.")


@given(first=positive("1000000"), percent=st.integers(-90, 300), years=st.integers(1, 5))
def test_compound_growth_gives_back_the_rate_that_made_it(first: Decimal, percent: int, years: int) -> None:
    last = first * (1 + Decimal(percent) / 100) ** years

    rate = cagr(known(first), known(last), 365 * years).value

    assert rate is not None
    assert abs(rate - percent) < Decimal("1e-9")


def test_no_compound_rate_leads_below_zero_or_is_known_within_a_year() -> None:
    assert cagr(known(5), known(-1), 365).state is State.NOT_APPLICABLE
    assert cagr(known(5), known(6), 364).state is State.INSUFFICIENT_HISTORY


@given(parts=PARTS)
def test_concentration_lies_between_equal_parts_and_a_single_one(parts: list[Decimal]) -> None:
    index, top = hhi(parts).value, top_share(parts).value

    assert index is not None
    assert top is not None
    assert Decimal(10_000) / len(parts) - Decimal("1e-15") <= index <= 10_000
    assert Decimal(100) / len(parts) - Decimal("1e-15") <= top <= 100
    assert top * top <= index + Decimal("1e-15")


@given(parts=PARTS, factor=st.integers(2, 1000))
def test_concentration_depends_neither_on_the_unit_nor_on_the_order(parts: list[Decimal], factor: int) -> None:
    plain, scaled = hhi(parts).value, hhi([part * factor for part in reversed(parts)]).value

    assert plain is not None
    assert scaled is not None
    assert close(plain, scaled)


@given(parts=st.lists(positive("1000000"), min_size=2, max_size=12))
def test_merging_two_parts_concentrates(parts: list[Decimal]) -> None:
    apart, merged = hhi(parts).value, hhi([parts[0] + parts[1], *parts[2:]]).value

    assert apart is not None
    assert merged is not None
    assert merged > apart


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ([], State.NOT_REPORTED),
        ([Decimal(0), Decimal(0)], State.ZERO_DENOMINATOR),
        ([Decimal(5), Decimal(-1)], State.NOT_APPLICABLE),
    ],
    ids=["none", "zeros", "negative"],
)
def test_parts_without_shares_have_no_index(parts: list[Decimal], state: State) -> None:
    assert hhi(parts).state is state
    assert top_share(parts).state is state


def test_coverage_is_what_the_parts_explain_of_the_whole() -> None:
    assert coverage([Decimal(30), Decimal(50)], known(100)) == known(80)
    assert coverage([Decimal(30)], known(0)).state is State.ZERO_DENOMINATOR
    assert coverage([Decimal(30)], Outcome(None, State.NOT_REPORTED)).reason == "Whole is not reported."


@given(weeks=YEAR_OF_WEEKS.filter(any), factor=st.integers(2, 1000))
def test_volatility_depends_neither_on_the_unit_nor_on_the_order(weeks: list[Decimal], factor: int) -> None:
    plain = volatility(weeks, 52).value
    scaled = volatility([week * factor for week in reversed(weeks)], 52).value

    assert plain is not None
    assert scaled is not None
    assert plain >= 0
    assert close(plain, scaled)


@given(weekly=positive(), span=st.sampled_from([26, 52]))
def test_a_steady_flow_has_no_volatility_and_no_drawdown(weekly: Decimal, span: int) -> None:
    weeks = volatility([weekly] * span, span).value

    assert weeks is not None
    assert weeks < Decimal("1e-15")
    assert max_drawdown([weekly] * 90) == known(0)


@pytest.mark.parametrize(("missing", "state"), [(0, State.OK), (5, State.PARTIAL), (6, State.INSUFFICIENT_HISTORY)])
def test_volatility_allows_for_five_missing_weeks_of_52(missing: int, state: State) -> None:
    weeks = [None] * missing + [Decimal(n) for n in range(52 - missing)]

    assert volatility(weeks, 52).state is state


def test_volatility_looks_at_the_last_weeks_only() -> None:
    weeks = [Decimal(999), *([Decimal(1), Decimal(3)] * 13)]

    assert volatility(weeks, 26) == known(Decimal("0.5"))


@pytest.mark.parametrize(("week", "state"), [(0, State.ZERO_DENOMINATOR), (-1, State.NEGATIVE_DENOMINATOR)])
def test_volatility_of_a_flow_that_is_not_positive_has_no_value(week: int, state: State) -> None:
    assert volatility([Decimal(week)] * 26, 26).state is state


@given(days=QUARTER_OF_DAYS.filter(lambda days: any(days[:30])), factor=st.integers(2, 1000))
def test_a_drawdown_lies_between_nothing_and_all_and_does_not_depend_on_the_unit(
    days: list[Decimal], factor: int
) -> None:
    plain = max_drawdown(days).value
    scaled = max_drawdown([day * factor for day in days]).value

    assert plain is not None
    assert scaled is not None
    assert 0 <= plain <= 100
    assert close(plain, scaled)


@given(days=QUARTER_OF_DAYS)
def test_a_flow_that_only_rises_has_no_drawdown(days: list[Decimal]) -> None:
    assert max_drawdown([day + 1 for day in sorted(days)]) == known(0)


def test_a_longer_history_never_has_a_smaller_drawdown() -> None:
    days = [Decimal(10)] * 60 + [Decimal(5)] * 60

    assert max_drawdown(days[:100]).value == 50
    assert max_drawdown([*days, *[Decimal(1)] * 30]).value == 90


def test_a_drawdown_leaves_out_sums_with_a_missing_day_and_says_so() -> None:
    days: list[Decimal | None] = [*([Decimal(2)] * 45), None, *([Decimal(1)] * 45)]

    assert max_drawdown(days) == Outcome(Decimal(50), State.PARTIAL, "1 of 91 days are missing.")


@pytest.mark.parametrize(
    ("days", "state"),
    [
        ([Decimal(1)] * 89, State.INSUFFICIENT_HISTORY),
        ([Decimal(1), None] * 45, State.INSUFFICIENT_HISTORY),
        ([Decimal(0)] * 90, State.ZERO_DENOMINATOR),
    ],
    ids=["short", "full of holes", "zeros"],
)
def test_a_series_without_a_peak_has_no_drawdown(days: list[Decimal | None], state: State) -> None:
    assert max_drawdown(days).state is state


@given(falls=st.lists(amounts("-90", "-10"), min_size=3, max_size=24), share=st.integers(-200, 200))
def test_revenue_that_falls_in_proportion_captures_that_proportion(falls: list[Decimal], share: int) -> None:
    ratio = Decimal(share) / 100

    captured = downside_capture([MonthlyChange(fall * ratio, fall) for fall in falls]).value

    assert captured is not None
    assert close(captured, ratio)


def test_months_in_which_the_market_lost_less_than_a_tenth_do_not_count() -> None:
    down = [MonthlyChange(Decimal(-5), Decimal(-10))] * 3
    mild = [MonthlyChange(Decimal(-99), Decimal("-9.99"))] * 5

    assert downside_capture([*down, *mild]) == known(Decimal("0.5"))
    assert downside_capture([*down[:2], *mild]).state is State.INSUFFICIENT_HISTORY


def test_losing_everything_is_a_compound_rate_of_minus_a_hundred_percent() -> None:
    assert cagr(known(5), known(0), 365) == known(-100)
