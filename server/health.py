"""The status of a store for whoever wants to know it: asked once a second at most, and not waited for for ever."""

import asyncio
import time
from collections.abc import Callable

from models.store import Store
from server.status import Status, status_of

# Balancers, orchestrators and Prometheus ask more often than anything changes.
LASTS_SECONDS = 1.0
# Who asks whether a server is ready gives up soon.
PATIENCE_SECONDS = 2.0


class Health:
    """The status of one store."""

    def __init__(
        self, store: Store, patience: float = PATIENCE_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.store, self.patience, self.clock = store, patience, clock
        self._known, self._until = Status(), 0.0
        self._asking: asyncio.Task[Status] | None = None

    async def status(self) -> Status:
        """Up to a second old; never raises, and never waits for a store that does not answer."""
        if self.clock() < self._until:
            return self._known
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        asking = self._asking
        done, _ = await asyncio.wait({asking}, timeout=self.patience)
        return asking.result() if done else Status("the store does not answer")

    async def close(self) -> None:
        """Wait for a question under way: its statement would outlive the loop."""
        if self._asking is not None:
            await asyncio.wait({self._asking})

    async def _ask(self) -> Status:
        try:
            self._known = await status_of(self.store)
            self._until = self.clock() + LASTS_SECONDS
            return self._known
        finally:
            self._asking = None
