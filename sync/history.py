"""What a series is to be, compared with the years of it that are known: whole runs of days at a time.

Almost everything a refresh states is known already, so equality is found by comparing bytes; only a year that
differs is looked at day by day.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

from models.pack import MISSING, Year, little_endian
from sync.counts import Counts
from sync.facts import SeriesFact

MOST_REVISIONS = 255
# A year of which nothing is known, to compare with.
MISSINGS = array("q", [MISSING]) * 366


class Run(NamedTuple):
    """Days without a gap in one year: values `start` to `stop` of a series, from day `offset` of the year."""

    year: int
    offset: int
    start: int
    stop: int


@dataclass(slots=True)
class Difference:
    """What of one series changes: days to open as (ordinal, value, revision), days to close, years anew."""

    opened: list[tuple[int, int, int]] = field(default_factory=list[tuple[int, int, int]])
    closed: list[int] = field(default_factory=list[int])
    years: dict[int, Year] = field(default_factory=dict[int, Year])
    withdrawn: int = 0
    unchanged: int = 0

    @property
    def counts(self) -> Counts:
        restated = len(self.closed) - self.withdrawn
        return Counts(len(self.opened) - restated, restated, self.withdrawn, self.unchanged)

    def settled(self, before: int) -> Counts:
        """What it says otherwise of days before this one."""
        return Counts(restated=sum(day < before for day in self.closed), unchanged=self.unchanged)


def ordered(fact: SeriesFact) -> tuple[SeriesFact, int]:
    """The fact with its days ascending, each once, and how many of them contradicted an earlier value."""
    if _runs(fact.days.tobytes()) is not None:
        return fact, 0
    values: dict[int, int] = {}
    contradicted = 0
    for day, value in zip(fact.days, fact.values, strict=True):
        contradicted += values.setdefault(day, value) != value
    days = array("i", sorted(values))
    return replace(fact, days=days, values=array("q", [values[day] for day in days])), contradicted


def within(fact: SeriesFact, first: int, last: int) -> tuple[SeriesFact, int]:
    """An ordered fact without the days outside of [first, last], and how many those were."""
    days = fact.days
    if not days or (days[0] >= first and days[-1] <= last):
        return fact, 0
    start, stop = bisect_left(days, first), bisect_right(days, last)
    inside = replace(fact, days=days[start:stop], values=fact.values[start:stop])
    return inside, len(days) - len(inside.days)


def joined(earlier: SeriesFact, later: SeriesFact) -> SeriesFact:
    """Both facts about one series; the earlier one's value of a day goes first."""
    known = set(earlier.days)
    added = [(day, value) for day, value in zip(later.days, later.values, strict=True) if day not in known]
    both = SeriesFact(earlier.key, array("i", earlier.days), array("q", earlier.values), earlier.withdrawn)
    both.withdrawn = array("i", {*earlier.withdrawn, *later.withdrawn})
    for day, value in added:
        both.days.append(day)
        both.values.append(value)
    return ordered(both)[0]


def compared(fact: SeriesFact, packs: Mapping[int, bytes]) -> Difference:
    """What an ordered fact changes in the known years of its series."""
    difference = Difference()
    stated = little_endian(fact.values)
    for run in _runs(fact.days.tobytes()) or ():
        length = run.stop - run.start
        known = packs.get(run.year, b"")[8 * run.offset : 8 * (run.offset + length)]
        if known == stated[8 * run.start : 8 * run.stop]:
            difference.unchanged += length
        else:
            _restate(difference, _year(difference, packs, run.year), run.offset, fact.values[run.start : run.stop])
    if fact.withdrawn:
        _withdraw(difference, packs, set(fact.withdrawn).difference(fact.days))
    return difference


def missing_days(fact: SeriesFact, packs: Mapping[int, bytes]) -> "array[int]":
    """Days that are known and that the fact does not name: what goes when a series is stated whole."""
    named = set(fact.days)
    years = (Year.unpacked(year, packed) for year, packed in packs.items())
    return array("i", [day for year in years for day, _, _ in year.known() if day not in named])


def _restate(difference: Difference, year: Year, offset: int, values: "array[int]") -> None:
    first, days = year.first_ordinal, slice(offset, offset + len(values))
    if year.values[days] == MISSINGS[: len(values)] and not any(year.revisions[days]):
        # Nothing was known of any of these days: a first history, mostly.
        difference.opened += zip(range(first + offset, first + days.stop), values, repeat(0))
        year.values[days] = values
        return
    for place, value in enumerate(values, offset):
        known = year.values[place]
        if known == value:
            difference.unchanged += 1
            continue
        if known != MISSING:
            difference.closed.append(first + place)
            _revise(year, place)
        difference.opened.append((first + place, value, year.revisions[place]))
        year.values[place] = value


def _withdraw(difference: Difference, packs: Mapping[int, bytes], days: Iterable[int]) -> None:
    for day in sorted(days):
        number = date.fromordinal(day).year
        year = difference.years.get(number) or Year.unpacked(number, packs.get(number, _nothing(number)))
        place = day - year.first_ordinal
        if year.values[place] == MISSING:
            difference.unchanged += 1
            continue
        difference.years[number] = year
        difference.closed.append(day)
        difference.withdrawn += 1
        year.values[place] = MISSING
        _revise(year, place)


def _revise(year: Year, place: int) -> None:
    year.revisions[place] = min(year.revisions[place] + 1, MOST_REVISIONS)


def _year(difference: Difference, packs: Mapping[int, bytes], number: int) -> Year:
    if number not in difference.years:
        difference.years[number] = Year.unpacked(number, packs.get(number, _nothing(number)))
    return difference.years[number]


@lru_cache(maxsize=8)
def _nothing(year: int) -> bytes:
    return Year.empty(year).packed()


# Most series of a source have the same days: what they come to is found once.
@lru_cache(maxsize=512)
def _runs(days: bytes) -> tuple[Run, ...] | None:
    """The runs of ascending days, each once; None for days that are not."""
    ordinals = array("i", days)
    if any(map(int.__ge__, ordinals, ordinals[1:])):
        return None
    runs: list[Run] = []
    start = 0
    while start < len(ordinals):
        stop = _end_of_run(ordinals, start)
        runs.append(_run(ordinals[start], start, stop))
        start = stop
    return tuple(runs)


def _end_of_run(ordinals: "array[int]", start: int) -> int:
    """Where the gapless days from `start` on, all of one year, end. Days ascend, so a bisection finds it."""
    year = date.fromordinal(ordinals[start]).year
    last = date(year, 12, 31).toordinal()
    low, high = start + 1, min(len(ordinals), start + 1 + last - ordinals[start])
    while low < high:
        middle = (low + high + 1) // 2
        if ordinals[middle - 1] - ordinals[start] == middle - 1 - start:
            low = middle
        else:
            high = middle - 1
    return low


def _run(first: int, start: int, stop: int) -> Run:
    year = date.fromordinal(first).year
    return Run(year, first - date(year, 1, 1).toordinal(), start, stop)
