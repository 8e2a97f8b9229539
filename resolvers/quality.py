"""Issues: what the checks of a publish found suspicious, when, and when it was gone; and facts that were refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple

from sqlalchemy import FromClause, func, select

from models.epoch import rejected_fact, sync_run
from models.quality import quality_issue
from models.store import Reader
from models.vocabulary import IssueKind, Metric
from resolvers.argument import After, Before, First, Last, hashed
from resolvers.connection import CountedPage, Edge, Page, Slice, counted_pages, slice_of
from resolvers.declare import Parent, argument, batched
from resolvers.entity import entities_by_id, entities_by_slug
from resolvers.identity import global_id
from resolvers.paging import decoded, encoded
from resolvers.subject import Measured

TYPE = "QualityIssue"
COLUMNS = (
    *("issue_id", "kind", "subject_id", "metric", "first_day", "last_day", "detail", "opened_at", "resolved_at"),
)


@dataclass(frozen=True, slots=True)
class IssueRow:
    """`resolved_at` of None: it is still there. The days are those it is about, where it is about days."""

    number: int
    kind: IssueKind
    subject_id: int
    metric: Metric | None
    from_: date | None
    to: date | None
    detail: str
    opened_at: datetime
    resolved_at: datetime | None

    @property
    def id(self) -> str:
        return global_id(TYPE, self.number)

    @property
    def open(self) -> bool:
        return self.resolved_at is None


class IssueKey(NamedTuple):
    """Issues about an entity, or about any that goes by a slug; open ones, closed ones (False) or both (None)."""

    part: Slice
    open: bool | None
    kinds: tuple[IssueKind, ...] | None
    metrics: tuple[Metric, ...] | None = None
    subject_id: int | None = None
    slug: str | None = None


class Listed(NamedTuple):
    """What of an issue decides which lists it is in."""

    number: int
    subject_id: int
    kind: IssueKind
    metric: Metric | None
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A fact that a source stated and the store did not take; `fact` is what it stated, by name."""

    number: int
    source: str
    reason: str
    stored_fact: dict[str, str]
    at: datetime

    @property
    def fact(self) -> list["Part"]:
        return [Part(name, value) for name, value in sorted(self.stored_fact.items())]


class Part(NamedTuple):
    name: str
    value: str


class RejectedKey(NamedTuple):
    """Refused facts of a source, or of all."""

    part: Slice
    source: str | None


def _columns(live: FromClause) -> list[Any]:
    return [live.c[name] for name in COLUMNS]


async def issues_by_id(reader: Reader, ids: Sequence[int]) -> list[IssueRow | None]:
    """One statement."""
    live = reader.live(quality_issue)
    rows = await reader.rows(select(*_columns(live)).where(reader.among(live.c.issue_id, ids)))
    found = {row[0]: IssueRow(*row) for row in rows}
    return [found.get(id_) for id_ in ids]


async def issue_pages(reader: Reader, keys: Sequence[IssueKey]) -> list[CountedPage[IssueRow]]:
    """The issues of each key, the last opened first. Three statements at most."""
    slugs = await entities_by_slug(reader, [key.slug for key in keys if key.slug is not None])
    subjects = [_subjects(key, slugs) for key in keys]
    index = await _index(reader, subjects)
    matching = [(_matching(index, key, mine), key.part) for key, mine in zip(keys, subjects, strict=True)]
    return await counted_pages(reader, matching, issues_by_id)


def _subjects(key: IssueKey, slugs: dict[str, tuple[int, ...]]) -> frozenset[int] | None:
    """The entities a key is about; None for any."""
    if key.subject_id is not None:
        return frozenset([key.subject_id])
    return None if key.slug is None else frozenset(slugs[key.slug])


async def _index(reader: Reader, subjects: Sequence[frozenset[int] | None]) -> list[Listed]:
    live = reader.live(quality_issue)
    query = select(*(live.c[name] for name in ("issue_id", "subject_id", "kind", "metric", "resolved_at")))
    if None not in subjects:
        query = query.where(reader.among(live.c.subject_id, [id_ for some in subjects for id_ in some or ()]))
    rows = await reader.rows(query.order_by(live.c.opened_at.desc(), live.c.issue_id.desc()))
    return [Listed(*row) for row in rows]


