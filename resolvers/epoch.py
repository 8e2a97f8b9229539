"""Epochs: what was published when, how fresh it is, and how the sources fared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any

from sqlalchemy import ColumnElement, FromClause, and_, case, func, select

from models.epoch import BUNDLED, NEVER_RUN, SUCCESSES, epoch, sync_run, sync_source
from models.store import Reader
from models.vocabulary import Domain
from resolvers.argument import After, Before, First, Last
from resolvers.connection import CountedPage, Slice, counted_page, slice_of
from resolvers.declare import Parent, argument, batched
from resolvers.source import sources_by_slug


@dataclass(frozen=True, slots=True)
class DataThrough:
    """The last complete day of a domain: where its windows end."""

    domain: Domain
    day: date


@dataclass(frozen=True, slots=True)
class TableChanges:
    """What an epoch changed in a table."""

    table: str
    what: str
    count: int


@dataclass(frozen=True, slots=True)
class EpochRow:
    """`recorded`: its moment is that of a recording, not of this store's clock. `retained`: it can be read."""

    number: int
    published_at: datetime
    stored_through: dict[str, str]
    recorded: bool
    retained: bool
    note: str | None
    stored_stats: dict[str, Any]

    @property
    def through(self) -> list[DataThrough]:
        days = ((Domain[name], date.fromisoformat(day)) for name, day in self.stored_through.items())
        return [DataThrough(*each) for each in sorted(days)]

    @property
    def stats(self) -> list[TableChanges]:
        """One for each count."""
        tables = ((table, found) for table, found in self.stored_stats.items() if isinstance(found, dict))
        return [TableChanges(table, what, n) for table, found in tables for what, n in found.items()]


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source fared when it was last asked. `lag_seconds`: since its last success; of the bundled data None."""

    name: str
    status: str
    last_run_at: datetime | None
    last_success_at: datetime | None
    lag_seconds: int | None
    last_error: str | None
    skipped_because: str | None
    fetched: int
    new: int
    restated: int
    withdrawn: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Meta:
    """`oldest_epoch`: the first that can still be read. `next_sync_at`: as the last process that repeats planned it.

    `last_sync_at`: when an upstream was last asked, which nobody is for the bundled data.
    """

    epoch: EpochRow
    oldest_epoch: EpochRow
    last_sync_at: datetime | None
    next_sync_at: datetime | None
    sources: list[SourceHealth]

    @property
    def data_through(self) -> list[DataThrough]:
        return self.epoch.through

    @property
    def snapshot(self) -> str:
        return str(self.epoch.number)

    @property
    def last_ingest_at(self) -> datetime | None:
        return self.last_sync_at

    @property
    def next_ingest_at(self) -> datetime | None:
        return self.next_sync_at

    @property
    def oldest_known_at(self) -> datetime:
        return self.oldest_epoch.published_at


COLUMNS = ("epoch", "published_at", "through", "recorded", "retained", "note", "stats")


async def epochs_by_number(reader: Reader, numbers: Sequence[int]) -> list[EpochRow | None]:
    """One statement. An epoch newer than the reader's is not there yet."""
    rows = {row.number: row for row in await _epochs(reader)}
    return [rows.get(number) for number in numbers]


async def epoch_pages(reader: Reader, parts: Sequence[Slice]) -> list[CountedPage[EpochRow]]:
    """Epochs, the newest first. One statement."""
    rows = await _epochs(reader)
    return [counted_page(rows, part, reader.epoch) for part in parts]


async def _epochs(reader: Reader) -> list[EpochRow]:
    query = select(*(epoch.c[name] for name in COLUMNS)).where(epoch.c.epoch <= reader.epoch)
    return [EpochRow(*row) for row in await reader.rows(query.order_by(epoch.c.epoch.desc()))]


def utc_now() -> datetime:
    return datetime.now(UTC)


async def metas(reader: Reader, keys: Sequence[str], clock: Callable[[], datetime] = utc_now) -> list[Meta]:
    """The reader's epoch and the newest run of each source, as of now. Three statements."""
    rows, sources, planned = await _epochs(reader), await _sources(reader, clock()), await _planned(reader)
    oldest = min((row for row in rows if row.retained), key=lambda row: row.number)
    asked = (source.last_run_at for source in sources if source.name != BUNDLED)
    last = max((moment for moment in asked if moment is not None), default=None)
    return [Meta(rows[0], oldest, last, planned, sources)] * len(keys)


async def _planned(reader: Reader) -> datetime | None:
    """When the next run is meant to be, if any process repeats."""
    query = select(sync_run.c.next_at).where(sync_run.c.next_at.is_not(None))
    rows = await reader.rows(query.order_by(sync_run.c.sync_run_id.desc()).limit(1))
    return rows[0].next_at if rows else None


async def _sources(reader: Reader, now: datetime) -> list[SourceHealth]:
    """The newest run of each source, with its newest that succeeded."""
    succeeded = case((sync_source.c.status.in_(SUCCESSES), sync_source.c.sync_run_id))
    newest = (
        select(
            sync_source.c.source,
            func.max(sync_source.c.sync_run_id).label("last"),
            func.max(succeeded).label("good"),
        )
        .group_by(sync_source.c.source)
        .subquery()
    )
    run, good = sync_run.alias(), sync_run.alias()
    same = and_(sync_source.c.source == newest.c.source, sync_source.c.sync_run_id == newest.c.last)
    query = (
        select(sync_source, _moment(run).label("run_at"), _moment(good).label("good_at"))
        .join(newest, same)
        .join(run, run.c.sync_run_id == newest.c.last)
        .outerjoin(good, good.c.sync_run_id == newest.c.good)
        .order_by(sync_source.c.source)
    )
    return [_health(row, now) for row in await reader.rows(query)]


def _moment(run: FromClause) -> ColumnElement[datetime]:
    return func.coalesce(run.c.finished_at, run.c.started_at)


def _health(row: Any, now: datetime) -> SourceHealth:
    return SourceHealth(
        name=row.source,
        status=row.status,
        last_run_at=None if row.status == NEVER_RUN else row.run_at,
        last_success_at=row.good_at,
        lag_seconds=_lag(row, now),
        last_error=row.error,
        skipped_because=row.skipped_because,
        fetched=row.fetched,
        new=row.new,
        restated=row.restated,
        withdrawn=row.withdrawn,
        rejected=row.rejected,
    )


def _lag(row: Any, now: datetime) -> int | None:
    """Never below 0: the database's clock may be ahead of this machine's."""
    if row.good_at is None or row.source == BUNDLED:
        return None
    return max(0, int((now - row.good_at).total_seconds()))


@batched(sources_by_slug)
def resolve_source_of_health(row: Parent[SourceHealth]) -> str:
    return row.name


@batched(epochs_by_number, at=True)
def resolve_epoch(number: Annotated[int, argument("Which epoch, for example 3.")]) -> int:
    return number


@batched(epoch_pages, at=True)
def resolve_epochs(first: First = None, after: After = None, last: Last = None, before: Before = None) -> Slice:
    return slice_of(first, after, last, before)


@batched(metas, at=True)
def resolve_meta() -> str:
    return "meta"
