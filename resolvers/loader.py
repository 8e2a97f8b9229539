"""One small mend of aiodataloader: a cancelled or failing sibling never takes the others with it."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, TypeVar, cast

from aiodataloader import DataLoader

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BatchCancelled(RuntimeError):
    """A batch was cancelled from within; its waiters get this instead of hanging."""


class Loader(Generic[K, V]):
    """Values of keys, gathered into one call of `fetch` per turn of the loop.

    Built inside a request: aiodataloader binds the running loop.
    """

    def __init__(self, fetch: Callable[[list[K]], Awaitable[list[V]]]) -> None:
        async def guarded(keys: list[K]) -> list[V]:
            try:
                return await fetch(keys)
            except asyncio.CancelledError as error:
                raise BatchCancelled("the batch was cancelled") from error

        self._inner: DataLoader[K, V] = DataLoader(cast("Any", guarded))

    async def load(self, key: K) -> V:
        """The value of one key; shielded, so that one cancelled waiter leaves the others theirs."""
        future = self._inner.load(key)
        if future.cancelled():
            self._inner.clear(key)
            future = self._inner.load(key)
        return await asyncio.shield(future)
