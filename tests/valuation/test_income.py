"""Revenue, earnings and whether the parts of an income statement add up."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from tests.valuation.strategies import MISSING, amounts, known, not_negative
from valuation.income import chain_rev, earnings, fees_identity, revenue, revenue_identity
from valuation.outcome import Outcome, State
from valuation.statement import LINES, income_statement


@given(fees=amounts(), supply_side=amounts())
def test_revenue_and_supply_side_make_up_fees_exactly(fees: Decimal, supply_side: Decimal) -> None:
    result = revenue(known(fees), known(supply_side))

    assert result.value is not None
    assert result.value + supply_side == fees


@given(earned=amounts(), less=not_negative(), more=not_negative())
def test_more_incentives_never_mean_more_earnings(earned: Decimal, less: Decimal, more: Decimal) -> None:
    low, high = sorted((less, more))

    richer = earnings(known(earned), known(low)).value
    poorer = earnings(known(earned), known(high)).value

    assert richer is not None
    assert poorer is not None
    assert poorer <= richer <= earned


@given(fees=not_negative(), tips=not_negative())
def test_the_real_economic_value_of_a_chain_holds_what_is_paid_beside_it(fees: Decimal, tips: Decimal) -> None:
    rev = chain_rev(known(fees), known(tips))

    assert rev == known(fees + tips)


@pytest.mark.parametrize("state", MISSING)
def test_missing_incentives_leave_earnings_missing_for_the_same_reason(state: State) -> None:
    result = earnings(known(100), Outcome(None, state))

    assert (result.value, result.state) == (None, state)
    assert result.reason is not None
    assert result.reason.startswith("Incentives are ")


def test_the_reason_names_the_input_that_is_not_reported() -> None:
    result = earnings(known(100), Outcome(None, State.NOT_REPORTED))

    assert result.reason == "Incentives are not reported."


@given(supply_side=not_negative(), kept=not_negative())
def test_fees_that_are_the_sum_of_their_parts_pass(supply_side: Decimal, kept: Decimal) -> None:
    check = fees_identity(known(supply_side + kept), known(kept), known(supply_side))

    assert check.holds is True
    assert check.difference == 0


def test_fees_pass_up_to_a_hundredth_of_a_percent_and_fail_beyond() -> None:
    within = fees_identity(known(1_000_000), known(600_100), known(400_000))
    beyond = fees_identity(known(1_000_000), known(600_101), known(400_000))

    assert (within.holds, within.difference) == (True, Decimal(100))
    assert (beyond.holds, beyond.difference) == (False, Decimal(101))


def test_a_check_without_one_of_its_parts_says_so_and_does_not_fail() -> None:
    check = fees_identity(known(100), known(60), Outcome(None, State.NOT_REPORTED))

    assert (check.holds, check.difference) == (None, None)
    assert check.note == "Supply side revenue is not reported."


def test_a_check_of_partial_sums_shows_the_difference_and_does_not_judge_it() -> None:
    check = fees_identity(Outcome(Decimal(100), State.PARTIAL, "29 of 30 days are observed."), known(60), known(50))

    assert (check.holds, check.difference, check.note) == (None, Decimal(10), "29 of 30 days are observed.")


def test_the_split_of_revenue_is_judged_over_a_quarter_and_not_over_a_month() -> None:
    month = revenue_identity(known(100), known(40), known(50), days=31)
    quarter = revenue_identity(known(100), known(40), known(50), days=90)

    assert (month.holds, month.difference) == (None, Decimal(-10))
    assert (quarter.holds, quarter.difference) == (False, Decimal(-10))
    assert month.note is not None
    assert quarter.note is None


def test_the_split_of_revenue_holds_within_one_percent() -> None:
    assert revenue_identity(known(1000), known(500), known(490), days=90).holds is True
    assert revenue_identity(known(1000), known(500), known(489), days=90).holds is False


def test_a_statement_has_every_line_calculates_what_it_can_and_checks_both_sums() -> None:
    reported = {"FEES": known(1000), "SUPPLY_SIDE_REVENUE": known(100), "INCENTIVES": known(200)}

    statement = income_statement(date(2026, 4, 1), date(2026, 6, 30), reported, {"FEES": {"perps": Decimal(1000)}})

    amounts_by_line = {line.metric: line.amount.value for line in statement.lines}
    assert tuple(amounts_by_line) == LINES
    assert amounts_by_line["REVENUE"] == 900
    assert amounts_by_line["EARNINGS"] == 700
    assert amounts_by_line["HOLDERS_REVENUE"] is None
    assert statement.lines[0].by_stream == {"perps": Decimal(1000)}
    assert [(check.name, check.holds) for check in statement.identities] == [
        ("FEES = REVENUE + SUPPLY_SIDE_REVENUE", True),
        ("REVENUE = PROTOCOL_REVENUE + HOLDERS_REVENUE", None),
    ]


def test_reported_revenue_stands_against_the_difference_of_fees_and_supply_side() -> None:
    reported = {"FEES": known(1000), "SUPPLY_SIDE_REVENUE": known(100), "REVENUE": known(1780)}

    statement = income_statement(date(2026, 4, 1), date(2026, 4, 30), reported, {})

    assert statement.lines[2].amount == known(1780)
    assert statement.identities[0].holds is False
    assert statement.identities[0].difference == 880
