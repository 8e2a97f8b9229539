"""What the windows of a series come to, from its packed years: the one arithmetic of rollups and of past days."""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate

from models.pack import MISSING, Year, days_in
from models.rollup import ROLLED
from models.window import Days, days_before, days_of


@dataclass(frozen=True, slots=True)
class Span:
    """Days of a series: their sum (of a flow) or the last value among them (of a stock), and how many are known."""

    value: int | None
    days: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Every window of a series and the one before, in the order of models.rollup.ROLLED, and the whole of it.

    `parts`: how many series they are of.
    """

    windows: tuple[tuple[Span, Span], ...]
    all: Span
    first_day: date
    last_day: date
    parts: int = 1

    def largest(self) -> int:
        """The largest absolute value of all."""
        spans = (self.all, *(span for pair in self.windows for span in pair))
        return max(abs(span.value or 0) for span in spans)


class Line:
    """The values of one series as a line of days, so that any stretch of it is added up at once."""

    def __init__(self, packs: Mapping[int, bytes], through: date) -> None:
        """`packs` by year; nothing after `through` counts."""
        values, self.first = _values(packs, through.toordinal())
        self.values = values
        if MISSING in values:
            self.counts = list(accumulate((value != MISSING for value in values), initial=0))
            self.sums = list(accumulate((0 if value == MISSING else value for value in values), initial=0))
        else:
            self.counts = list(range(len(values) + 1))
            self.sums = list(accumulate(values, initial=0))

    def known(self) -> bool:
        return bool(self.values)

    def flow(self, first: int, last: int) -> Span:
        """The sum over the days of two ordinals, both inclusive."""
        start, stop = self._places(first, last)
        days = self.counts[stop] - self.counts[start]
        return Span(self.sums[stop] - self.sums[start] if days else None, days)

    def stock(self, first: int, last: int) -> Span:
        """The last value known on the days of two ordinals, both inclusive."""
        start, stop = self._places(first, last)
        days = self.counts[stop] - self.counts[start]
        place = stop - 1
        while days and self.values[place] == MISSING:
            place -= 1
        return Span(self.values[place] if days else None, days)

    def _places(self, first: int, last: int) -> tuple[int, int]:
        start = min(max(first - self.first, 0), len(self.values))
        return start, min(max(last + 1 - self.first, start), len(self.values))


def totals_of(packs: Mapping[int, bytes], through: date, *, flow: bool) -> Totals | None:
    """The windows that end on `through`; None where nothing is known up to then."""
    line = Line(packs, through)
    if not line.known():
        return None
    reach = line.flow if flow else line.stock
    windows = tuple((reach(*now), reach(*before)) for now, before in window_ordinals(through))
    last = line.first + len(line.values) - 1
    return Totals(windows, reach(line.first, last), date.fromordinal(line.first), date.fromordinal(last))


# Every series of an epoch asks for the same few days.
@lru_cache(maxsize=64)
def window_ordinals(through: date) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
    """First and last ordinal of each window in ROLLED, and of the one before it."""
    return tuple((_ordinals(days_of(window, through)), _ordinals(days_before(window, through))) for window in ROLLED)


def _ordinals(days: Days | None) -> tuple[int, int]:
    # ALL alone has no days, and is not among ROLLED.
    return (days.first.toordinal(), days.last.toordinal()) if days else (1, 0)


def _values(packs: Mapping[int, bytes], through: int) -> tuple["array[int]", int]:
    """The values from the first known day up to the last one not after `through`, and the first one's ordinal."""
    values = array("q")
    years = sorted(packs)
    for year in range(years[0], years[-1] + 1) if years else ():
        known = packs.get(year)
        values.extend(Year.unpacked(year, known).values if known else array("q", [MISSING]) * days_in(year))
    first = date(years[0], 1, 1).toordinal() if years else through
    del values[max(0, through + 1 - first) :]
    while values and values[-1] == MISSING:
        values.pop()
    start = next((place for place, value in enumerate(values) if value != MISSING), 0)
    return values[start:], first + start
