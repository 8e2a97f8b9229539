"""A publish in progress: the connection that holds the lock, and the epoch it will become."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Table, and_, delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from models.claim import claim
from models.engine import in_one_line
from models.entity import entity, external_id
from models.epoch import SUCCESSES, epoch, rejected_fact, sync_run, sync_source
from models.fund import fund, organisation
from models.ledger import ledger
from models.observation import obs, pack, series
from models.policy import policy
from models.protocol import methodology, protocol
from models.quality import quality_issue
from models.right import risk, token_rights, unlock, value_layer
from models.rollup import rollup
from models.source import source, upstream_resource
from models.token import chain, deployment, token
from models.treasury import capital_raise, holding, role, share_count, treasury_transaction
from models.versioned import FOREVER, newer
from models.vocabulary import Domain

VERSIONED = (
    source,
    external_id,
    chain,
    token,
    deployment,
    protocol,
    methodology,
    organisation,
    fund,
    policy,
    ledger,
    claim,
    quality_issue,
    role,
    capital_raise,
    holding,
    treasury_transaction,
    share_count,
    token_rights,
    unlock,
    value_layer,
    risk,
    obs,
    pack,
)

# Where PostgreSQL tells those who listen that an epoch is published.
CHANNEL = "epoch"

Clock = Callable[[], datetime]


class RecordingRefused(Exception):
    """A recorded epoch must come before every epoch of this store's own clock, and in order."""


class TooLong(Exception):
    """The time for a publish was over before its end."""


@dataclass(slots=True)
class Publication:
    """Turns epoch `base` into `base` + 1. Until `flip`, no reader can see anything it writes.

    `base_through`: the last complete day of each domain at `base`. `clock`: asked instead of the database's.
    `sources`: what becomes the run's rows of sync_source, however the run ends. `ends_at`: by the loop's clock.
    """

    connection: AsyncConnection
    base: int
    base_through: dict[Domain, date]
    sync_run_id: int
    clock: Clock | None = None
    sources: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    ends_at: float | None = None

    @property
    def epoch(self) -> int:
        return self.base + 1

    @property
    def dialect(self) -> str:
        return self.connection.dialect.name

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncConnection, None]:
        """A small transaction: a publish is many, so that no lock is held for long.

        Raises TooLong.
        """
        if self.ends_at is not None and asyncio.get_running_loop().time() > self.ends_at:
            raise TooLong("publishing took longer than it may: nothing was published")
        async with self.connection.begin():
            yield self.connection

    async def moment(self, recorded_at: datetime | None = None) -> datetime:
        """When this epoch is said to be published; raises RecordingRefused for a recording out of its turn."""
        async with self.transaction() as connection:
            now = await _now(connection, self.clock)
            if recorded_at is None:
                return now
            query = select(func.max(epoch.c.published_at), func.count().filter(~epoch.c.recorded))
            newest, live = (await connection.execute(query)).one()
        if live:
            raise RecordingRefused("a recorded epoch can't follow one that this store published itself")
        if recorded_at > now or (newest and recorded_at < newest):
            raise RecordingRefused(f"a recorded epoch of {recorded_at} would be out of order")
        return recorded_at

    async def reject(self, facts: Sequence[tuple[str, str, dict[str, str]]]) -> None:
        """Keep each (source, reason, fact) that will not be published."""
        if facts:
            run = {"sync_run_id": self.sync_run_id}
            rows = [run | {"source": source, "reason": why, "fact": fact} for source, why, fact in facts]
            async with self.transaction() as connection:
                await connection.execute(insert(rejected_fact), rows)

    async def flip(
        self,
        through: Mapping[Domain, date],
        stats: dict[str, Any],
        resources: Sequence[dict[str, Any]] = (),
        recorded_at: datetime | None = None,
        note: str | None = None,
    ) -> None:
        """Make it visible. `through` is the last day that is complete in it: where windows end."""
        moment = await self.moment(recorded_at)
        days = {domain.name: day.isoformat() for domain, day in sorted(through.items())}
        row = {"epoch": self.epoch, "published_at": moment, "recorded": recorded_at is not None, "through": days}
        async with self.transaction() as connection:
            run = {"sync_run_id": self.sync_run_id, "retained": True, "stats": stats, "note": note}
            await connection.execute(insert(epoch).values(**row, **run))
            await self._close(connection, "published", epoch=self.epoch)
            await _keep(connection, resources)
            if self.dialect == "postgresql":
                await connection.execute(text(f"NOTIFY {CHANNEL}, '{self.epoch}'"))

    async def finish(
        self, status: str = "finished", resources: Sequence[dict[str, Any]] = (), error: str | None = None
    ) -> None:
        """End a run that had nothing to publish, with the reason where that is an error."""
        async with self.transaction() as connection:
            await self._close(connection, status, error=error)
            await _keep(connection, resources)

    async def fail(self, error: Exception) -> None:
        """Say in the run's record why nothing was published."""
        self.ends_at = None
        said = in_one_line(error)
        for row in self.sources:
            if row["status"] == "published":
                row |= {"status": "failed", "error": said}
        async with self.transaction() as connection:
            await self._close(connection, "failed", error=said)

    async def discard(self) -> None:
        """Take back everything written so far."""
        async with self.transaction() as connection:
            await clean(connection, self.base)

    async def _close(self, connection: AsyncConnection, status: str, **values: Any) -> None:
        closing = update(sync_run).where(sync_run.c.sync_run_id == self.sync_run_id)
        now = await _now(connection, self.clock)
        await connection.execute(closing.values(status=status, finished_at=now, **values))
        if self.sources:
            rows = [{"sync_run_id": self.sync_run_id} | row for row in self.sources]
            await connection.execute(insert(sync_source), rows)


