"""The checks of a publish: what is suspicious in the epoch in the making, opened and closed as issues."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from models.publication import Publication
from models.quality import quality_issue
from models.versioned import FOREVER
from models.vocabulary import Domain, IssueKind
from sync import evidence
from sync.diff import BATCH, Row, apply, compare_all, stage_for
from sync.disagreement import disagreements, disputes, impossible_dates, premature
from sync.finding import Finding, amount, findings_of
from sync.identify import STORE
from sync.identities import books_of, broken_promises, counted_twice, overpaid, stale, unbalanced, uncovered
from sync.payout import overpaid_quarters
from sync.slip import REASON

ISSUE = stage_for(quality_issue)
# Issues are what this store says itself.
OURS: Row = {"collector": STORE, "withdrawn": False}
# Kinds that are found by looking at one series, or at one series beside another.
OF_SERIES = frozenset({IssueKind.MISSING_DAYS, IssueKind.OUTLIER, IssueKind.NEGATIVE_VALUE})


class Open(NamedTuple):
    """An open issue, as far as it is needed to tell whether it is still there."""

    kind: IssueKind
    scope: int
    first_day: date | None
    opened_at: datetime


@dataclass(slots=True)
class Look:
    """One look at the epoch in the making: what was looked at, and the issues found so far.

    `years`, `contested` and `paid` are what issues of series are judged by: years of series by number, and series.
    """

    publication: Publication
    through: Mapping[Domain, date]
    moment: datetime
    known: Mapping[str, Open]
    seen: set[str] = field(default_factory=set[str])
    years: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])
    contested: set[int] = field(default_factory=set[int])
    paid: set[int] = field(default_factory=set[int])

    async def rows(self) -> AsyncGenerator[Sequence[Row], None]:
        """The issues that are there, then those that no longer are, a batch at a time."""
        changed = await evidence.changed_series(self.publication)
        async for some in self._findings(changed):
            for first in range(0, len(some), BATCH):
                yield self._opened(some[first : first + BATCH])
        gone = [ref for ref, issue in self.known.items() if self._gone(ref, issue)]
        for first in range(0, len(gone), BATCH):
            yield await _closed(self.publication, gone[first : first + BATCH], self.moment)

    async def _findings(self, changed: Sequence[evidence.Daily]) -> AsyncGenerator[list[Finding], None]:
        async for lines in evidence.lines_of(self.publication, changed):
            self.years.update((line.series_id, line.year.year) for line in lines)
            yield [finding for line in lines for finding in findings_of(line)]
        async for some in evidence.contests(self.publication, changed):
            self.contested.update(rival.series_id for contest in some for rival in contest.rivals)
            yield [finding for contest in some for finding in disagreements(contest)]
        async for records in evidence.payouts(self.publication, changed):
            self.paid.update(record.series_id for record in records)
            yield [finding for record in records for finding in overpaid_quarters(record)]
        yield await _in_windows(self.publication, self.through)
        yield await _in_words(self.publication)
        yield await _in_leaps(self.publication, self.moment.date())

    def _opened(self, found: Sequence[Finding]) -> list[Row]:
        """An issue for each finding not seen yet: a new one, an open one kept up to date, or one that is back."""
        rows = []
        for finding in found:
            ref = finding.ref
            if ref not in self.seen:
                self.seen.add(ref)
                opened_at = self.known[ref].opened_at if ref in self.known else self.moment
                rows.append({"ref": ref, **_columns(finding), "opened_at": opened_at, "resolved_at": None, **OURS})
        return rows

    def _gone(self, ref: str, issue: Open) -> bool:
        """Whether an open issue was looked for and not found."""
        if ref in self.seen:
            return False
        if issue.kind in OF_SERIES:
            return issue.first_day is not None and (issue.scope, issue.first_day.year) in self.years
        beside = self.paid if issue.kind is IssueKind.PAYOUT_EXCEEDS_REVENUE else self.contested
        return issue.scope == 0 or issue.scope in beside


async def examine(publication: Publication, through: Mapping[Domain, date], moment: datetime) -> None:
    """Open and close issues with this publication, whose rollups must be written.

    What depends on one year of a series alone is looked at again when that changes, everything else each time.
    """
    look = Look(publication, through, moment, await _known(publication))
    tally = await compare_all(publication, ISSUE, look.rows())
    await apply(publication, ISSUE, tally.total.changed)


async def _in_windows(publication: Publication, through: Mapping[Domain, date]) -> list[Finding]:
    """What the numbers of a subject, or of several, come to over the last days."""
    if Domain.REVENUE not in through:
        return []
    books = books_of(await evidence.windows(publication, through), through[Domain.REVENUE])
    promises = await evidence.promises(publication)
    found = [*counted_twice(books, await evidence.counted(publication))]
    for each in books:
        found += [*unbalanced(each), *overpaid(each), *uncovered(each), *stale(each)]
        found += broken_promises(each, promises.get(each.subject_id, ()))
    return found


async def _in_words(publication: Publication) -> list[Finding]:
    """What claims say against each other, and against the days that are known."""
    claims, beginnings = await evidence.claims(publication), await evidence.beginnings(publication)
    early = premature(await evidence.first_entries(publication), beginnings)
    return [*disputes(claims), *impossible_dates(claims, beginnings), *early]


async def _in_leaps(publication: Publication, today: date) -> list[Finding]:
    """Stocks that were not taken because they leapt."""
    return [
        Finding(
            IssueKind.UNIT_SUSPECT,
            one.subject_id,
            one.metric,
            0,
            f"leap:{one.series_id}",
            date.fromordinal(day),
            date.fromordinal(day),
            f"{one.what} of {date.fromordinal(day)} is said to be {amount(one.metric, value)}: {REASON}.",
        )
        for one, day, value in await evidence.leaps(publication, today)
    ]


async def _known(publication: Publication) -> dict[str, Open]:
    """Every open issue by what names it."""
    table = quality_issue.every_version.c
    columns = (table.ref, table.kind, table.scope, table.first_day, table.opened_at)
    open_ = (table.valid_to == FOREVER, table.resolved_at.is_(None))
    async with publication.transaction() as connection:
        rows = await connection.execute(select(*columns).where(*open_))
        return {ref: Open(*issue) for ref, *issue in rows}


async def _closed(publication: Publication, refs: Sequence[str], moment: datetime) -> list[Row]:
    """The issues of these names, resolved now."""
    table = quality_issue.every_version.c
    columns = (table[name] for name in (*quality_issue.key, *quality_issue.values))
    named = (table.ref.in_(refs), table.valid_to == FOREVER)
    async with publication.transaction() as connection:
        rows = (await connection.execute(select(*columns).where(*named))).mappings()
        return [{**row, "resolved_at": moment, **OURS} for row in rows]


def _columns(finding: Finding) -> Row:
    columns = finding._asdict()
    del columns["part"]
    return columns
