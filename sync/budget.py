"""How fast a host may be asked: so much a minute, and so many at once."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

MINUTE = 60.0
# Of a minute's budget a sixth may go at once and the rest is spread, so that no minute ever holds more than the
# budget, wherever it begins.
AT_ONCE = 1 / 6

Sleep = Callable[[float], Awaitable[object]]


class Budget:
    """The budget of one host, shared by all that ask it. A request weighs 1 unless the host weighs them otherwise."""

    def __init__(
        self, per_minute: int, concurrent: int, now: Callable[[], float] | None = None, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._seconds = MINUTE / (per_minute * (1 - AT_ONCE))
        self._ahead = per_minute * AT_ONCE * self._seconds
        self._due = 0.0
        self._slots = asyncio.Semaphore(concurrent)
        self._now = now or asyncio.get_running_loop().time
        self._sleep = sleep

    @asynccontextmanager
    async def spent(self, weight: float = 1) -> AsyncGenerator[None, None]:
        """A slot, once the budget has room for the weight."""
        async with self._slots:
            self.charge(weight)
            wait = self._due - self._now() - self._ahead
            if wait > 0:
                await self._sleep(wait)
            yield

    def charge(self, weight: float) -> None:
        """Weight known only from the answer: those who ask next wait for it."""
        self._due = max(self._due, self._now()) + weight * self._seconds
