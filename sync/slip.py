"""Stocks that leap: a number a thousandfold of what the store holds, as a slip of the unit makes it.

A cap, a supply or a holding often comes as the single number of a day: only what is known tells that it can't be.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from models.epoch import rejected_fact
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
    """What of an ordered series of a stock leaps from the newest value known of it, and does not stay there."""
    if MEASURES[fact.key.metric].flow or not fact.days:
        return []
    known = _newest(packs)
    if known is None:
        return []
    found, (day, value) = [], known
    first = bisect_left(fact.days, day)
    for place in range(first, len(fact.days)):
        here = fact.days[place], fact.values[place]
        if here[0] - day <= RECENT_DAYS and _far(value, here[1]) and not _stays(fact, place):
            found.append(Leap(place, *here))
        else:
            day, value = here
    return found


def confirmed(leap: Leap, refused: Sequence[tuple[int, int]]) -> bool:
    """Whether an earlier day said the same, and was refused for it."""
    return any(0 < leap.day - day <= RECENT_DAYS and _alike(value, leap.value) for day, value in refused)


def kept(leap: Leap, refused: Sequence[tuple[int, int]]) -> bool:
    """Whether the same was refused of the same day, in a run before: once on record is enough."""
    return any(day == leap.day and _alike(value, leap.value) for day, value in refused)


def without(fact: SeriesFact, places: set[int]) -> SeriesFact:
    kept = [place for place in range(len(fact.days)) if place not in places]
    days, values = array("i", (fact.days[place] for place in kept)), array("q", (fact.values[place] for place in kept))
    return SeriesFact(fact.key, days, values, fact.withdrawn)


def in_words(series_id: int, fact: SeriesFact, leap: Leap) -> dict[str, str]:
    """What is kept of a leap beside its key, so that another day can confirm it."""
    value = MEASURES[fact.key.metric].value(leap.value)
    return {"series": str(series_id), "day": date.fromordinal(leap.day).isoformat(), "value": format(value, "f")}


async def refused_before(publication: Publication) -> dict[int, list[tuple[int, int]]]:
    """(day, value) of the leaps that were refused so far, by series."""
    query = select(rejected_fact.c.fact).where(rejected_fact.c.reason == REASON)
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    async with publication.transaction() as connection:
        for fact in (await connection.scalars(query)).all():
            day, measure = date.fromisoformat(fact["day"]), MEASURES[Metric[fact["metric"]]]
            found[int(fact["series"])].append((day.toordinal(), measure.scaled(fact["value"])))
    return found


def _newest(packs: Mapping[int, bytes]) -> tuple[int, int] | None:
    """The last day of which a value is known, and the value."""
    for number in sorted(packs, reverse=True):
        year = Year.unpacked(number, packs[number])
        for place in range(len(year.values) - 1, -1, -1):
            if year.values[place] != MISSING:
                return year.first_ordinal + place, year.values[place]
    return None


def _stays(fact: SeriesFact, place: int) -> bool:
    return place + 1 < len(fact.days) and _alike(fact.values[place], fact.values[place + 1])


def _far(one: int, other: int) -> bool:
    low, high = sorted((one, other))
    return low > 0 and high >= LEAP * low


def _alike(one: int, other: int) -> bool:
    low, high = sorted((one, other))
    return low > 0 and high <= ALIKE * low
