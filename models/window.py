"""Which days a window covers, and which it is compared with."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from models.vocabulary import Window

LENGTHS = {
    Window.D1: 1,
    Window.D7: 7,
    Window.D30: 30,
    Window.D90: 90,
    Window.D180: 180,
    Window.D365: 365,
    Window.TTM: 365,
}


@dataclass(frozen=True, slots=True)
class Days:
    """First and last UTC day, both inclusive."""

    first: date
    last: date

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1


def days_of(window: Window, through: date) -> Days | None:
    """The days a window covers when `through` is the last complete one; None for ALL, which has no beginning."""
    if window is Window.ALL:
        return None
    if window in LENGTHS:
        return Days(through - timedelta(days=LENGTHS[window] - 1), through)
    return Days(_start(window, through), through)


def weeks_of(count: int, through: date) -> Days:
    """So many whole weeks, Monday to Sunday, the newest of them the last that is over by `through`."""
    sunday = through - timedelta(days=through.isoweekday() % 7)
    return Days(sunday - timedelta(days=7 * count - 1), sunday)


def days_before(window: Window, through: date) -> Days | None:
    """What a window is compared with: as many days just before it, or the same part of the period before.

    MTD on 31 March is compared with the whole of February. None for ALL.
    """
    covered = days_of(window, through)
    if covered is None:
        return None
    if window in LENGTHS:
        last = covered.first - timedelta(days=1)
        return Days(last - timedelta(days=LENGTHS[window] - 1), last)
    months = {Window.MTD: 1, Window.QTD: 3, Window.YTD: 12}[window]
    return Days(_months_before(covered.first, months), _months_before(through, months))


def _start(window: Window, day: date) -> date:
    month = {Window.MTD: day.month, Window.QTD: day.month - (day.month - 1) % 3, Window.YTD: 1}[window]
    return date(day.year, month, 1)


def _months_before(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
