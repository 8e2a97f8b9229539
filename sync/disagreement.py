"""Where sources say different things of the same, and where what they say can't be: series and claims."""

import re
from calendar import month_name
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from models.pack import MISSING, Year
from models.vocabulary import ClaimStatus, IssueKind, Metric
from sync.finding import Finding, amount
from valuation.rivalry import APART

# Cents, thousands, millions: what a slip of the unit multiplies by.
UNITS = (100, 1_000, 1_000_000, 1_000_000_000)
MONTHS = {name: number for number, name in enumerate(month_name) if name}
DATED = re.compile(r"(?:(?P<month>[A-Z][a-z]+) )?(?P<year>\d{4})(?:-(?P<m>\d\d)-(?P<d>\d\d))?\b")


class Rival(NamedTuple):
    """A series by one source, its years by number."""

    series_id: int
    source: str
    years: Mapping[int, Year]


class Contest(NamedTuple):
    """Series of several sources about the same, the preferred one first."""

    subject_id: int
    metric: Metric
    rivals: tuple[Rival, ...]


class Said(NamedTuple):
    """A claim as far as checks need it."""

    ref: str
    subject_id: int
    topic: str
    predicate: str
    value: str
    unit: str | None
    stated_as_of: str | None
    status: ClaimStatus
    source: str

    @property
    def number(self) -> Decimal | None:
        return _number(self.value)

    @property
    def measure(self) -> str:
        return (self.unit or "").partition(",")[0]


def disagreements(contest: Contest) -> Iterator[Finding]:
    """Each other source against the preferred one, over the days that both know."""
    chosen = contest.rivals[0]
    for rival in contest.rivals[1:]:
        days = list(_common(chosen, rival))
        ours, theirs = (sum(values) for values in zip(*(pair for _, pair in days), strict=True)) if days else (0, 0)
        if ours <= 0 or theirs <= 0 or abs(theirs / ours - 1) <= float(APART):
            continue
        kind = IssueKind.UNIT_SUSPECT if _slip(theirs / ours) else IssueKind.SOURCE_DISAGREEMENT
        name = contest.metric.name
        detail = (
            f"Over {len(days)} days that both know, {name} is {amount(contest.metric, ours)} by {chosen.source} "
            f"and {amount(contest.metric, theirs)} by {rival.source}."
        )
        first, last = date.fromordinal(days[0][0]), date.fromordinal(days[-1][0])
        scope, part = rival.series_id, str(chosen.series_id)
        yield Finding(kind, contest.subject_id, contest.metric, scope, part, first, last, detail)


def _common(one: Rival, other: Rival) -> Iterator[tuple[int, tuple[int, int]]]:
    """(day, values) of the days that both know."""
    for number in sorted(one.years.keys() & other.years.keys()):
        mine, theirs = one.years[number], other.years[number]
        for place, pair in enumerate(zip(mine.values, theirs.values, strict=True)):
            if MISSING not in pair:
                yield mine.first_ordinal + place, pair


def _slip(ratio: float) -> bool:
    """Whether one is the other in another unit."""
    factor = max(ratio, 1 / ratio)
    return any(abs(factor / unit - 1) <= float(APART) for unit in UNITS)


def disputes(claims: Iterable[Said]) -> Iterator[Finding]:
    """Topics on which claims that still stand contradict each other."""
    topics: defaultdict[tuple[int, str], list[Said]] = defaultdict(list)
    for claim in claims:
        if claim.status not in (ClaimStatus.REFUTED, ClaimStatus.SUPERSEDED):
            topics[claim.subject_id, claim.topic].append(claim)
    for (subject_id, topic), said in topics.items():
        disputed = any(claim.status is ClaimStatus.DISPUTED for claim in said)
        if len(said) > 1 and (disputed or any(_apart(*pair) for pair in combinations(said, 2))):
            words = "; ".join(f"{claim.value} {claim.unit or ''}".strip() + f" ({claim.source})" for claim in said)
            detail = f"Sources disagree on {topic}: {words}."
            yield Finding(IssueKind.SOURCE_DISAGREEMENT, subject_id, None, 0, topic, None, None, detail)


def _apart(one: Said, other: Said) -> bool:
    """Whether two claims of the same words and unit give different numbers."""
    if (one.predicate, one.measure) != (other.predicate, other.measure) or not one.number or other.number is None:
        return False
    return abs(other.number / one.number - 1) > APART


def impossible_dates(claims: Iterable[Said], beginnings: Mapping[int, date]) -> Iterator[Finding]:
    """Claims dated before what they are about began."""
    for claim in claims:
        began, latest = beginnings.get(claim.subject_id), latest_day(claim.stated_as_of or "")
        if began is not None and latest is not None and latest < began:
            detail = (
                f"{claim.source} dates “{claim.predicate}: {claim.value} {claim.unit or ''}” to {claim.stated_as_of}, "
                f"and it began on {began}."
            )
            yield Finding(IssueKind.DATE_IMPOSSIBLE, claim.subject_id, None, 0, claim.ref, None, latest, detail)


def premature(first_entries: Mapping[int, date], beginnings: Mapping[int, date]) -> Iterator[Finding]:
    """Tokens that the ledger moves before they began."""
    for token_id, day in first_entries.items():
        began = beginnings.get(token_id)
        if began is not None and day < began:
            detail = f"The ledger has an entry of {day}, and the token began on {began}."
            yield Finding(IssueKind.DATE_IMPOSSIBLE, token_id, None, 0, "ledger", day, began, detail)


# Each publish reads all claims again, and nearly all are as they were.
@lru_cache(maxsize=4096)
def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


@lru_cache(maxsize=4096)
def latest_day(words: str) -> date | None:
    """The last day that a date in words can mean: "April 2024" is 30 April. None where no year is said."""
    found = DATED.search(words)
    if found is None or (found["month"] and found["month"] not in MONTHS and not found["m"]):
        return None
    year = int(found["year"])
    if found["m"]:
        return _day(year, int(found["m"]), int(found["d"]))
    month = MONTHS.get(found["month"] or "", 12)
    return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
