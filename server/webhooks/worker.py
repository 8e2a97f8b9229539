"""The one process of a store that tells its webhooks, and how it comes to be that one."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.lock import TELLING, Locked, exclusively, still_held
from models.store import Store
from server.webhooks.counts import LOOKS_FAILED, PENDING
from server.webhooks.dispatch import Dispatch
from server.webhooks.evaluation import Evaluation
from server.webhooks.outbox import tidy

# Between two looks at what is due, unless something happens before.
EVERY_SECONDS = 1.0
# Until a process that another is before tries again to be the one.
PATIENCE_SECONDS = 5.0
TIDY = timedelta(minutes=1)

log = structlog.get_logger(__name__)


class Worker:
    """Looks epochs through and sends messages, while no other process does. `newest` is the newest epoch, if any.

    `ending` is set when the server is told to end: what is on its way may arrive, and nothing else is begun.
    """

    def __init__(
        self,
        store: Store,
        evaluation: Evaluation,
        dispatch: Dispatch,
        newest: Callable[[], int | None],
        ending: asyncio.Event,
        kept: timedelta,
    ) -> None:
        self.store, self.evaluation, self.dispatch, self.newest = store, evaluation, dispatch, newest
        self.ending, self.kept = ending, kept
        self._leaving = asyncio.Event()
        self._tidied: datetime | None = None
        self._looking: asyncio.Task[None] | None = None

    def stopping(self) -> bool:
        return self._leaving.is_set() or self.ending.is_set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """Within, it works; it is not cancelled at the end, for a statement would outlive its loop."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._leaving.set()
            self.dispatch.freed.set()
            await task

    async def _run(self) -> None:
        while not self.stopping():
            try:
                async with self.store.writer.connect() as connection, exclusively(connection, TELLING):
                    await self._work(connection)
            except Locked:
                pass
            except (SQLAlchemyError, OSError) as error:
                log.warning("webhooks can't be told just now", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._leaving.wait(), PATIENCE_SECONDS)

    async def _work(self, connection: AsyncConnection) -> None:
        try:
            while not self.stopping():
                await still_held(connection)
                await self.turn()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.dispatch.freed.wait(), EVERY_SECONDS)
        finally:
            await self.dispatch.finish()
            if self._looking is not None:
                await asyncio.wait([self._looking])
            PENDING.set(0)

    async def turn(self) -> None:
        """Begin what there is to do; a look that takes long holds up no message."""
        now = self.dispatch.now()
        if self._tidied is None or now - self._tidied >= TIDY:
            PENDING.set(await tidy(self.store, now, self.kept))
            self._tidied = now
        newest = self.newest()
        if newest is not None and (self._looking is None or self._looking.done()):
            self._looking = asyncio.create_task(self._look(newest))
        await self.dispatch.start()

    async def _look(self, newest: int) -> None:
        """Nobody waits for what comes of it: a failure is told here, and the next turn looks again."""
        try:
            await self.evaluation.look(newest)
        except Exception:
            LOOKS_FAILED.inc()
            log.exception("epochs can't be looked through for webhooks", newest=newest)
