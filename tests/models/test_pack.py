"""A packed year gives back what was put in."""

from collections.abc import Iterable
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from models.pack import Year, days_in

int64 = st.integers(-(2**63) + 1, 2**63 - 1)
days = st.integers(date(1999, 12, 30).toordinal(), date(2029, 1, 2).toordinal())


@given(values=st.dictionaries(days, int64, max_size=30), revised=st.lists(st.integers(0, 255), max_size=30))
def test_what_is_packed_is_unpacked(values: dict[int, int], revised: list[int]) -> None:
    years = by_year(values.keys(), values.values())
    revisions = dict(zip(values, revised, strict=False))
    for ordinal, revision in revisions.items():
        year = years[date.fromordinal(ordinal).year]
        year.revisions[ordinal - year.first_ordinal] = revision

    again = [Year.unpacked(number, year.packed()) for number, year in sorted(years.items())]

    known = [each for year in again for each in year.known()]
    assert known == [(day, values[day], revisions.get(day, 0)) for day in sorted(values)]


@given(values=st.dictionaries(days, int64, min_size=1, max_size=30))
def test_equal_years_are_equal_bytes(values: dict[int, int]) -> None:
    backwards = dict(reversed(values.items()))

    one, other = (by_year(each.keys(), each.values()) for each in (values, backwards))

    assert {n: year.packed() for n, year in one.items()} == {n: year.packed() for n, year in other.items()}


def test_a_year_without_revisions_is_eight_bytes_a_day() -> None:
    assert [len(Year.empty(year).packed()) // 8 for year in (2024, 2025)] == [366, 365]
    assert days_in(2000) == 366


def by_year(days: Iterable[int], values: Iterable[int]) -> dict[int, Year]:
    """Years that hold the given values; `days` are ordinals, in any order."""
    years: dict[int, Year] = {}
    for ordinal, value in zip(days, values, strict=True):
        year = date.fromordinal(ordinal).year
        if year not in years:
            years[year] = Year.empty(year)
        years[year].values[ordinal - years[year].first_ordinal] = value
    return years
