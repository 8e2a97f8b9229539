"""Whether this server can answer, and how fresh its answers are: the same as the field `meta` says."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.epoch import BeforeFirstEpoch
from models.migrate import head
from models.store import Reader, Store
from resolvers.epoch import SourceHealth, metas


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How the last run of a source went; as resolvers.epoch.SourceHealth."""

    name: str
    status: str
    lagSeconds: int | None
    lastRunAt: datetime | None
    lastSuccessAt: datetime | None
    lastError: str | None
    skippedBecause: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """`reason` says why the server can't answer, None when it can. `dataThrough`: the last complete day by domain."""

    reason: str | None = None
    epoch: int | None = None
    publishedAt: datetime | None = None
    dataThrough: dict[str, str] = field(default_factory=dict[str, str])
    lastSyncAt: datetime | None = None
    nextSyncAt: datetime | None = None
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
        async with store.reading() as reader:
            return await _of_newest(reader)
    except BeforeFirstEpoch as empty:
        return Status(str(empty))
    except (SQLAlchemyError, OSError):
        # Without the driver's text: it may name hosts and users.
        return Status("the store can't be reached")


async def _revision(connection: AsyncConnection) -> str | None:
    has_table = await connection.run_sync(lambda sync: sync.dialect.has_table(sync, "alembic_version"))
    return await connection.scalar(text("SELECT version_num FROM alembic_version")) if has_table else None


async def _of_newest(reader: Reader) -> Status:
    (meta,) = await metas(reader, ["meta"])
    return Status(
        reason=None,
        epoch=meta.epoch.number,
        publishedAt=meta.epoch.published_at,
        dataThrough=meta.epoch.stored_through,
        lastSyncAt=meta.last_sync_at,
        nextSyncAt=meta.next_sync_at,
        sources=[_source(source) for source in meta.sources],
    )


def _source(health: SourceHealth) -> SourceStatus:
    return SourceStatus(
        health.name,
        health.status,
        health.lag_seconds,
        health.last_run_at,
        health.last_success_at,
        health.last_error,
        health.skipped_because,
    )
