"""What a source states, put together number by number, with what could not be kept beside it."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from models.metric import MEASURES
from models.vocabulary import Metric
from sync.errors import SourceError
from sync.facts import Facts, HoldingFact, Ref, Rejected, SeriesFact, SeriesKey, SourceFact
from sync.sources.row import Refused

# Above it products of two would pass what decimals can hold; wei of all there is stay far below.
LARGEST_EXPONENT = 100


@dataclass(slots=True)
class Collected:
    """The numbers of one publisher. A number that can't be kept is refused, with what it was said to be."""

    publisher: SourceFact
    series: dict[SeriesKey, SeriesFact] = field(default_factory=dict)
    holdings: list[HoldingFact] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    def add(self, subject: Ref, metric: Metric, day: date, raw: Any, stream: str = "") -> None:
        """Take a number as it was written. None says nothing."""
        if raw is None:
            return
        key = SeriesKey(subject, metric, self.publisher.slug, stream=stream)
        try:
            value = MEASURES[metric].scaled(number(raw))
        except (ArithmeticError, ValueError):
            fact = {"subject": f"{subject.system}/{subject.value}", "metric": metric.name, "day": day.isoformat()}
            self.reject("not a number that can be kept", **fact, value=str(raw)[:100])
            return
        fact_of = self.series.setdefault(key, SeriesFact(key))
        fact_of.days.append(day.toordinal())
        fact_of.values.append(value)

    def holds(self, subject: Ref, metric: Metric, stream: str = "") -> bool:
        """Whether a number of this series was taken."""
        return SeriesKey(subject, metric, self.publisher.slug, stream=stream) in self.series

    def reject(self, reason: str, **fact: str) -> None:
        self.rejected.append(Rejected(self.publisher.slug, reason, fact))

    def refuse(self, where: str, refused: Refused) -> None:
        """Rows of an answer that were none."""
        for raw, reason in refused:
            self.reject(reason, where=where, value=raw)

    def facts(self) -> Facts:
        series = list(self.series.values())
        return Facts(sources=[self.publisher], series=series, holdings=self.holdings, rejected=self.rejected)


def number(raw: Any) -> Decimal:
    """A number as it was written, exactly; raises ArithmeticError or ValueError for what is none."""
    if not isinstance(raw, int | str | Decimal) or isinstance(raw, bool):
        raise ValueError(f"not a number: {raw}")
    value = Decimal(raw)
    if not value.is_finite() or (value and value.adjusted() > LARGEST_EXPONENT):
        raise ValueError(f"not a number: {raw}")
    return value


def more_than_there_is(part: Any, whole: Any) -> bool:
    """Whether both are numbers, the whole is known (0 is not), and the part is larger in size."""
    try:
        return 0 < number(whole) < abs(number(part))
    except (ArithmeticError, ValueError):
        return False


async def parts(*some: Awaitable[None]) -> list[str]:
    """Wait for every part of a source: what went wrong with those that failed, a sentence each.

    Raises SourceError when all failed, and anything worse.
    """
    # All are waited for: an error must not leave the others running.
    answers = await asyncio.gather(*some, return_exceptions=True)
    failures = [answer for answer in answers if isinstance(answer, BaseException)]
    for failure in failures:
        if not isinstance(failure, SourceError) or len(failures) == len(answers):
            raise failure
    return [str(failure) for failure in failures]
