"""The checks of a publish: what is suspicious in the epoch in the making, opened and closed as issues."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from models.publication import Publication
from models.quality import quality_issue
from models.versioned import FOREVER
from models.vocabulary import Domain, IssueKind
from sync import evidence
from sync.diff import apply, compare, stage_for
from sync.disagreement import disagreements, disputes, impossible_dates, premature
from sync.finding import Finding, findings_of
from sync.identify import STORE
from sync.identities import books_of, broken_promises, counted_twice, overpaid, stale, unbalanced, uncovered

Row = dict[str, Any]

ISSUE = stage_for(quality_issue)
# Kinds that are found by looking at one series, or at one series beside another.
OF_SERIES = frozenset({IssueKind.MISSING_DAYS, IssueKind.OUTLIER, IssueKind.NEGATIVE_VALUE})


async def examine(publication: Publication, through: Mapping[Domain, date], moment: datetime) -> None:
    """Open and close issues with this publication, whose rollups must be written.

    What depends on one year of a series alone is looked at again when that changes, everything else each time.
    """
    changed = await evidence.changed_series(publication)
    contests = await evidence.contests(publication, changed)
    found: list[Finding] = []
    looked_at: set[tuple[int, int]] = set()
    async for line in evidence.lines_of(publication, changed):
        found += findings_of(line)
        looked_at.add((line.series_id, line.year.year))
    found += [finding for contest in contests for finding in disagreements(contest)]
    found += await _in_windows(publication, through)
    found += await _in_words(publication)
    known = await _known(publication)
    rows = [*_opened(found, known, moment)]
    seen = {finding.ref for finding in found}
    contested = {rival.series_id for contest in contests for rival in contest.rivals}
    rows += [{**row, "resolved_at": moment} for row in known.values() if _gone(row, seen, looked_at, contested)]
    if rows:
        wanted = [{**row, "collector": STORE, "withdrawn": False} for row in rows]
        tally = await compare(publication, ISSUE, wanted)
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


async def _known(publication: Publication) -> dict[str, Row]:
    """Every issue there ever was, as it is now, by what names it."""
    table = quality_issue.every_version
    names = (*quality_issue.key, *quality_issue.values)
    async with publication.transaction() as connection:
        rows = await connection.execute(select(*(table.c[name] for name in names)).where(table.c.valid_to == FOREVER))
        return {row.ref: dict(row._mapping) for row in rows}


def _opened(found: Sequence[Finding], known: Mapping[str, Row], moment: datetime) -> list[Row]:
    """An issue for each finding: a new one, an open one kept up to date, or one that is back."""
    rows = {}
    for finding in found:
        row = known.get(finding.ref)
        opened_at = row["opened_at"] if row is not None and row["resolved_at"] is None else moment
        rows[finding.ref] = {**_columns(finding), "opened_at": opened_at, "resolved_at": None}
    return list(rows.values())


def _columns(finding: Finding) -> Row:
    columns = finding._asdict()
    del columns["part"]
    return {"ref": finding.ref, **columns}


def _gone(row: Row, seen: set[str], looked_at: set[tuple[int, int]], contested: set[int]) -> bool:
    """Whether an open issue was looked for and not found; `looked_at` are years of series."""
    if row["resolved_at"] is not None or row["ref"] in seen:
        return False
    if row["kind"] in OF_SERIES:
        return (row["scope"], row["first_day"].year) in looked_at
    return row["scope"] == 0 or row["scope"] in contested
