"""Filters of values and texts."""

from decimal import Decimal

import pytest

from models.vocabulary import MetricState
from resolvers.filter import DecimalFilter, StringFilter

FIVE = (Decimal(5), MetricState.OK)
UNKNOWN = (None, MetricState.NOT_REPORTED)


@pytest.mark.parametrize(
    ("given", "five", "unknown"),
    [
        (DecimalFilter(), True, True),
        (DecimalFilter(gt=Decimal(5)), False, False),
        (DecimalFilter(gte=Decimal(5)), True, False),
        (DecimalFilter(lt=Decimal(5)), False, False),
        (DecimalFilter(lte=Decimal(5)), True, False),
        (DecimalFilter(eq=Decimal("5.00")), True, False),
        (DecimalFilter(is_null=True), False, True),
        (DecimalFilter(is_null=False), True, False),
        (DecimalFilter(states=[MetricState.NOT_REPORTED]), False, True),
        (DecimalFilter(gt=Decimal(1), states=[MetricState.PARTIAL]), False, False),
    ],
)
def test_a_filter_of_numbers_admits_what_it_says(given: DecimalFilter, five: bool, unknown: bool) -> None:
    assert (given.admits(*FIVE), given.admits(*UNKNOWN)) == (five, unknown)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (StringFilter(), True),
        (StringFilter(eq="aave"), False),
        (StringFilter(eq="Aave"), True),
        (StringFilter(in_=["Aave", "Maple"]), True),
        (StringFilter(not_in=["Aave"]), False),
        (StringFilter(contains="AV"), True),
        (StringFilter(starts_with="av"), False),
    ],
)
def test_a_filter_of_texts_admits_what_it_says(given: StringFilter, expected: bool) -> None:
    assert given.admits("Aave") is expected
