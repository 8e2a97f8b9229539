"""A hint that an epoch is published: PostgreSQL tells those who listen. Nothing relies on being told."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog

from models.publication import CHANNEL
from models.store import Store

# Between a connection that is lost and the next.
PAUSE_SECONDS = 5.0

log = structlog.get_logger("server.listening")


class Listening:
    """Calls `heard` at each publish that a store of PostgreSQL tells of, and each time it begins to listen.

    It holds one connection. When that is lost, and on a store that can't be listened to (a replica, a pooler between),
    it tries again after a pause; of a row of failures the first is logged.
    """

    def __init__(self, store: Store, heard: Callable[[], None], pause: float = PAUSE_SECONDS) -> None:
        self.store, self.heard, self.pause = store, heard, pause
        self.failing = False

    async def until(self, leaving: asyncio.Event) -> None:
        """Not to be cancelled: a statement under way would outlive its loop."""
        while not leaving.is_set():
            try:
                await self._listen(leaving)
            except Exception as error:
                # Whatever it is that ails the connection, the store is asked for its newest epoch all the same.
                if not self.failing:
                    log.warning("the store can't be listened to", error=type(error).__name__)
                self.failing = True
            with suppress(TimeoutError):
                await asyncio.wait_for(leaving.wait(), self.pause)

    async def _listen(self, leaving: asyncio.Event) -> None:
        """Until the connection is lost, or it is time to leave."""
        lost = asyncio.Event()
        async with self.store.writer.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            try:
                driver.add_termination_listener(lambda _: lost.set())
                await driver.add_listener(CHANNEL, lambda *_: self.heard())
                self.failing = False
                self.heard()
                await _first(lost, leaving)
            finally:
                # Closed, and not given back to anyone who would not expect to be told of epochs.
                await connection.invalidate()


async def _first(*events: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()
