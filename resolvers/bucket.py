"""Buckets of UTC days: where a week, month, quarter or year begins and ends."""

from collections.abc import Iterator
from datetime import date, timedelta

from models.vocabulary import Interval
from models.window import Days

MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: 12}


def bucket_of(day: date, interval: Interval) -> Days:
    """The bucket a day is in, whole. Weeks begin on Monday."""
    if interval is Interval.DAY:
        return Days(day, day)
    if interval is Interval.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Days(monday, monday + timedelta(days=6))
    months = MONTHS[interval]
    first = date(day.year, day.month - (day.month - 1) % months, 1)
    return Days(first, _months_later(first, months) - timedelta(days=1))


def buckets(first: date, last: date, interval: Interval) -> Iterator[Days]:
    """Every bucket that has one of the days, whole, in order."""
    day = first
    while day <= last:
        bucket = bucket_of(day, interval)
        yield bucket
        day = bucket.last + timedelta(days=1)


def _months_later(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)
