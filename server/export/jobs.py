"""Exports in the store: ordered, claimed by one worker at a time, carried on from their last file, ended."""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import stamina
from sqlalchemy import ColumnElement, Row, and_, case, delete, exists, func, insert, literal, or_, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import Instant
from models.epoch import Pin
from models.export import export_file, export_job
from models.store import Store
from models.vocabulary import ExportStatus
from server.export.links import now_utc
from server.export.order import Asked, Claimed, Finished, Progress

# A job whose workers died so often kills them.
MOST_ATTEMPTS = 3
# What became of a job is known so long after it ended.
REMEMBERED = timedelta(days=30)

ACCOUNT_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('export ' || :account, 0))")

WAITING = (ExportStatus.QUEUED, ExportStatus.RUNNING)
GIVEN_UP = "INTERNAL_SERVER_ERROR: This export could not be finished."


class ClaimLost(Exception):
    """The job is not this worker's any more: it was cancelled, or taken by another."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of a store. `claim_seconds`: how long a claim holds that nobody renews."""

    store: Store
    claim_seconds: float
    clock: Callable[[], datetime] = now_utc

    async def add(self, account: str, key_id: str, asked: Asked, most: int) -> int | None:
        """The number of a new job, None where the account has `most` already."""
        unexpired = export_job.c.status.in_((*WAITING, ExportStatus.DONE))
        mine = select(func.count()).select_from(export_job).where(export_job.c.account == account, unexpired)
        async with self.store.writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                # Of an account one at a time: SQLite has one writer anyway.
                await connection.execute(ACCOUNT_LOCK, {"account": account})
            if (await connection.scalar(mine) or 0) >= most:
                return None
            row = {**_columns(asked), "account": account, "key_id": key_id, "created_at": self.clock()}
            added = insert(export_job).values(row).returning(export_job.c.export_job_id)
            return int((await connection.execute(added)).scalar_one())

    async def of_account(self, number: int, account: str) -> Row[Any] | None:
        """The row of a job, if it is the account's."""
        found = select(export_job).where(export_job.c.export_job_id == number, export_job.c.account == account)
        return await self._one(found)

    async def files(self, number: int) -> Sequence[Row[Any]]:
        found = select(export_file).where(export_file.c.export_job_id == number).order_by(export_file.c.number)
        async with self.store.readers.connect() as connection:
            return (await connection.execute(found)).all()

    async def file(self, number: int, place: int) -> Row[Any] | None:
        """The secret, status and format of a job, with the name and sha256 of a file, None where it has none such."""
        job, file = export_job.c, export_file.c
        joined = export_job.outerjoin(export_file, and_(file.export_job_id == job.export_job_id, file.number == place))
        found = select(job.secret, job.status, job.format, file.name, file.sha256).select_from(joined)
        return await self._one(found.where(job.export_job_id == number))

    async def claim(self) -> Claimed | None:
        """The next job, this worker's from now on; None where none waits. One of a client runs at a time."""
        row = await self._one(_next(self.clock()))
        if row is None:
            return None
        claim = secrets.token_hex(8)
        async with self.store.writer.begin() as connection:
            taken = await connection.execute(
                update(export_job)
                .where(export_job.c.export_job_id == row.export_job_id, _is_free(self.clock()))
                .values(
                    status=ExportStatus.RUNNING,
                    claim=claim,
                    claimed_until=self._until(),
                    started_at=func.coalesce(export_job.c.started_at, literal(self.clock(), Instant())),
                    attempts=export_job.c.attempts + 1,
                )
            )
        if not taken.rowcount:
            return None
        claimed = await self._claimed(row, claim)
        if claimed.attempts > MOST_ATTEMPTS:
            await self.fail(claimed, GIVEN_UP)
            return None
        return claimed

    async def renew(self, claimed: Claimed) -> None:
        """Say that the worker lives; raises ClaimLost."""
        async with self.store.writer.begin() as connection:
            await self._change(connection, claimed, claimed_until=self._until())

    @stamina.retry(on=DBAPIError, attempts=4)
    async def report(self, claimed: Claimed, file: Finished, cursor: str | None, cost: int) -> Claimed:
        """Keep a finished file, and that the job goes on behind it; raises ClaimLost."""
        was = claimed.progress
        now = Progress(cursor, was.files + 1, was.rows + file.rows, was.bytes + file.bytes, cost)
        reached = {"cursor": now.cursor, "rows": now.rows, "bytes": now.bytes, "cost": now.cost}
        kept = {"name": file.name, "sha256": file.sha256, "rows": file.rows, "bytes": file.bytes}
        async with self.store.writer.begin() as connection:
            await self._change(connection, claimed, claimed_until=self._until(), **reached)
            await connection.execute(insert(export_file).values(export_job_id=claimed.number, number=was.files, **kept))
        return replace(claimed, progress=now)

    @stamina.retry(on=DBAPIError, attempts=4)
    async def finish(self, claimed: Claimed, kept: timedelta) -> None:
        """It is done, and its files are kept so long; raises ClaimLost."""
        now = self.clock()
        async with self.store.writer.begin() as connection:
            done = {"status": ExportStatus.DONE, "finished_at": now, "expires_at": now + kept, "tell_at": _heard(now)}
            await self._change(connection, claimed, **done, **_free())

    @stamina.retry(on=DBAPIError, attempts=4)
    async def fail(self, claimed: Claimed, error: str) -> None:
        """It ended for good, and has no files; raises ClaimLost."""
        async with self.store.writer.begin() as connection:
            now = self.clock()
            failed = {"status": ExportStatus.FAILED, "finished_at": now, "error": error, "tell_at": _heard(now)}
            await self._change(connection, claimed, **failed, **_free())
            await connection.execute(delete(export_file).where(export_file.c.export_job_id == claimed.number))

    @stamina.retry(on=DBAPIError, attempts=4)
    async def give_back(self, claimed: Claimed, at_fault: bool) -> None:
        """Another worker, or this one, carries on; `at_fault`: the job may be why. Raises ClaimLost."""
        attempts = export_job.c.attempts if at_fault else export_job.c.attempts - 1
        async with self.store.writer.begin() as connection:
            await self._change(connection, claimed, status=ExportStatus.QUEUED, attempts=attempts, **_free())

    async def begin_anew(self, claimed: Claimed) -> Claimed:
        """Forget the files of a job, which are not there; raises ClaimLost."""
        beginning = Progress()
        async with self.store.writer.begin() as connection:
            await self._change(connection, claimed, cursor=None, rows=0, bytes=0, cost=0)
            await connection.execute(delete(export_file).where(export_file.c.export_job_id == claimed.number))
        return replace(claimed, progress=beginning)

    async def cancel(self, number: int, account: str) -> None:
        """Expire a job of an account now, whatever it has come to but failure; nobody is told of it any more."""
        mine = and_(export_job.c.export_job_id == number, export_job.c.account == account)
        async with self.store.writer.begin() as connection:
            await self._expire(connection, and_(mine, export_job.c.status != ExportStatus.FAILED), tell_at=None)

    async def expire(self) -> None:
        """Expire what is over, and forget what ended long ago."""
        over = and_(export_job.c.status == ExportStatus.DONE, export_job.c.expires_at <= self.clock())
        ended = export_job.c.status.in_((ExportStatus.FAILED, ExportStatus.EXPIRED))
        forgotten = and_(ended, export_job.c.finished_at <= self.clock() - REMEMBERED)
        if await self._one(select(export_job.c.export_job_id).where(or_(over, forgotten)).limit(1)) is None:
            return
        async with self.store.writer.begin() as connection:
            await self._expire(connection, over)
            await connection.execute(delete(export_job).where(forgotten))

    async def keeping(self, numbers: Sequence[int]) -> set[int]:
        """Those jobs that have files, or may yet."""
        kept = export_job.c.status.in_((*WAITING, ExportStatus.DONE))
        found = select(export_job.c.export_job_id).where(kept)
        async with self.store.readers.connect() as connection:
            return set((await connection.scalars(found)).all()) & set(numbers)

    async def _expire(self, connection: AsyncConnection, which: ColumnElement[bool], **values: Any) -> None:
        numbers = select(export_job.c.export_job_id).where(which)
        await connection.execute(delete(export_file).where(export_file.c.export_job_id.in_(numbers)))
        finished = func.coalesce(export_job.c.finished_at, literal(self.clock(), Instant()))
        expired = {"status": ExportStatus.EXPIRED, "finished_at": finished, **_free(), **values}
        await connection.execute(update(export_job).where(which).values(expired))

    async def _change(self, connection: AsyncConnection, claimed: Claimed, **values: Any) -> None:
        mine = and_(export_job.c.export_job_id == claimed.number, export_job.c.claim == claimed.claim)
        changed = await connection.execute(update(export_job).where(mine).values(values))
        if not changed.rowcount:
            raise ClaimLost(f"export {claimed.number} is no longer this worker's")

    async def _claimed(self, row: Row[Any], claim: str) -> Claimed:
        asked = Asked(
            row.document,
            json.loads(row.variables),
            row.format,
            row.page,
            row.page_cost,
            Pin(row.epoch, row.day),
        )
        progress = Progress(row.cursor, len(await self.files(row.export_job_id)), row.rows, row.bytes, row.cost)
        return Claimed(
            row.export_job_id, row.key_id, asked, claim, row.attempts + 1, row.started_at or self.clock(), progress
        )

    async def _one(self, found: Any) -> Row[Any] | None:
        async with self.store.readers.connect() as connection:
            return (await connection.execute(found)).one_or_none()

    def _until(self) -> datetime:
        return self.clock() + timedelta(seconds=self.claim_seconds)


