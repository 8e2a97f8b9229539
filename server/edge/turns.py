"""How many operations run at once in a worker, and how many may wait."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from server.edge.counts import RUNNING, WAITING
from server.edge.fault import Fault


class Turns:
    """`running` at once, `waiting` more in a queue; anyone else is told to come again."""

    def __init__(self, running: int, waiting: int) -> None:
        self.most_waiting, self.waiting = waiting, 0
        self._free = asyncio.Semaphore(running)

    @asynccontextmanager
    async def one(self) -> AsyncGenerator[None, None]:
        """Within, it is the caller's turn; raises Fault 503 when the queue is full."""
        if self._free.locked():
            if self.waiting >= self.most_waiting:
                raise Fault(503, "OVERLOADED", "The server is busy.", {"retry-after": "1"})
            self.waiting += 1
            try:
                with WAITING.track_inprogress():
                    await self._free.acquire()
            finally:
                self.waiting -= 1
        else:
            await self._free.acquire()
        try:
            with RUNNING.track_inprogress():
                yield
        finally:
            self._free.release()
