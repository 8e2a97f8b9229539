"""What reached holders against what was earned, quarter by quarter over the whole history of a source."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from models.pack import MISSING, Year
from models.vocabulary import IssueKind, Metric
from sync.finding import Finding, amount
from sync.identities import ENOUGH, LATE

EARNED_AND_PAID = (Metric.REVENUE, Metric.HOLDERS_REVENUE)
QUARTER_DAYS = 90


@dataclass(frozen=True, slots=True)
class Record:
    """The years of both series of a subject by one source; `series_id` and `what` are of what was paid."""

    subject_id: int
    series_id: int
    what: str
    paid: Mapping[int, Year]
    earned: Mapping[int, Year]


@dataclass(frozen=True, slots=True)
class Quarter:
    """Sums over the days of a quarter that both are known of."""

    first: date
    last: date
    days: int
    paid: int
    earned: int

    @property
    def overpaid(self) -> bool:
        return self.days >= QUARTER_DAYS * ENOUGH and self.paid > max(self.earned, 0) * (1 + LATE)

    @property
    def told(self) -> str:
        paid, earned = (
            amount(metric, sum_)
            for metric, sum_ in ((Metric.HOLDERS_REVENUE, self.paid), (Metric.REVENUE, self.earned))
        )
        return f"from {self.first} to {self.last} {paid} of {earned}"


def overpaid_quarters(record: Record) -> Iterator[Finding]:
    """A finding for each year with quarters in which more reached holders than was earned."""
    for number in sorted(record.paid.keys() & record.earned.keys()):
        over = [each for each in _quarters(record.paid[number], record.earned[number]) if each.overpaid]
        if over:
            more = f" and {len(over) - 1} more" if len(over) > 1 else ""
            yield Finding(
                IssueKind.PAYOUT_EXCEEDS_REVENUE,
                record.subject_id,
                Metric.HOLDERS_REVENUE,
                record.series_id,
                f"{record.what}:{number}",
                over[0].first,
                over[-1].last,
                f"{record.what} is more than REVENUE {over[0].told}{more}.",
            )


def _quarters(paid: Year, earned: Year) -> Iterator[Quarter]:
    both = [
        (date.fromordinal(paid.first_ordinal + place), given, had)
        for place, (given, had) in enumerate(zip(paid.values, earned.values, strict=True))
        if given != MISSING and had != MISSING
    ]
    for _, some in groupby(both, key=lambda each: (each[0].month - 1) // 3):
        days, given, had = zip(*some, strict=True)
        yield Quarter(days[0], days[-1], len(days), sum(given), sum(had))
