"""Values kept for an epoch: bounded in bytes, made once however many ask at the same time."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, Generic, TypeAlias, TypeVar, cast

from graph.plan.weight import weigh

V = TypeVar("V")
Make: TypeAlias = Callable[[list[Hashable]], Awaitable[Sequence[V]]]
"""Values of keys, in their order."""

# One entry of the ordered dict and its key tuple, as measured with tracemalloc.
ENTRY_BYTES = 250


class Cache(Generic[V]):
    """Values by (epoch, ...) keys, least recently used out first.

    Nothing is ever invalidated: a key names its epoch, and `forget_before` drops those that have left.
    A failure reaches everyone who waits for it and is not kept.
    """

    def __init__(self, limit_bytes: int, keep: Callable[[V], bool] = lambda v: not isinstance(v, Exception)) -> None:
        self.limit_bytes = limit_bytes
        self.size_bytes = 0
        self.hits = 0
        self.misses = 0
        self._keep = keep
        self._entries: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._flights: dict[Hashable, asyncio.Task[dict[Hashable, V]]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def peek(self, key: Hashable, default: Any = None) -> V | Any:
        """The value if it is kept, now the most recently used."""
        entry = self._entries.get(key)
        if entry is None:
            self.misses += 1
            return default
        self.hits += 1
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: Hashable, value: V, bytes_: int | None = None) -> None:
        """Keep a value if it fits at all; the least recently used go until everything fits.

        `bytes_`: what key and value weigh, estimated where it is not said.
        """
        size = ENTRY_BYTES + (weigh(key) + weigh(value) if bytes_ is None else bytes_)
        if key in self._entries:
            self._remove(key)
        if size > self.limit_bytes:
            return
        self._entries[key] = (value, size)
        self.size_bytes += size
        while self.size_bytes > self.limit_bytes:
            self._remove(next(iter(self._entries)))

    def is_on_its_way(self, key: Hashable) -> bool:
        """Whether a value of the key is being made."""
        return key in self._flights

    async def one(self, key: Hashable, make: Callable[[], Awaitable[V]]) -> V:
        """The value of one key, made if it is neither kept nor on its way."""

        async def make_one(_: list[Hashable]) -> Sequence[V]:
            return [await make()]

        return (await self.many([key], make_one))[0]

    async def many(self, keys: Sequence[Hashable], make: Make[V]) -> list[V]:
        """Values of distinct keys in their order; `make` is called at most once, with those missing.

        The making runs in its own task: a caller that is cancelled does not take the others with it.
        """
        found: dict[Hashable, V] = {}
        awaited: set[asyncio.Task[dict[Hashable, V]]] = set()
        missing: list[Hashable] = []
        for key in keys:
            if key in self._entries:
                found[key] = self.peek(key)
            elif key in self._flights:
                awaited.add(self._flights[key])
            else:
                missing.append(key)
        if missing:
            self.misses += len(missing)
            awaited.add(self._start(missing, make))
        for task in awaited:
            found.update(await asyncio.shield(task))
        return [found[key] for key in keys]

    def forget_before(self, epoch: int) -> None:
        """Drop what belongs to older epochs; values of them still being made are returned but not kept."""
        for key in [key for key in self._entries if _epoch(key) < epoch]:
            self._remove(key)
        for key in [key for key in self._flights if _epoch(key) < epoch]:
            del self._flights[key]

    def _start(self, keys: list[Hashable], make: Make[V]) -> asyncio.Task[dict[Hashable, V]]:
        task = asyncio.ensure_future(self._fly(keys, make))
        for key in keys:
            self._flights[key] = task
        # Everyone may have been cancelled by the time it fails: the failure counts as seen.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task

    async def _fly(self, keys: list[Hashable], make: Make[V]) -> dict[Hashable, V]:
        task = asyncio.current_task()
        landed: list[Hashable] = []
        try:
            made = dict(zip(keys, await make(keys), strict=True))
        finally:
            for key in keys:
                if self._flights.get(key) is task:
                    del self._flights[key]
                    landed.append(key)
        for key in landed:
            if self._keep(made[key]):
                self.put(key, made[key])
        return made

    def _remove(self, key: Hashable) -> None:
        self.size_bytes -= self._entries.pop(key)[1]


def _epoch(key: Hashable) -> int:
    return cast("tuple[int, ...]", key)[0]
