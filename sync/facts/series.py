"""Numbers by day, as a source states them."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from models.metric import MEASURES
from models.vocabulary import Interval, Metric
from sync.facts.entity import Ref


class SeriesKey(NamedTuple):
    """Whose numbers: of a subject by a source; on one chain or all (None), of one stream or all ('')."""

    subject: Ref
    metric: Metric
    source: str
    chain: Ref | None = None
    stream: str = ""
    interval: Interval = Interval.DAY


@dataclass(slots=True)
class SeriesFact:
    """Values of one series by UTC day, exact integers in the scale of its metric (models.metric).

    `days` are ordinals, each once, in any order; a day left out says nothing, one in `withdrawn` is taken away.
    Kept as arrays: millions of days would not fit as objects.
    """

    key: SeriesKey
    days: "array[int]" = field(default_factory=lambda: array("i"))
    values: "array[int]" = field(default_factory=lambda: array("q"))
    withdrawn: "array[int]" = field(default_factory=lambda: array("i"))

    @classmethod
    def of(cls, key: SeriesKey, values: Iterable[tuple[date, Decimal | int | float | str]]) -> "SeriesFact":
        """From (day, value) in the metric's unit; raises OverflowError for a value past 64 bits."""
        fact, measure = cls(key), MEASURES[key.metric]
        for day, value in values:
            fact.days.append(day.toordinal())
            fact.values.append(measure.scaled(value))
        return fact
