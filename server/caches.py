"""What the caches hold and how often they answer, told to Prometheus every few seconds by each worker."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

from prometheus_client import Counter, Gauge

from graph.plan.cache import Cache
from graph.plan.kept import Kept

EVERY_SECONDS = 5.0

HITS = Counter("accrual_cache_hits", "Values found in a cache.", ["cache"])
MISSES = Counter("accrual_cache_misses", "Values that were not in a cache and had to be made.", ["cache"])
BYTES = Gauge("accrual_cache_bytes", "Bytes that a cache holds, estimated.", ["cache"], multiprocess_mode="livesum")
ENTRIES = Gauge("accrual_cache_entries", "Values that a cache holds.", ["cache"], multiprocess_mode="livesum")
FELL_BACK = Counter(
    "accrual_plan_fell_back", "Queries that a compiled plan left to graphql-core, by the reason.", ["reason"]
)


def fell_back(reason: str) -> None:
    """Counted by the kind of reason alone: its text may quote a request."""
    FELL_BACK.labels(reason.partition(":")[0]).inc()


class Caches:
    """The caches of one worker by name, and what was last told of them."""

    def __init__(self, kept: Kept | None) -> None:
        self._caches: dict[str, Cache[Any]] = {}
        if kept is not None:
            self._caches = {
                "answers": kept.answers,
                "values": kept.values,
                "fragments": kept.written,
                "columns": kept.columns,
                "sent": kept.sent,
            }
        self._told = dict.fromkeys(self._caches, (0, 0))

    def tell(self) -> None:
        """Add what happened since the last time."""
        for name, cache in self._caches.items():
            hits, misses = self._told[name]
            HITS.labels(name).inc(cache.hits - hits)
            MISSES.labels(name).inc(cache.misses - misses)
            BYTES.labels(name).set(cache.size_bytes)
            ENTRIES.labels(name).set(len(cache))
            self._told[name] = cache.hits, cache.misses

    @asynccontextmanager
    async def telling(self) -> AsyncGenerator[None, None]:
        """Tells every few seconds until left."""
        task = asyncio.create_task(self._tell_on())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _tell_on(self) -> None:
        while True:
            self.tell()
            await asyncio.sleep(EVERY_SECONDS)
