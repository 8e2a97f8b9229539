"""Discounted cash flow: what moves the value, what is refused, and that the parts make up the whole."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valuation.strategies import MISSING, amounts, close, known, positive
from valuation.dcf import DISCLAIMER, DcfInputs, NamedInput, Scenario, ScenarioRefused, TokenCount, dcf, per_token
from valuation.outcome import Outcome, State

DAY = date(2026, 1, 8)
CASH = Decimal(879_186_838)
TOKENS = TokenCount(Decimal(1_000_000_000))
PLAN = Scenario(
    growth_path=tuple(Decimal(rate) for rate in ("0.30", "0.20", "0.10", "0.05", "0.03")),
    terminal_growth=Decimal("0.02"),
    discount_rate=Decimal("0.25"),
)


def named(name: str, figure: Outcome, unit: str = "USD") -> NamedInput:
    return NamedInput(name, figure, unit, DAY)


INPUTS = DcfInputs(
    cash_flow=named("HOLDERS_REVENUE", known(CASH)),
    supply=named("MAX_SUPPLY", known(1_000_000_000), "TOKEN"),
    price=named("PRICE", known(Decimal("26.09")), "USD_PER_TOKEN"),
)

rates = amounts("0.05", "0.60")


@given(more=amounts("0.001", "1"))
def test_a_higher_discount_rate_means_a_lower_value(more: Decimal) -> None:
    dearer = replace(PLAN, discount_rate=PLAN.discount_rate + more)

    assert per_token(CASH, dearer, TOKENS) < per_token(CASH, PLAN, TOKENS)


@given(more=amounts("0.001", "0.2"))
def test_more_growth_for_ever_means_a_higher_value(more: Decimal) -> None:
    faster = replace(PLAN, terminal_growth=PLAN.terminal_growth + more)

    assert per_token(CASH, faster, TOKENS) > per_token(CASH, PLAN, TOKENS)


@given(cash=positive(), factor=st.integers(2, 1000))
def test_value_scales_with_the_cash_flow_and_falls_with_the_tokens(cash: Decimal, factor: int) -> None:
    value = per_token(cash, PLAN, TOKENS)

    assert close(per_token(cash * factor, PLAN, TOKENS), value * factor)
    assert close(per_token(cash, PLAN, TokenCount(TOKENS.now * factor)), value / factor)


@given(rate=rates, length=st.integers(1, 40))
def test_a_flow_that_grows_at_one_rate_is_worth_the_perpetuity_however_long_the_path(
    rate: Decimal, length: int
) -> None:
    growth = Decimal("0.02")
    plan = Scenario((growth,) * length, growth, rate)

    value = per_token(Decimal(1000), plan, TokenCount(Decimal(1)))

    assert abs(value - 1000 * (1 + growth) / (rate - growth)) < Decimal("1e-15")


@given(added=amounts("1", "100000000"))
def test_emissions_dilute_down_to_the_maximum_and_no_further(added: Decimal) -> None:
    free = per_token(CASH, PLAN, replace(TOKENS, added_per_year=added))
    capped = per_token(CASH, PLAN, TokenCount(TOKENS.now, added, maximum=TOKENS.now))

    assert free < capped == per_token(CASH, PLAN, TOKENS)


def test_the_years_and_the_terminal_value_make_up_the_present_value() -> None:
    result = dcf(INPUTS, PLAN)

    assert result.present_value_usd is not None
    assert result.terminal_share is not None
    assert result.value_per_token.value is not None
    path = sum((year.present_usd for year in result.yearly), Decimal(0))
    assert close(path, result.present_value_usd * (1 - result.terminal_share))
    assert close(result.value_per_token.value, result.present_value_usd / 1_000_000_000)
    assert [year.year for year in result.yearly] == [1, 2, 3, 4, 5]
    assert result.disclaimer == DISCLAIMER


def test_the_grid_holds_the_scenario_itself_and_leaves_out_what_would_be_refused() -> None:
    tight = replace(PLAN, discount_rate=Decimal("0.05"), terminal_growth=Decimal("0.02"))

    cells = {
        (cell.discount_rate, cell.terminal_growth): cell.value_per_token for cell in dcf(INPUTS, tight).sensitivity
    }

    assert len(cells) == 15
    assert cells[Decimal("0.05"), Decimal("0.02")] == per_token(CASH, tight, TOKENS)
    assert [rates for rates, value in cells.items() if value is None] == [
        (Decimal("0.000"), Decimal("0.01")),
        (Decimal("0.000"), Decimal("0.02")),
        (Decimal("0.000"), Decimal("0.03")),
        (Decimal("0.025"), Decimal("0.03")),
    ]


def test_the_grid_leaves_out_a_discount_rate_equal_to_terminal_growth() -> None:
    plan = replace(PLAN, discount_rate=Decimal("0.07"), terminal_growth=Decimal("0.02"))

    cells = {(cell.discount_rate, cell.terminal_growth): cell.value_per_token for cell in dcf(INPUTS, plan).sensitivity}

    assert cells[Decimal("0.02"), Decimal("0.02")] is None
    assert cells[Decimal("0.02"), Decimal("0.01")] is not None


@given(growth=amounts("-0.5", "2"))
def test_implied_growth_is_the_growth_that_gives_the_price(growth: Decimal) -> None:
    constant = replace(PLAN, growth_path=(growth,) * 5)
    priced = replace(INPUTS, price=named("PRICE", known(per_token(CASH, constant, TOKENS))))

    implied = dcf(priced, PLAN).implied_growth.value

    assert implied is not None
    assert abs(implied - growth) < Decimal("1e-8")


def test_a_price_no_growth_explains_has_no_implied_growth() -> None:
    result = dcf(replace(INPUTS, price=named("PRICE", known(10**12))), PLAN)

    assert result.implied_growth.state is State.NOT_APPLICABLE
    assert result.value_per_token.state is State.OK


def test_an_unknown_price_leaves_the_value_known() -> None:
    result = dcf(replace(INPUTS, price=named("PRICE", Outcome(None, State.NOT_REPORTED))), PLAN)

    assert result.value_per_token.state is State.OK
    assert result.implied_growth == Outcome(None, State.NOT_REPORTED, "Price is not reported.")


@given(above=amounts("0", "0.5"))
def test_a_discount_rate_at_or_below_terminal_growth_is_refused_by_code(above: Decimal) -> None:
    with pytest.raises(ScenarioRefused, match="must exceed the terminal growth") as refused:
        Scenario(PLAN.growth_path, Decimal("0.25") + above, Decimal("0.25"))

    assert refused.value.code == "DISCOUNT_NOT_ABOVE_GROWTH"


@pytest.mark.parametrize("years", [0, 51])
def test_a_path_of_no_years_or_too_many_is_refused_by_code(years: int) -> None:
    with pytest.raises(ScenarioRefused) as refused:
        replace(PLAN, growth_path=(Decimal("0.1"),) * years)

    assert refused.value.code == "BAD_GROWTH_PATH"


@pytest.mark.parametrize("rate", ["-1", "100.01", "Infinity", "NaN"])
@pytest.mark.parametrize("part", ["growth_path", "terminal_growth", "discount_rate"])
def test_a_rate_that_cannot_be_meant_is_refused_by_code(part: str, rate: str) -> None:
    value: Any = (Decimal(rate),) if part == "growth_path" else Decimal(rate)

    with pytest.raises(ScenarioRefused) as refused:
        replace(PLAN, **{part: value})

    assert refused.value.code == "RATE_OUT_OF_RANGE"


def test_the_grid_of_a_scenario_at_the_edge_leaves_out_what_lies_beyond() -> None:
    edge = replace(PLAN, terminal_growth=Decimal("-0.995"), discount_rate=Decimal(100))

    values = {
        (cell.discount_rate, cell.terminal_growth): cell.value_per_token for cell in dcf(INPUTS, edge).sensitivity
    }

    assert values[Decimal("100.05"), Decimal("-0.995")] is None
    assert values[Decimal(100), Decimal("-1.005")] is None
    assert values[Decimal(100), Decimal("-0.985")] is not None


@given(cash=amounts("-1000000", "0"))
def test_a_cash_flow_that_is_not_positive_has_no_value(cash: Decimal) -> None:
    result = dcf(replace(INPUTS, cash_flow=named("EARNINGS", known(cash))), PLAN)

    assert result.value_per_token.state is State.NOT_APPLICABLE
    assert (result.yearly, result.sensitivity, result.present_value_usd) == ((), (), None)


@pytest.mark.parametrize("state", MISSING)
@pytest.mark.parametrize("part", ["cash_flow", "supply", "emissions"])
def test_a_missing_input_leaves_the_value_missing_for_the_same_reason(part: str, state: State) -> None:
    missing = Outcome(None, state, "The source says so.")

    result = dcf(replace(INPUTS, **{part: named(part, missing)}), PLAN)

    assert result.value_per_token == missing
    assert result.implied_growth == missing


def test_no_tokens_share_nothing() -> None:
    result = dcf(replace(INPUTS, supply=named("MAX_SUPPLY", known(0))), PLAN)

    assert result.value_per_token.state is State.ZERO_DENOMINATOR


def test_every_input_given_is_listed_with_its_day() -> None:
    emissions = named("EMISSIONS", known(50_000_000), "TOKEN")
    maximum = named("MAX_SUPPLY", known(2_000_000_000), "TOKEN")

    result = dcf(replace(INPUTS, emissions=emissions, maximum_supply=maximum), PLAN)

    assert result.inputs == (INPUTS.cash_flow, INPUTS.supply, INPUTS.price, emissions, maximum)
    assert [year.tokens for year in result.yearly] == [Decimal(1_000_000_000 + 50_000_000 * n) for n in range(1, 6)]


def test_an_estimated_cash_flow_makes_an_estimate() -> None:
    estimate = Outcome(CASH, State.ESTIMATED, "Scaled from 100 observed days to 365.")

    result = dcf(replace(INPUTS, cash_flow=named("HOLDERS_REVENUE", estimate)), PLAN)

    assert result.value_per_token.state is State.ESTIMATED
    assert result.value_per_token.reason == "Scaled from 100 observed days to 365."
