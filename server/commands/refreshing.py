"""Syncs again and again: with what is planned written down, and beside a server in a thread of its own."""

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog

from models.store import Store
from server.commands.failure import EXPECTED, sentence_of
from server.commands.upstreams import gate_of, upstreams_of
from server.settings import Settings
from server.tracing import tracing
from sync import pipeline
from sync.report import note_next

log = structlog.get_logger("server.refreshing")

# A thread that answers waits for its turn no longer than this while the other computes; Python's own choice is five
# times as long.
TURN_SECONDS = 0.001


async def repeat(store: Store, once: Callable[[], Awaitable[object]], every: timedelta) -> None:
    """Run `once` every so often, and let readers of the store know when it is next."""

    async def planned(wait: timedelta) -> None:
        try:
            await note_next(store, datetime.now(UTC) + wait)
        except EXPECTED as error:
            log.warning("the next sync can't be written down", error=sentence_of(error))

    await pipeline.repeat(once, every, planned=planned)


@contextmanager
def refreshing(settings: Settings, every: timedelta | None) -> Generator[None, None, None]:
    """Within, this process syncs every so often, at once for the first time; None does nothing.

    In a loop of its own: reading never waits for it, and a server that ends does not either, as a sync may end
    anywhere.
    """
    if every is None:
        yield
        return
    sys.setswitchinterval(TURN_SECONDS)
    beside = _Beside(settings, every)
    threading.Thread(target=beside.run, name="sync", daemon=True).start()
    try:
        yield
    finally:
        beside.end()


class _Beside:
    """A sync that repeats, in a thread."""

    def __init__(self, settings: Settings, every: timedelta) -> None:
        self.settings, self.every = settings, every
        self._begun, self._over = threading.Event(), threading.Event()

    def run(self) -> None:
        try:
            asyncio.run(self._repeat())
        finally:
            self._over.set()

    def end(self) -> None:
        """Stop at the next point where it waits, and wait for that a little."""
        if self._begun.wait(1):
            self._loop.call_soon_threadsafe(self._ending.set)
        self._over.wait(self.settings.shutdown_seconds)

    async def _repeat(self) -> None:
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        self._begun.set()
        store = Store(self.settings.database_url.get_secret_value())
        syncing = asyncio.create_task(repeat(store, lambda: self._once(store), self.every))
        ending = asyncio.create_task(self._ending.wait())
        try:
            async with tracing(self.settings.otel_endpoint):
                await asyncio.wait((syncing, ending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            syncing.cancel()
            await asyncio.wait((syncing,))
            await store.close()

    async def _once(self, store: Store) -> None:
        try:
            report = await pipeline.sync(store, upstreams_of(self.settings), gate=gate_of(self.settings))
        except EXPECTED as error:
            log.warning("sync failed", error=sentence_of(error))
            return
        statuses = {line.source: line.status for line in report.lines}
        log.info("sync", epoch=report.epoch, error=report.error, **statuses)
