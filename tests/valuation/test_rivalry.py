"""When a rival makes a value disputed."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.valuation.strategies import amounts, known, positive
from valuation.outcome import Outcome, State
from valuation.rivalry import APART, contested


@given(answered=amounts(), ours=amounts(), theirs=amounts())
def test_a_dispute_changes_nothing_but_the_state(answered: Decimal, ours: Decimal, theirs: Decimal) -> None:
    found = contested(known(answered), ours, theirs, "They differ.")

    apart = abs(theirs - ours) > APART * abs(answered)
    assert found == (Outcome(answered, State.DISPUTED, "They differ.") if apart else known(answered))


@given(value=positive(), off=st.decimals("-0.05", "0.05", places=4))
def test_five_parts_in_a_hundred_are_let_pass(value: Decimal, off: Decimal) -> None:
    assert contested(known(value), value, value * (1 + off), "They differ.") == known(value)


def test_what_is_missing_can_not_be_disputed() -> None:
    missing = Outcome(None, State.NOT_REPORTED, "No source reports fees.")

    assert contested(missing, Decimal(1), Decimal(2), "They differ.") == missing


def test_a_dispute_keeps_what_else_there_is_to_say() -> None:
    partial = Outcome(Decimal(100), State.PARTIAL, "20 of 30 days are known.")

    found = contested(partial, Decimal(100), Decimal(90), "They differ.")

    assert found == Outcome(Decimal(100), State.DISPUTED, "They differ. 20 of 30 days are known.")
