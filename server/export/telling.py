"""Tells the address that an order named how its export ended: one signed message, sent again until it is taken."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import random
from typing import Any

import structlog
from sqlalchemy import Row, select, update

from models.export import export_job
from models.store import Store
from models.vocabulary import ExportStatus
from resolvers.export import TYPE
from resolvers.identity import global_id
from server.export.counts import MESSAGES
from server.outbound import Message, Outbound
from server.signing import secret_of
from server.webhooks.message import body_of
from server.webhooks.schedule import next_attempt, outcome_of

AT_ONCE = 8
# Longer than a message may take: what a process died over is sent by another then.
IN_FLIGHT = timedelta(seconds=60)
TYPES = {ExportStatus.DONE: "export.done", ExportStatus.EXPIRED: "export.done", ExportStatus.FAILED: "export.failed"}

log = structlog.get_logger("server.export")


@dataclass(frozen=True, slots=True)
class Telling:
    """Of one store. `chance` draws from 0 to 1; `offered`: whether this server sends any message at all."""

    store: Store
    outbound: Outbound
    pepper: str
    clock: Callable[[], datetime]
    chance: Callable[[], float] = random
    offered: bool = True

    async def tell(self) -> None:
        """Send what is due, a few at once, each by one process; one that can't be sent holds up no other."""
        if self.offered:
            await asyncio.gather(*(self._try_to_tell(row) for row in await self._due()))

    async def _due(self) -> Sequence[Row[Any]]:
        due = select(export_job).where(export_job.c.tell_at <= self.clock()).order_by(export_job.c.tell_at)
        async with self.store.readers.connect() as connection:
            return (await connection.execute(due.limit(AT_ONCE))).all()

    async def _try_to_tell(self, row: Row[Any]) -> None:
        try:
            await self._tell(row)
        except Exception:
            # It is sent again: the receiver knows it by its id.
            log.exception("what came of an export can't be told yet", export=row.export_job_id)

    async def _tell(self, row: Row[Any]) -> None:
        now = self.clock()
        if not await self._mark(row, row.tell_at, now + IN_FLIGHT, row.tell_attempts + 1):
            return
        keys = [secret_of(self.pepper, row.secret)]
        reply = await self.outbound.post(row.webhook_url, Message(f"export_{row.export_job_id}", body(row), keys, now))
        again = None
        if not reply.taken and not reply.gone:
            again = next_attempt(row.finished_at, row.tell_attempts + 1, self.clock(), self.chance())
        await self._mark(row, now + IN_FLIGHT, again, row.tell_attempts + 1)
        MESSAGES.labels(outcome_of(reply, again)).inc()

    async def _mark(self, row: Row[Any], was: datetime, next_at: datetime | None, attempts: int) -> bool:
        """Whether it was still this process's to say when it is told next."""
        mine = (export_job.c.export_job_id == row.export_job_id, export_job.c.tell_at == was)
        async with self.store.writer.begin() as connection:
            marked = await connection.execute(
                update(export_job).where(*mine).values(tell_at=next_at, tell_attempts=attempts)
            )
        return bool(marked.rowcount)


def body(row: Row[Any]) -> bytes:
    """What is told of a job that ended; its files are had from `exportJob`, with a key."""
    told = {"id": global_id(TYPE, row.export_job_id), "rows": row.rows, "bytes": row.bytes, "epoch": row.epoch}
    return body_of(TYPES[row.status], row.finished_at, {**told, "error": row.error})
