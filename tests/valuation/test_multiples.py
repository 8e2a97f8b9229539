"""Multiples, payout, yields, supply and treasuries: proportions, bounds and the states of each."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valuation.strategies import MISSING, amounts, close, known, not_negative, positive
from valuation import multiples, payout, supply, treasury
from valuation.outcome import HUNDRED, Flow, Outcome, State, contributed
from valuation.supply import Supplies, SupplyBasis
from valuation.treasury import ShareBasis, Shares

Ratio = Callable[[Outcome, Outcome], Outcome]

# Each as a function of (numerator, denominator).
RATIOS: dict[str, Ratio] = {
    "PF": multiples.price_to_fees,
    "PS": multiples.price_to_sales,
    "PE_HOLDERS": multiples.holders_price_to_earnings,
    "REVENUE_MULTIPLE": lambda cap, flow: multiples.revenue_multiple(cap, known(0), flow),
    "PAYOUT_RATIO": payout.payout_ratio,
    "TAKE_RATE": payout.take_rate,
    "HOLDER_YIELD": payout.holder_yield,
    "BUYBACK_YIELD": lambda bought, cap: payout.buyback_yield(bought, 30, cap),
    "NET_BUYBACK_YIELD": lambda removed, start: payout.net_buyback_yield(removed, known(0), known(0), 30, start),
    "MNAV": lambda price, value: treasury.mnav(known(1), price, value),
}


@pytest.mark.parametrize("ratio", RATIOS.values(), ids=RATIOS)
@given(above=positive(), below=positive(), factor=st.integers(2, 1000))
def test_a_ratio_does_not_depend_on_the_unit(ratio: Ratio, above: Decimal, below: Decimal, factor: int) -> None:
    plain = ratio(known(above), known(below)).value
    scaled = ratio(known(above * factor), known(below * factor)).value

    assert plain is not None
    assert scaled is not None
    assert close(plain, scaled)


@pytest.mark.parametrize("ratio", RATIOS.values(), ids=RATIOS)
@given(above=positive(), below=positive(), more=positive())
def test_a_ratio_rises_with_its_numerator_and_falls_with_its_denominator(
    ratio: Ratio, above: Decimal, below: Decimal, more: Decimal
) -> None:
    plain = ratio(known(above), known(below)).value
    higher = ratio(known(above + more), known(below)).value
    lower = ratio(known(above), known(below + more)).value

    assert plain is not None
    assert higher is not None
    assert lower is not None
    assert lower <= plain <= higher


@pytest.mark.parametrize("ratio", RATIOS.values(), ids=RATIOS)
@pytest.mark.parametrize(
    ("below", "state"), [("0", State.ZERO_DENOMINATOR), ("-1", State.NEGATIVE_DENOMINATOR)], ids=["zero", "negative"]
)
def test_a_denominator_that_is_not_positive_leaves_no_value(ratio: Ratio, below: str, state: State) -> None:
    result = ratio(known(1), known(Decimal(below)))

    assert (result.value, result.state) == (None, state)
    assert result.reason is not None
    assert result.reason.startswith("The denominator, ")


@pytest.mark.parametrize("ratio", RATIOS.values(), ids=RATIOS)
@pytest.mark.parametrize("state", MISSING)
def test_a_missing_input_passes_on_its_state_and_its_reason(ratio: Ratio, state: State) -> None:
    missing = Outcome(None, state, "The source says so.")

    assert ratio(missing, known(1)) == missing
    assert ratio(known(1), missing) == missing


@pytest.mark.parametrize("ratio", RATIOS.values(), ids=RATIOS)
@pytest.mark.parametrize("state", [State.ESTIMATED, State.PARTIAL, State.STALE, State.DISPUTED])
def test_a_weak_input_weakens_the_result_and_leaves_its_value(ratio: Ratio, state: State) -> None:
    weak = Outcome(Decimal(1), state, "Not the best.")

    result = ratio(weak, known(2))

    assert result == Outcome(ratio(known(1), known(2)).value, state, "Not the best.")


def test_the_worst_of_two_weak_inputs_decides() -> None:
    estimated = Outcome(Decimal(1), State.ESTIMATED, "Scaled.")
    partial = Outcome(Decimal(2), State.PARTIAL, "A day is missing.")

    result = multiples.price_to_sales(estimated, partial)

    assert result == Outcome(Decimal("0.5"), State.PARTIAL, "A day is missing.")


@pytest.mark.parametrize("name", ["PF", "PS", "PE_HOLDERS", "REVENUE_MULTIPLE"])
def test_without_a_token_there_is_no_multiple(name: str) -> None:
    assert RATIOS[name](multiples.NO_TOKEN, known(1)) == multiples.NO_TOKEN


@given(cap=positive(), treasury_usd=positive(), revenue=positive())
def test_a_multiple_of_the_enterprise_is_less_than_one_of_the_cap(
    cap: Decimal, treasury_usd: Decimal, revenue: Decimal
) -> None:
    enterprise = multiples.revenue_multiple(known(cap), known(treasury_usd), known(revenue))
    sales = multiples.price_to_sales(known(cap), known(revenue))

    assert enterprise.value is not None
    assert sales.value is not None
    assert enterprise.value < sales.value
    assert (enterprise.reason is not None) == (treasury_usd > cap)


@given(fees=positive(), kept=st.integers(0, 100))
def test_a_take_rate_lies_between_nothing_and_all(fees: Decimal, kept: int) -> None:
    rate = payout.take_rate(known(fees * kept / 100), known(fees)).value

    assert rate is not None
    assert 0 <= rate <= 1


def test_paying_out_more_than_was_earned_is_kept_and_remarked() -> None:
    result = payout.payout_ratio(known(3), known(2))

    assert result == Outcome(Decimal("1.5"), State.OK, "More reached holders than was earned in the window.")


@given(
    removed=not_negative(), emitted=not_negative(), unlocked=not_negative(), start=positive(), days=st.integers(1, 400)
)
def test_net_yield_has_the_sign_of_the_shrinking_float(
    removed: Decimal, emitted: Decimal, unlocked: Decimal, start: Decimal, days: int
) -> None:
    net = payout.net_buyback_yield(known(removed), known(emitted), known(unlocked), days, known(start)).value
    change = supply.net_supply_change(known(emitted), known(unlocked), known(removed)).value

    assert net is not None
    assert change is not None
    assert (net > 0) == (change < 0)


def test_any_unknown_term_leaves_the_net_yield_unknown() -> None:
    result = payout.net_buyback_yield(known(5), Outcome(None, State.NOT_REPORTED), known(0), 30, known(100))

    assert result == Outcome(None, State.NOT_REPORTED, "Emissions are not reported.")


@given(caps=st.lists(positive(), min_size=1, max_size=30))
def test_a_mean_cap_lies_between_the_least_and_the_most(caps: list[Decimal]) -> None:
    mean = payout.mean_cap(caps).value

    assert mean is not None
    assert min(caps) <= mean + Decimal("1e-15")
    assert mean <= max(caps) + Decimal("1e-15")


def test_a_mean_cap_leaves_missing_days_out_and_says_so() -> None:
    result = payout.mean_cap([Decimal(1), None, Decimal(3)])

    assert result == Outcome(Decimal(2), State.PARTIAL, "Capitalisation is known on 2 of 3 days.")
    assert payout.mean_cap([None]).state is State.NOT_REPORTED


@given(burned=not_negative(), left=positive())
def test_a_burn_share_lies_within_bounds(burned: Decimal, left: Decimal) -> None:
    share = supply.burn_share(known(burned), known(left), known(left)).value

    assert share is not None
    assert 0 <= share <= HUNDRED + Decimal("1e-15")


def test_a_burn_share_without_a_total_is_of_the_maximum_and_an_estimate() -> None:
    unreported = Outcome(None, State.NOT_REPORTED, "No source reports total supply.")

    share = supply.burn_share(known(34), unreported, known(1000))

    assert share == Outcome(Decimal("3.4"), State.ESTIMATED, "No total supply is reported; of the most there can be.")


SUPPLIES = Supplies(known(60), known(80), known(90), known(100))


@pytest.mark.parametrize(("basis", "cap"), list(zip(SupplyBasis, (120, 160, 180, 200), strict=True)))
def test_a_capitalisation_counts_the_tokens_of_its_basis(basis: SupplyBasis, cap: int) -> None:
    assert supply.capitalisation(known(2), SUPPLIES, basis) == known(cap)


def test_the_total_stands_in_for_a_maximum_that_is_not_reported() -> None:
    unlimited = Supplies(known(60), known(80), known(90), Outcome(None, State.NOT_REPORTED))

    cap = supply.capitalisation(known(2), unlimited, SupplyBasis.FULLY_DILUTED)

    assert cap == Outcome(Decimal(180), State.ESTIMATED, "No maximum supply is reported; the total stands in for it.")


def test_outstanding_tokens_are_those_neither_held_back_nor_recognised_as_burned() -> None:
    assert supply.outstanding(known(100), known(7), known(3)) == known(90)


@pytest.mark.parametrize(("basis", "value"), list(zip(ShareBasis, ("1", "1.5", "2"), strict=True)))
def test_mnav_counts_the_shares_of_its_basis(basis: ShareBasis, value: str) -> None:
    shares = Shares(known(10), known(15), known(20))

    assert treasury.mnav(shares.by(basis), known(5), known(50)) == known(Decimal(value))


@given(flows=st.dictionaries(st.text(min_size=1, max_size=4), amounts(), min_size=1, max_size=12))
def test_the_flow_of_an_asset_is_the_sum_of_its_funds(flows: dict[str, Decimal]) -> None:
    assert treasury.asset_flow(flows) == known(sum(flows.values(), Decimal(0)))


def test_funds_that_have_not_reported_are_named_and_not_counted_as_zero() -> None:
    assert treasury.asset_flow({"ibit": Decimal(5), "gbtc": None, "fbtc": None}) == Outcome(
        Decimal(5), State.PARTIAL, "Not reported yet: fbtc, gbtc."
    )
    assert treasury.asset_flow({"ibit": None}) == Outcome(None, State.NOT_REPORTED, "No fund has reported.")


def test_a_stated_total_stands_in_for_funds_that_are_missing_or_do_not_add_up() -> None:
    five, nine = Decimal(5_000_000), Decimal(9_000_000)

    assert treasury.asset_flow({"ibit": five, "gbtc": None}, nine) == Outcome(
        nine, State.PARTIAL, "Not reported yet: gbtc."
    )
    assert treasury.asset_flow({"ibit": five}, nine) == Outcome(
        nine, State.PARTIAL, "1 funds add up to 5,000,000 USD; the total is as it was stated."
    )
    assert treasury.asset_flow({"ibit": five}, Decimal(5_099_999)) == known(five)
    assert treasury.asset_flow({}, nine).value == nine


@given(part=amounts(), total=amounts())
def test_shares_of_a_flow_have_the_sign_of_the_fund(part: Decimal, total: Decimal) -> None:
    share = treasury.flow_share(part, known(total))

    if total == 0:
        assert share.state is State.ZERO_DENOMINATOR
    else:
        assert share.value is not None
        assert close(share.value * abs(total), part)


def test_a_parent_has_no_sum_when_a_child_has_none() -> None:
    assert contributed([known(1), known(2)]) == known(3)
    assert contributed([known(1), Outcome(None, State.NOT_REPORTED)]).state is State.NOT_REPORTED
    assert contributed([]).state is State.NOT_REPORTED


def test_an_outcome_cannot_contradict_itself() -> None:
    with pytest.raises(ValueError, match="needs a state that says why, not OK"):
        Outcome(None)
    with pytest.raises(ValueError, match="NO_TOKEN has no value"):
        Outcome(Decimal(1), State.NO_TOKEN)


def test_a_flow_of_a_missing_total_is_missing() -> None:
    missing = Outcome(None, State.WITHDRAWN, "The source took it back.")

    assert Flow(missing, 30, 30, 0).whole() is missing


def test_paying_out_all_that_was_earned_needs_no_remark() -> None:
    assert payout.payout_ratio(known(2), known(2)) == known(1)
