"""Whether this server can answer, and how fresh its answers are."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.epoch import epoch, sync_run, sync_source
from models.migrate import head
from models.store import Store


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How the last run of a source went."""

    source: str
    status: str
    finishedAt: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    """`reason` says why the server can't answer, None when it can. `dataThrough`: the last complete day by domain."""

    reason: str | None = None
    epoch: int | None = None
    publishedAt: datetime | None = None
    dataThrough: dict[str, str] = field(default_factory=dict[str, str])
    sources: list[SourceStatus] = field(default_factory=list[SourceStatus])

    @property
    def ready(self) -> bool:
        return self.reason is None


async def status_of(store: Store) -> Status:
    """Never raises: a store that can't be reached is a reason."""
    try:
        async with store.readers.connect() as connection:
            revision = await _revision(connection)
            if revision != head():
                return Status(f"the store's schema is {revision or 'missing'}, this program needs {head()}")
            return await _of_newest(connection)
    except (DBAPIError, OSError):
        # Without the driver's text: it may name hosts and users.
        return Status("the store can't be reached")


async def _revision(connection: AsyncConnection) -> str | None:
    has_table = await connection.run_sync(lambda sync: sync.dialect.has_table(sync, "alembic_version"))
    return await connection.scalar(text("SELECT version_num FROM alembic_version")) if has_table else None


async def _of_newest(connection: AsyncConnection) -> Status:
    newest = (await connection.execute(select(epoch).order_by(epoch.c.epoch.desc()).limit(1))).one_or_none()
    if newest is None:
        return Status("nothing is published yet")
    return Status(None, newest.epoch, newest.published_at, newest.through, await _sources(connection))


async def _sources(connection: AsyncConnection) -> list[SourceStatus]:
    last = select(sync_source.c.source, func.max(sync_source.c.sync_run_id).label("run"))
    last_run = last.group_by(sync_source.c.source).subquery()
    joined = (sync_source.c.source == last_run.c.source) & (sync_source.c.sync_run_id == last_run.c.run)
    runs = select(sync_source.c.source, sync_source.c.status, sync_run.c.finished_at).join(last_run, joined)
    runs = runs.join(sync_run, sync_run.c.sync_run_id == sync_source.c.sync_run_id)
    rows: list[Any] = list(await connection.execute(runs.order_by(sync_source.c.source)))
    return [SourceStatus(*row) for row in rows]