def _matching(index: Sequence[Listed], key: IssueKey, subjects: frozenset[int] | None) -> list[int]:
    return [
        each.number
        for each in index
        if (subjects is None or each.subject_id in subjects)
        and (key.open is None or (each.resolved_at is None) is key.open)
        and (key.kinds is None or each.kind in key.kinds)
        and (key.metrics is None or each.metric in key.metrics)
    ]


async def rejected_pages(reader: Reader, keys: Sequence[RejectedKey]) -> list[Page[RejectedRow]]:
    """Refused facts of runs up to the reader's epoch, the newest first. One statement for each key."""
    return [await _rejected_page(reader, key) for key in keys]


async def _rejected_page(reader: Reader, key: RejectedKey) -> Page[RejectedRow]:
    columns = [rejected_fact.c[name] for name in ("rejected_fact_id", "source", "reason", "fact")]
    query = (
        select(*columns, sync_run.c.started_at)
        .join(sync_run, sync_run.c.sync_run_id == rejected_fact.c.sync_run_id)
        .where(sync_run.c.finished_at.is_not(None))
        .order_by(rejected_fact.c.rejected_fact_id.desc())
        .limit(key.part.size + 1)
    )
    if key.source is not None:
        query = query.where(rejected_fact.c.source == key.source)
    if key.part.cursor is not None:
        [place] = decoded(key.part.cursor, 1)
        query = query.where(rejected_fact.c.rejected_fact_id < place)
    rows = [RejectedRow(*row) for row in await reader.rows(query)]
    edges = [Edge(encoded(reader.epoch, [row.number]), row) for row in rows[: key.part.size]]
    return Page(edges, len(rows) > len(edges), key.part.cursor is not None)


Opened = Annotated[
    bool | None, argument("True for those that are still there, false for those that are gone.", name="open")
]
OfKind = Annotated[list[IssueKind] | None, argument("Of which kinds, for example [MISSING_DAYS].")]
OfMetric = Annotated[list[Metric] | None, argument("About which metrics, for example [REVENUE].")]


@batched(issue_pages, at=True)
def resolve_quality_issues(
    open_: Opened = None,
    kind: OfKind = None,
    metric: OfMetric = None,
    subject: Annotated[
        str | None, argument("About what, by the slug of a protocol, token, fund or organisation, e.g. hyperliquid.")
    ] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> IssueKey:
    part = slice_of(first, after, last, before)
    return IssueKey(part, open_, _words(kind), _words(metric), None, subject)


@batched(issue_pages)
def resolve_issues_about(
    row: Parent[Measured],
    open_: Opened = None,
    kind: OfKind = None,
    metric: OfMetric = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> IssueKey:
    part = slice_of(first, after, last, before)
    return IssueKey(part, open_, _words(kind), _words(metric), row.subject.id)


def _words(words: list[Any] | None) -> tuple[Any, ...] | None:
    return None if words is None else tuple(hashed(words))


@batched(rejected_pages, at=True)
def resolve_rejected_facts(
    source: Annotated[str | None, argument("Of which source of a run, for example defillama.")] = None,
    first: First = None,
    after: After = None,
) -> RejectedKey:
    return RejectedKey(slice_of(first, after, None, None), source)


@batched(entities_by_id)
def resolve_subject_of_issue(row: Parent[IssueRow]) -> int:
    return row.subject_id


async def revisions_of_issues(reader: Reader, ids: Sequence[int]) -> list[int]:
    """How many versions of each there were before the reader's. One statement."""
    table = quality_issue.every_version
    query = (
        select(table.c.issue_id, func.count())
        .where(reader.among(table.c.issue_id, ids), table.c.valid_from <= reader.epoch)
        .group_by(table.c.issue_id)
    )
    versions = {id_: count for id_, count in await reader.rows(query)}  # noqa: C416
    return [versions.get(id_, 1) - 1 for id_ in ids]


@batched(revisions_of_issues)
def resolve_revision_of_issue(row: Parent[IssueRow]) -> int:
    return row.number
