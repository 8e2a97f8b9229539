"""The scalars, read and written."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.scalars import SCALARS

DECIMAL, DATE, MOMENT = SCALARS[Decimal], SCALARS[date], SCALARS[datetime]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20))
def test_a_decimal_comes_back_as_it_went(value: Decimal) -> None:
    assert DECIMAL.parse_value(DECIMAL.serialize(value)) == value


def test_a_decimal_is_written_without_an_exponent() -> None:
    assert DECIMAL.serialize(Decimal("1E+3")) == "1000"
    assert DECIMAL.serialize(Decimal("1E-7")) == "0.0000001"


@pytest.mark.parametrize("value", [1.5, True, None, "NaN", "Infinity", "1e999999", "abc", "", "1" * 61, "1_0x"])
def test_what_is_no_exact_number_is_no_decimal(value: object) -> None:
    with pytest.raises(ValueError, match="ecimal"):
        DECIMAL.parse_value(value)


def test_whole_numbers_are_decimals_too() -> None:
    assert DECIMAL.parse_value(12) == 12


@given(st.dates())
def test_a_day_comes_back_as_it_went(day: date) -> None:
    assert DATE.parse_value(DATE.serialize(day)) == day


def test_a_moment_is_answered_in_utc() -> None:
    moment = datetime(2026, 2, 12, 10, 30, tzinfo=timezone(timedelta(hours=2)))

    assert MOMENT.serialize(moment) == "2026-02-12T08:30:00Z"
    assert MOMENT.parse_value("2026-02-12T10:30:00+02:00") == datetime(2026, 2, 12, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize("value", ["2026-02-12T10:30:00", 5, None])
def test_a_moment_without_an_offset_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="a DateTime"):
        MOMENT.parse_value(value)
