"""What an epoch says of itself: when it was published, and up to which day each domain is complete."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.metric import MEASURES
from models.store import Reader
from models.vocabulary import Domain, Metric, Window
from models.window import Days, days_before, days_of

# Upstream revises the last two days as late chains report.
PROVISIONAL = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Moment:
    """An epoch as a reader is pinned to it. `day`: where windows end instead of on the last complete one."""

    epoch: int
    published_at: datetime
    through: Mapping[str, str]
    day: date | None

    def end(self, metric: Metric) -> date:
        """The last day of every window of a metric. Of holdings each is told on days of its own."""
        if metric is Metric.TREASURY_HOLDING:
            return self.day or self._yesterday
        return self.day or self.complete(MEASURES[metric].domain if metric in MEASURES else Domain.REVENUE)

    def complete(self, domain: Domain) -> date:
        """The last complete day of a domain; the day before the epoch where the domain has no data at all."""
        known = self.through.get(domain.name)
        return date.fromisoformat(known) if known else self._yesterday

    def window(self, metric: Metric, window: Window) -> Days | None:
        return days_of(window, self.end(metric))

    def window_before(self, metric: Metric, window: Window) -> Days | None:
        return days_before(window, self.end(metric))

    def provisional_in(self, first: date, last: date) -> int:
        """How many of the days may still be revised."""
        days = self.provisional_days
        return max(0, (min(last, days.last) - max(first, days.first)).days + 1)

    @property
    def provisional_days(self) -> Days:
        """The days that may still be revised."""
        return Days(self.published_at.date() - PROVISIONAL, self._yesterday)

    @property
    def _yesterday(self) -> date:
        return self.published_at.date() - timedelta(days=1)


async def moment_of(reader: Reader) -> Moment:
    """The reader's own epoch. No statement but the first time a process reads at it."""
    said = await reader.announcement()
    return Moment(reader.epoch, said.published_at, said.through, reader.pin.day)
