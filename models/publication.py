"""A publish in progress: the connection that holds the lock, and the epoch it will become."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Table, and_, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.claim import claim
from models.entity import external_id
from models.epoch import epoch, rejected_fact, sync_run
from models.fund import fund, organisation
from models.ledger import ledger
from models.observation import obs, pack, series
from models.policy import policy
from models.protocol import methodology, protocol
from models.rollup import rollup
from models.source import source
from models.token import chain, deployment, token
from models.versioned import FOREVER, newer

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
    obs,
    pack,
)


@dataclass(frozen=True, slots=True)
class Publication:
    """Turns epoch `base` into `base` + 1. Until `flip`, no reader can see anything it writes."""

    connection: AsyncConnection
    base: int
    base_through: date | None
    sync_run_id: int

    @property
    def epoch(self) -> int:
        return self.base + 1

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncConnection, None]:
        """A small transaction: a publish is many, so that no lock is held for long."""
        async with self.connection.begin():
            yield self.connection

    async def reject(self, facts: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Keep each (reason, fact) that will not be published."""
        if facts:
            rows = [{"sync_run_id": self.sync_run_id, "reason": why, "fact": fact} for why, fact in facts]
            async with self.transaction() as connection:
                await connection.execute(insert(rejected_fact), rows)

    async def flip(self, through: date, stats: dict[str, Any]) -> None:
        """Make it visible. `through` is the last day that is complete in it: where windows end."""
        async with self.transaction() as connection:
            published_at = await _now(connection)
            row = {"epoch": self.epoch, "published_at": published_at, "through": through}
            await connection.execute(
                insert(epoch).values(**row, sync_run_id=self.sync_run_id, retained=True, stats=stats)
            )
            await _close_run(connection, self.sync_run_id, "published", None)
            if connection.dialect.name == "postgresql":
                await connection.execute(text(f"NOTIFY epoch, '{self.epoch}'"))

    async def finish(self) -> None:
        """End a run that had nothing to publish."""
        async with self.transaction() as connection:
            await _close_run(connection, self.sync_run_id, "finished", None)

    async def fail(self, error: Exception) -> None:
        """Say in the run's record why nothing was published."""
        async with self.transaction() as connection:
            await _close_run(connection, self.sync_run_id, "failed", str(error))


async def begin(connection: AsyncConnection) -> Publication:
    """Clean what a killed publisher left, and open a run. The lock must be held."""
    async with connection.begin():
        newest = select(epoch.c.epoch, epoch.c.through).order_by(epoch.c.epoch.desc()).limit(1)
        row = (await connection.execute(newest)).one_or_none()
        base, through = (row.epoch, row.through) if row else (0, None)
        await clean(connection, base)
        await connection.execute(update(sync_run).where(sync_run.c.status == "running").values(status="killed"))
        started = insert(sync_run).values(started_at=await _now(connection), status="running")
        run_id = (await connection.execute(started.returning(sync_run.c.sync_run_id))).scalar_one()
    return Publication(connection, base, through, run_id)


async def clean(connection: AsyncConnection, base: int) -> None:
    """Undo everything written after epoch `base`."""
    for table in (versioned.every_version for versioned in VERSIONED):
        await connection.execute(delete(table).where(newer(table.c.valid_from, base)))
        await connection.execute(
            update(table).where(and_(table.c.valid_to > base, table.c.valid_to < FOREVER)).values(valid_to=FOREVER)
        )
    await _delete_after(connection, series.every_version, "since", base)
    await _delete_after(connection, rollup.every_version, "epoch", base)


async def _delete_after(connection: AsyncConnection, table: Table, column: str, base: int) -> None:
    await connection.execute(delete(table).where(table.c[column] > base))


async def _close_run(connection: AsyncConnection, run_id: int, status: str, error: str | None) -> None:
    closing = update(sync_run).where(sync_run.c.sync_run_id == run_id)
    await connection.execute(closing.values(status=status, error=error, finished_at=await _now(connection)))


async def _now(connection: AsyncConnection) -> datetime:
    """The database's clock, held at the newest epoch's moment should it go back."""
    if connection.dialect.name == "postgresql":
        now: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
    else:
        now = datetime.now(UTC)
    newest = await connection.scalar(select(func.max(epoch.c.published_at)))
    return max(now, newest) if newest else now
