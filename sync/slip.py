"""Stocks that leap: a number a thousandfold of what the store holds, as a slip of the unit makes it.

A cap, a supply or a holding often comes as the single number of a day: only what is known tells that it can't be.
"""

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import select

from models.epoch import rejected_fact, sync_run
from models.metric import MEASURES
from models.pack import MISSING, Year
from models.publication import Publication
from models.vocabulary import Metric
from sync.facts import SeriesFact

# Thousands, millions, wei: the least that a slip of the unit multiplies by.
LEAP = 1_000
# What is said again within so much is the same level: a true leap, such as a token split anew, is there to stay.
ALIKE = 10
# After a longer silence nothing in particular is expected, nor is what was refused before it remembered.
RECENT_DAYS = 30
REASON = "a thousandfold of what is known, or a thousandth: the unit is suspect until another day says the same"


class Leap(NamedTuple):
    """A value of a day (an ordinal) that leaps from what is known; `place`: where in its series."""

    place: int
    day: int
    value: int


def leaps(fact: SeriesFact, packs: Mapping[int, bytes]) -> list[Leap]:
    """What of an ordered series of a stock leaps from what is known, and does not stay there.

    Of a day that is known its own value is what is known, of a later one the newest. A known day that is corrected to
    what the days around it say is no leap.
    """
    if MEASURES[fact.key.metric].flow or not fact.days:
        return []
    known = _newest(packs)
    if known is None:
        return []
    (day, value), years = known, _Years(packs)
    found, taken = [], 0
    for place, here in enumerate(zip(fact.days, fact.values, strict=True)):
        before = (day, value) if here[0] >= day else (here[0], years.value(here[0]))
        leapt = here[0] - before[0] <= RECENT_DAYS and far(before[1], here[1]) and not years.expects(*here)
        if leapt and not _stays(fact, place) and not alike(taken, here[1]):
            found.append(Leap(place, *here))
            continue
        taken = here[1]
        if here[0] >= day:
            day, value = here
    return found


def confirmed(leap: Leap, refused: Sequence[tuple[int, int]]) -> bool:
    """Whether an earlier day said the same, and was refused for it."""
    return any(0 < leap.day - day <= RECENT_DAYS and alike(value, leap.value) for day, value in refused)


def kept(leap: Leap, refused: Sequence[tuple[int, int]]) -> bool:
    """Whether the same was refused of the same day, in a run before: once on record is enough."""
    return any(day == leap.day and alike(value, leap.value) for day, value in refused)


def without(fact: SeriesFact, places: set[int]) -> SeriesFact:
    kept = [place for place in range(len(fact.days)) if place not in places]
    days, values = array("i", (fact.days[place] for place in kept)), array("q", (fact.values[place] for place in kept))
    return SeriesFact(fact.key, days, values, fact.withdrawn)


def in_words(series_id: int, fact: SeriesFact, leap: Leap) -> dict[str, str]:
    """What is kept of a leap beside its key, so that another day can confirm it."""
    value = MEASURES[fact.key.metric].value(leap.value)
    return {"series": str(series_id), "day": date.fromordinal(leap.day).isoformat(), "value": format(value, "f")}


def unanswered(refused: Sequence[tuple[int, int]], packs: Mapping[int, bytes]) -> tuple[int, int] | None:
    """The last (day, value) that was refused, unless a value of its day or a later one was taken since."""
    last, known = max(refused), _newest(packs)
    return last if known is None or known[0] < last[0] else None


async def refused_before(publication: Publication, today: date) -> dict[int, list[tuple[int, int]]]:
    """(day, value) of the leaps that were refused lately, by series: those of older runs confirm nothing any more."""
    since = datetime.combine(today - timedelta(days=RECENT_DAYS), time(), UTC)
    query = (
        select(rejected_fact.c.fact)
        .join(sync_run, sync_run.c.sync_run_id == rejected_fact.c.sync_run_id)
        .where(rejected_fact.c.reason == REASON, sync_run.c.started_at >= since)
    )
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    async with publication.transaction() as connection:
        for fact in (await connection.scalars(query)).all():
            day, measure = date.fromisoformat(fact["day"]), MEASURES[Metric[fact["metric"]]]
            found[int(fact["series"])].append((day.toordinal(), measure.scaled(fact["value"])))
    return found


class _Years:
    """The known values of a series by day, 0 where none is: each year unpacked when it is first asked for."""

    def __init__(self, packs: Mapping[int, bytes]) -> None:
        self._packs, self._years = packs, dict[int, Year]()

    def expects(self, day: int, value: int) -> bool:
        """Whether the known days next to it say the same."""
        beside = [known for known in (self.value(day - 1), self.value(day + 1)) if known]
        return bool(beside) and all(alike(known, value) for known in beside)

    def value(self, day: int) -> int:
        number = date.fromordinal(day).year
        if number not in self._packs:
            return 0
        if number not in self._years:
            self._years[number] = Year.unpacked(number, self._packs[number])
        year = self._years[number]
        value = year.values[day - year.first_ordinal]
        return 0 if value == MISSING else value


def _newest(packs: Mapping[int, bytes]) -> tuple[int, int] | None:
    """The last day of which a value is known, and the value."""
    for number in sorted(packs, reverse=True):
        year = Year.unpacked(number, packs[number])
        for place in range(len(year.values) - 1, -1, -1):
            if year.values[place] != MISSING:
                return year.first_ordinal + place, year.values[place]
    return None


def _stays(fact: SeriesFact, place: int) -> bool:
    return place + 1 < len(fact.days) and alike(fact.values[place], fact.values[place + 1])


def far(one: int, other: int) -> bool:
    low, high = sorted((one, other))
    return low > 0 and high >= LEAP * low


def alike(one: int, other: int) -> bool:
    low, high = sorted((one, other))
    return low > 0 and high <= ALIKE * low
