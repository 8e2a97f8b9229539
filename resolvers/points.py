"""The points of a metric over time: rows where they are looked at one by one, JSON where they are only passed on."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, overload

from models.metric import Measure
from models.pack import MISSING, days_in
from models.vocabulary import MetricState


class Point(NamedTuple):
    """A bucket from `start` to `end`, both inclusive. `complete`: it has ended, by the last complete day.

    `revision`: how often a day in it was replaced, at most. `provisional`: a day in it may still be revised.
    """

    start: date
    end: date
    value: Decimal | None
    state: MetricState
    complete: bool
    provisional: bool
    revision: int
    observed_days: int


@dataclass(frozen=True, slots=True)
class DailyPoints(Sequence[Point]):
    """Every day of a series from the ordinal `first`: a Point each, or as JSON all at once.

    `values` are in the metric's integers. Days up to `complete` have ended, those from `provisional` up to `known`
    may still be revised.
    """

    measure: Measure
    first: int
    values: "array[int]"
    revisions: bytes
    complete: int
    provisional: int
    known: int

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, place: int) -> Point: ...
    @overload
    def __getitem__(self, place: slice) -> list[Point]: ...
    def __getitem__(self, place: int | slice) -> Point | list[Point]:
        if isinstance(place, slice):
            return [self._point(n) for n in range(*place.indices(len(self)))]
        return self._point(range(len(self))[place])

    def __iter__(self) -> Iterator[Point]:
        return map(self._point, range(len(self)))

    def written(self, keys: Sequence[tuple[str, str]]) -> bytes:
        """A JSON list of objects: per key of the answer an attribute of Point."""
        entries = ",".join(f'"{key}":%s' for key, _ in keys)
        columns = [self.column(name) for _, name in keys]
        return f"[{','.join(map(f'{{{entries}}}'.__mod__, zip(*columns, strict=True)))}]".encode()

    def column(self, name: str) -> list[str]:
        """An attribute of every point, each as JSON."""
        if name in ("start", "end"):
            return written_days(self.first, len(self))
        if name == "value":
            return [_written(value, self.measure.decimals) for value in self.values]
        if name == "state":
            return _chosen((value != MISSING for value in self.values), '"OK"', '"NOT_REPORTED"')
        if name == "observed_days":
            return _chosen((value != MISSING for value in self.values), "1", "0")
        ordinals = range(self.first, self.first + len(self))
        if name == "complete":
            return _chosen((ordinal <= self.complete for ordinal in ordinals), "true", "false")
        if name == "provisional":
            return _chosen((self.provisional <= ordinal <= self.known for ordinal in ordinals), "true", "false")
        return list(map(str, self.revisions))

    def _point(self, place: int) -> Point:
        value, ordinal = self.values[place], self.first + place
        day, known = date.fromordinal(ordinal), value != MISSING
        return Point(
            start=day,
            end=day,
            value=self.measure.value(value) if known else None,
            state=MetricState.OK if known else MetricState.NOT_REPORTED,
            complete=ordinal <= self.complete,
            provisional=self.provisional <= ordinal <= self.known,
            revision=self.revisions[place],
            observed_days=int(known),
        )


def written_columns(points: Sequence[Point]) -> bytes:
    """First days and values of points as a JSON object of two lists."""
    if isinstance(points, DailyPoints):
        days, values = points.column("start"), points.column("value")
    else:
        days = [f'"{point.start}"' for point in points]
        values = ["null" if point.value is None else f'"{point.value:f}"' for point in points]
    return f'{{"days":[{",".join(days)}],"values":[{",".join(values)}]}}'.encode()


def written_days(first: int, count: int) -> list[str]:
    """So many days from an ordinal on, each as JSON."""
    days: list[str] = []
    while len(days) < count:
        day = date.fromordinal(first + len(days))
        place = day.toordinal() - date(day.year, 1, 1).toordinal()
        days += _written_year(day.year)[place : place + count - len(days)]
    return days


@lru_cache(maxsize=64)
def _written_year(year: int) -> list[str]:
    first = date(year, 1, 1).toordinal()
    return [f'"{date.fromordinal(first + n)}"' for n in range(days_in(year))]


def _written(value: int, decimals: int) -> str:
    """As the scalar Decimal writes the exact value: with all its decimals."""
    if value == MISSING:
        return "null"
    if not decimals:
        return f'"{value}"'
    sign, whole = ("-", -value) if value < 0 else ("", value)
    unit = 10**decimals
    return f'"{sign}{whole // unit}.{whole % unit:0{decimals}d}"'


def _chosen(conditions: Iterable[bool], yes: str, no: str) -> list[str]:
    return [yes if condition else no for condition in conditions]
