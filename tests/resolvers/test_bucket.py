"""Buckets of days: whole, in order, and without gaps."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.vocabulary import Interval
from models.window import Days
from resolvers.bucket import bucket_of, buckets

days = st.dates(date(2000, 1, 1), date(2100, 12, 31))
intervals = st.sampled_from(list(Interval))


def test_each_interval_has_its_bounds() -> None:
    day = date(2026, 2, 12)

    assert {interval: bucket_of(day, interval) for interval in Interval} == {
        Interval.DAY: Days(day, day),
        Interval.WEEK: Days(date(2026, 2, 9), date(2026, 2, 15)),
        Interval.MONTH: Days(date(2026, 2, 1), date(2026, 2, 28)),
        Interval.QUARTER: Days(date(2026, 1, 1), date(2026, 3, 31)),
        Interval.YEAR: Days(date(2026, 1, 1), date(2026, 12, 31)),
    }


def test_december_ends_with_the_year() -> None:
    assert bucket_of(date(2025, 12, 31), Interval.QUARTER) == Days(date(2025, 10, 1), date(2025, 12, 31))


@given(days, intervals)
def test_a_day_lies_in_its_bucket_and_the_bucket_is_its_own(day: date, interval: Interval) -> None:
    bucket = bucket_of(day, interval)

    assert bucket.first <= day <= bucket.last
    assert bucket_of(bucket.first, interval) == bucket_of(bucket.last, interval) == bucket


@given(days, st.integers(0, 800), intervals)
def test_buckets_cover_every_day_without_gap_or_overlap(first: date, length: int, interval: Interval) -> None:
    last = first + timedelta(days=length)

    found = list(buckets(first, last, interval))

    assert found[0] == bucket_of(first, interval)
    assert found[-1] == bucket_of(last, interval)
    assert [each.last + timedelta(days=1) for each in found[:-1]] == [each.first for each in found[1:]]