async def begin(connection: AsyncConnection, clock: Clock | None = None) -> Publication:
    """Clean what a killed publisher left, and open a run. The lock must be held."""
    async with connection.begin():
        newest = select(epoch.c.epoch, epoch.c.through).order_by(epoch.c.epoch.desc()).limit(1)
        row = (await connection.execute(newest)).one_or_none()
        base, through = (row.epoch, row.through) if row else (0, {})
        if await _left_something(connection):
            await clean(connection, base)
        await connection.execute(update(sync_run).where(sync_run.c.status == "running").values(status="killed"))
        started = insert(sync_run).values(started_at=await _now(connection, clock), status="running")
        run_id = (await connection.execute(started.returning(sync_run.c.sync_run_id))).scalar_one()
    days = {Domain[name]: date.fromisoformat(day) for name, day in through.items()}
    return Publication(connection, base, days, run_id, clock)


async def _left_something(connection: AsyncConnection) -> bool:
    """Whether the run before may have written what no epoch has: it flipped nothing, and took nothing back."""
    newest = select(sync_run.c.status).order_by(sync_run.c.sync_run_id.desc()).limit(1)
    return await connection.scalar(newest) not in (None, "pruned", *SUCCESSES)


async def clean(connection: AsyncConnection, base: int) -> None:
    """Undo everything written after epoch `base`."""
    for table in (versioned.every_version for versioned in VERSIONED):
        await connection.execute(delete(table).where(newer(table.c.valid_from, base)))
        await connection.execute(
            update(table).where(and_(table.c.valid_to > base, table.c.valid_to < FOREVER)).values(valid_to=FOREVER)
        )
    await _delete_after(connection, series.every_version, "since", base)
    await _delete_after(connection, entity.every_version, "since", base)
    await _delete_after(connection, rollup.every_version, "epoch", base)


async def _delete_after(connection: AsyncConnection, table: Table, column: str, base: int) -> None:
    await connection.execute(delete(table).where(table.c[column] > base))


async def _keep(connection: AsyncConnection, resources: Sequence[dict[str, Any]]) -> None:
    """Remember answers of upstreams: the facts read from them are in the store from now on."""
    if not resources:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    adding = dialect.insert(upstream_resource)
    newer_answer = {
        column.name: adding.excluded[column.name] for column in upstream_resource.c if not column.primary_key
    }
    upsert = adding.on_conflict_do_update(index_elements=["url"], set_=newer_answer)
    await connection.execute(upsert, list(resources))


async def _now(connection: AsyncConnection, clock: Clock | None) -> datetime:
    """The database's clock, or the one given, held at the newest epoch's moment should it go back."""
    now = clock() if clock else await _database_time(connection)
    newest = await connection.scalar(select(func.max(epoch.c.published_at)))
    return max(now, newest) if newest else now


async def _database_time(connection: AsyncConnection) -> datetime:
    if connection.dialect.name != "postgresql":
        return datetime.now(UTC)
    now: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
    return now
