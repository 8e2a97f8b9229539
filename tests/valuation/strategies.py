"""What hypothesis draws for formulas: amounts as sources give them."""

from decimal import Decimal

from hypothesis import strategies as st

from valuation.outcome import Outcome, State

MISSING = [state for state in State if state not in {State.OK, State.ESTIMATED, State.PARTIAL}]


def amounts(least: str = "-1000000000", most: str = "1000000000") -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(least), Decimal(most), places=6, allow_nan=False, allow_infinity=False)


def positive(most: str = "1000000000") -> st.SearchStrategy[Decimal]:
    return amounts("0.01", most)


def not_negative() -> st.SearchStrategy[Decimal]:
    return amounts("0")


def known(value: Decimal | int) -> Outcome:
    return Outcome(Decimal(value))


def close(one: Decimal, other: Decimal) -> bool:
    """Equal but for the last of the 28 digits a division keeps."""
    return abs(one - other) <= max(abs(one), abs(other), Decimal(1)) * Decimal("1e-18")