def _is_free(now: datetime) -> ColumnElement[bool]:
    """Nobody's job: it waits, or who had it said nothing for too long."""
    job = export_job.c
    return or_(job.status == ExportStatus.QUEUED, and_(job.status == ExportStatus.RUNNING, job.claimed_until <= now))


def _next(now: datetime) -> Any:
    """The oldest job that is free, of a client none of whose jobs runs."""
    running = export_job.alias("running")
    busy = exists().where(
        running.c.account == export_job.c.account,
        running.c.status == ExportStatus.RUNNING,
        running.c.claimed_until > now,
    )
    return select(export_job).where(_is_free(now), ~busy).order_by(export_job.c.export_job_id).limit(1)


def _free() -> dict[str, None]:
    """In nobody's hands."""
    return {"claim": None, "claimed_until": None}


def _heard(now: datetime) -> ColumnElement[Any]:
    """When to tell that a job ended, NULL where nobody wants to be told."""
    return case((export_job.c.webhook_url.is_not(None), literal(now, Instant())))


def _columns(asked: Asked) -> dict[str, Any]:
    return {
        "document": asked.document,
        "variables": json.dumps(asked.variables),
        "format": asked.format,
        "page": asked.page,
        "page_cost": asked.page_cost,
        "epoch": asked.pin.epoch,
        "day": asked.pin.day,
        "webhook_url": asked.webhook_url,
        "secret": secrets.token_hex(32),
        "status": ExportStatus.QUEUED,
        "attempts": 0,
        "rows": 0,
        "bytes": 0,
        "cost": 0,
        "tell_attempts": 0,
    }
