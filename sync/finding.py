"""What checks find suspicious: a finding, and the checks that look at the days of one series."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import NamedTuple

from models.metric import MEASURES
from models.pack import MISSING, Year
from models.vocabulary import IssueKind, Metric, Unit

# Fewer known days than this, or a smaller part of the days between the first and the last, are single figures: days
# between those are not missing.
FEWEST_DAYS = 14
DENSE = 0.6
# Exchanges keep holidays, but hardly two trading days in a row.
TRADED = frozenset({Metric.FUND_NET_FLOW})
# What trading brings in goes up and down together; burns and payouts come in lumps.
STEADY = frozenset(
    {
        Metric.FEES,
        Metric.USER_FEES,
        Metric.SUPPLY_SIDE_REVENUE,
        Metric.REVENUE,
        Metric.PROTOCOL_REVENUE,
        Metric.HOLDERS_REVENUE,
    }
)
# Twentyfold is beyond the wildest day of any protocol whose days we know, and what a day that was read an hour after
# it began falls short of; among days below a thousand dollars it means nothing.
OUTLYING = 20
AROUND = 10
STEADY_USD = 1_000
# What one sentence can name.
NAMED_DAYS = 5


class Finding(NamedTuple):
    """Something suspicious about a subject. `part` tells it from others of its kind, metric and scope."""

    kind: IssueKind
    subject_id: int
    metric: Metric | None
    scope: int
    part: str
    first_day: date | None
    last_day: date | None
    detail: str

    @property
    def ref(self) -> str:
        metric = self.metric.name if self.metric else ""
        return f"{self.kind.name}:{self.subject_id}:{metric}:{self.scope}:{self.part}"


@dataclass(frozen=True, slots=True)
class Line:
    """One year of a series. `before`, `after`: whether the year before or after it is known too."""

    series_id: int
    subject_id: int
    metric: Metric
    what: str
    year: Year
    before: bool
    after: bool

    @property
    def part(self) -> str:
        return f"{self.what}:{self.year.year}"

    def day(self, place: int) -> date:
        return date.fromordinal(self.year.first_ordinal + place)

    def finding(self, kind: IssueKind, part: str, first: int, last: int, detail: str) -> Finding:
        return Finding(
            kind, self.subject_id, self.metric, self.series_id, part, self.day(first), self.day(last), detail
        )

    def amount(self, value: int) -> str:
        return amount(self.metric, value)


def amount(metric: Metric, value: int) -> str:
    """A stored integer in words, without digits that nobody reads."""
    measure = MEASURES[metric]
    return f"{measure.value(value):,.0f} {'USD' if measure.unit is Unit.USD else measure.unit.name.lower()}"


def findings_of(line: Line) -> Iterator[Finding]:
    """Everything suspicious in a year of a series."""
    known = [(place, value) for place, value in enumerate(line.year.values) if value != MISSING]
    if known:
        places, values = zip(*known, strict=True)
        yield from _negative(line, places, values)
        yield from _missing(line, places)
        yield from _outliers(line, places, values)


def _negative(line: Line, places: Sequence[int], values: Sequence[int]) -> Iterator[Finding]:
    if line.metric in TRADED or min(values) >= 0:
        return
    below = [place for place, value in zip(places, values, strict=True) if value < 0]
    down_to, named = line.amount(min(values)), _named(line, below)
    detail = f"{line.what} was below zero on {_days(below)}, down to {down_to}: {named}."
    yield line.finding(IssueKind.NEGATIVE_VALUE, line.part, below[0], below[-1], detail)


def _missing(line: Line, places: Sequence[int]) -> Iterator[Finding]:
    first = 0 if line.before else places[0]
    last = len(line.year.values) - 1 if line.after else places[-1]
    if len(places) == last - first + 1 or len(places) < FEWEST_DAYS:
        return
    first, last = _kept(line, places, first, last)
    gaps = sorted(set(range(first, last + 1)).difference(places))
    missing = _in_a_row(line, gaps) if line.metric in TRADED else gaps
    if missing:
        detail = f"{line.what} is not known on {_days(missing)}: {_named(line, missing)}."
        yield line.finding(IssueKind.MISSING_DAYS, line.part, missing[0], missing[-1], detail)


def _kept(line: Line, places: Sequence[int], first: int, last: int) -> tuple[int, int]:
    """The longest stretch from the first day on, or up to the last, that was kept day by day; none is (0, -1).

    A series that thins out later, or began thin, still lacks the days of that stretch.
    """
    if _dense(line, len(places), last - first + 1):
        return first, last
    for fewer in range(1, len(places) - FEWEST_DAYS + 1):
        if _dense(line, len(places) - fewer, places[-1 - fewer] - first + 1):
            return first, places[-1 - fewer]
        if _dense(line, len(places) - fewer, last - places[fewer] + 1):
            return places[fewer], last
    return 0, -1


def _dense(line: Line, known: int, days: int) -> bool:
    return known >= DENSE * (days * 5 / 7 if line.metric in TRADED else days)


def _in_a_row(line: Line, places: Sequence[int]) -> list[int]:
    """Working days without a number that have another such day just before or after."""
    working = [place for place in places if line.day(place).weekday() < 5]
    following = {_next_working(line, place): place for place in working}
    pairs = {place for place in working if place in following}
    return sorted(pairs | {following[place] for place in pairs})


def _next_working(line: Line, place: int) -> int:
    return place + (3 if line.day(place).weekday() == 4 else 1)


def _outliers(line: Line, places: Sequence[int], values: Sequence[int]) -> Iterator[Finding]:
    """Days far above or below those around them. The range and middle of the year rule out nearly all at once."""
    if line.metric not in STEADY or len(values) < FEWEST_DAYS or max(values) * 2 <= min(values) * OUTLYING:
        return
    middle = median(values)
    for place, value in zip(places, values, strict=True):
        if value * 2 > middle * OUTLYING or (value >= 0 and value * OUTLYING < middle * 2):
            yield from _outlier(line, line.year.values, place)


def _outlier(line: Line, values: "array[int]", place: int) -> Iterator[Finding]:
    around = [*values[max(0, place - AROUND) : place], *values[place + 1 : place + 1 + AROUND]]
    known = [value for value in around if value != MISSING]
    usual = int(median(known)) if len(known) >= AROUND else 0
    if MEASURES[line.metric].value(usual) < STEADY_USD:
        return
    value, day = values[place], line.day(place)
    if value > OUTLYING * usual or 0 <= value * OUTLYING < usual:
        word = "above" if value > usual else "below"
        detail = f"{line.what} of {day} was {line.amount(value)}, far {word} the {line.amount(usual)} around it."
        yield line.finding(IssueKind.OUTLIER, f"{line.what}:{day}", place, place, detail)


def _days(places: Sequence[int]) -> str:
    return "1 day" if len(places) == 1 else f"{len(places)} days"


def _named(line: Line, places: Sequence[int]) -> str:
    """The first few days, runs written as spans."""
    spans: list[list[int]] = []
    for place in places:
        if spans and place == spans[-1][1] + 1:
            spans[-1][1] = place
        else:
            spans.append([place, place])
    words = [f"{line.day(first)}" + (f" to {line.day(last)}" if last > first else "") for first, last in spans]
    more = len(words) - NAMED_DAYS
    return ", ".join(words[:NAMED_DAYS]) + (f" and {more} more" if more > 0 else "")
