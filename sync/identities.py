"""What must hold between the numbers of one subject over a window, and what is suspicious where it doesn't."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from models.vocabulary import IssueKind, MechanismKind, Metric
from sync.finding import FEWEST_DAYS, Finding, amount

# A source rounds each line by itself; more than one part in a hundred is no rounding. What reaches holders and the
# treasury may land on another day than what was earned, so over a quarter five parts in a hundred are let pass.
TOLERANCE = 0.01
LATE = 0.05
# 27 days of 30 and 81 of 90 are known well enough to compare.
ENOUGH = 0.9
# Upstreams that still report are at most a few days late.
STALE_DAYS = 7
# What a policy promises and what arrives differ by rounding and by fees outside of the policy's base.
POINTS = 5

TO_HOLDERS = frozenset(
    {
        MechanismKind.BUYBACK_BURN,
        MechanismKind.BUYBACK_HOLD,
        MechanismKind.BUYBACK_REDISTRIBUTE,
        MechanismKind.BUYBACK_LP,
        MechanismKind.DIRECT_REVENUE_SHARE,
        MechanismKind.FEE_BURN,
        MechanismKind.BURN_AND_MINT,
    }
)


class Windows(NamedTuple):
    """A metric of a subject over the 30 and 90 days that end on `through`: integers in its scale, and known days."""

    subject_id: int
    metric: Metric
    month: int | None
    month_days: int
    quarter: int | None
    quarter_days: int
    all_days: int
    last_day: date
    through: date
    derived: bool


@dataclass(frozen=True, slots=True)
class Books:
    """Everything about one subject. `through`: the last complete day."""

    subject_id: int
    through: date
    windows: Mapping[Metric, Windows]

    def month(self, metric: Metric) -> int | None:
        """The last 30 days, where nearly all are known."""
        found = self.windows.get(metric)
        return found.month if found and found.month_days >= 30 * ENOUGH else None

    def quarter(self, metric: Metric) -> int | None:
        found = self.windows.get(metric)
        return found.quarter if found and found.quarter_days >= 90 * ENOUGH else None

    def finding(self, kind: IssueKind, metric: Metric, days: int, part: str, detail: str) -> Finding:
        first = self.through - timedelta(days=days - 1)
        return Finding(kind, self.subject_id, metric, 0, part, first, self.through, detail)


class Promise(NamedTuple):
    """A policy in force: the percent of a base that is to reach holders."""

    ref: str
    base: Metric
    percent: Decimal
    since: date | None
    until: date | None


def books_of(windows: Iterable[Windows], through: date) -> list[Books]:
    """The windows by subject."""
    found: defaultdict[int, dict[Metric, Windows]] = defaultdict(dict)
    for each in windows:
        found[each.subject_id][each.metric] = each
    return [Books(subject_id, through, mine) for subject_id, mine in found.items()]


def unbalanced(books: Books) -> Iterator[Finding]:
    """Lines of an income statement that don't add up: F = R + S, and R = PR + HR over a quarter."""
    identities = (
        (Metric.FEES, (Metric.REVENUE, Metric.SUPPLY_SIDE_REVENUE), TOLERANCE),
        (Metric.REVENUE, (Metric.PROTOCOL_REVENUE, Metric.HOLDERS_REVENUE), LATE),
    )
    for whole, parts, tolerance in identities:
        total, known = books.quarter(whole), [books.quarter(part) for part in parts]
        if total is None or None in known:
            continue
        together = sum(value for value in known if value is not None)
        if abs(total - together) > tolerance * abs(total):
            names = " and ".join(part.name for part in parts)
            detail = (
                f"Over 90 days {whole.name} is {amount(whole, total)}, but {names} come to {amount(whole, together)}."
            )
            yield books.finding(IssueKind.IDENTITY_BROKEN, whole, 90, "", detail)


def overpaid(books: Books) -> Iterator[Finding]:
    """More for holders than was earned: reported, or spent on purchases."""
    for days, part, known, tolerance in ((30, "", books.month, TOLERANCE), (90, "90", books.quarter, LATE)):
        earned = known(Metric.REVENUE)
        for metric in (Metric.HOLDERS_REVENUE, Metric.BUYBACK_EXECUTED):
            paid = known(metric)
            if earned is not None and paid is not None and paid > max(earned, 0) * (1 + tolerance):
                words = f"{metric.name} is {amount(metric, paid)}, more than REVENUE of {amount(metric, earned)}"
                detail = f"Over {days} days {words}."
                yield books.finding(IssueKind.PAYOUT_EXCEEDS_REVENUE, metric, days, part, detail)


def uncovered(books: Books) -> Iterator[Finding]:
    """Fees without the revenue that is made of them, or the other way round."""
    for known, missing in ((Metric.FEES, Metric.REVENUE), (Metric.REVENUE, Metric.FEES)):
        other = books.windows.get(missing)
        if books.month(known) is not None and (other is None or other.month_days == 0):
            detail = f"{known.name} is known of the last 30 days, and {missing.name} of none of them."
            yield books.finding(IssueKind.COVERAGE_GAP, missing, 30, "", detail)


def stale(books: Books) -> Iterator[Finding]:
    """Series that were kept day by day and are no longer."""
    for each in books.windows.values():
        late = (each.through - each.last_day).days
        if not each.derived and each.all_days >= FEWEST_DAYS and late > STALE_DAYS:
            detail = f"{each.metric.name} was last known of {each.last_day}, {late} days before the newest data."
            first = each.last_day + timedelta(days=1)
            yield Finding(IssueKind.STALE_SERIES, books.subject_id, each.metric, 0, "", first, None, detail)


def broken_promises(books: Books, promises: Sequence[Promise]) -> Iterator[Finding]:
    """What reached holders over the last 30 days against what the policy in force says."""
    first = books.through - timedelta(days=29)
    paid = books.month(Metric.HOLDERS_REVENUE)
    for promise in promises:
        base = books.month(promise.base)
        in_force = (promise.since or date.max) <= first and (promise.until or date.max) >= books.through
        if paid is None or not base or base < 0 or not in_force:
            continue
        share = Decimal(paid) / Decimal(base) * 100
        if abs(share - promise.percent) > POINTS:
            detail = (
                f"Over 30 days holders received {share:.1f} % of {promise.base.name}, "
                f"and the policy {promise.ref} says {promise.percent.normalize():f} %."
            )
            yield books.finding(IssueKind.POLICY_MISMATCH, Metric.HOLDERS_REVENUE, 30, promise.ref, detail)


def counted_twice(books: Iterable[Books], counted: Mapping[int, str]) -> Iterator[Finding]:
    """Protocols that all count in sums and earned the very same: `counted` are their names by id."""
    same: defaultdict[int, list[Books]] = defaultdict(list)
    for each in books:
        earned = each.month(Metric.REVENUE)
        if earned and each.subject_id in counted:
            same[earned].append(each)
    for earned, alike in same.items():
        for one, other in pairwise(sorted(alike, key=lambda each: each.subject_id)):
            value = amount(Metric.REVENUE, earned)
            names = f"{counted[other.subject_id]} and {counted[one.subject_id]}"
            detail = f"{names} both earned {value} in 30 days: one of them may repeat the other."
            yield other.finding(IssueKind.DOUBLE_COUNT, Metric.REVENUE, 30, str(one.subject_id), detail)
