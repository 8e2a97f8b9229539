"""What one request carries: the epoch it is pinned to, its loaders, and values it shares with other requests."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol, TypeAlias, TypeVar, cast

import strawberry

from models.epoch import AsOf, Pin
from models.span import span
from models.store import Reader, Store
from resolvers.errors import BadCursor, BadInput
from resolvers.loader import Loader
from resolvers.news import News
from resolvers.paging import epoch_of_cursor

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Batch: TypeAlias = Callable[[Reader, Sequence[K]], Awaitable[Sequence[V]]]
"""Answers many keys at once: values in the order of the keys, one for each."""

Paying: TypeAlias = Callable[[int], Awaitable[None]]
"""Takes points from the caller for work that no field of an answer stands for; raises what ends it if they are not
there."""

Where: TypeAlias = tuple[str | int, ...]
"""The place of a field in an answer: response keys and list positions from the root."""

# More would let one wide request take every read connection of a worker.
CONCURRENT_BATCHES = 4

# Windows around these days stay within the calendar.
EARLIEST_DAY, LATEST_DAY = date(1970, 1, 1), date(2199, 12, 31)


B = TypeVar("B", bound=Callable[..., object])


def unshared(batch: B) -> B:
    """Mark a batch whose values change within an epoch: they are read anew for every request."""
    marked: Any = batch
    marked.unshared = True
    return batch


class BatchMismatch(RuntimeError):
    """A batch returned another number of values than it was given keys."""


class Shared(Protocol):
    """Batch values kept between requests by (epoch, day, batch, key)."""

    async def many(
        self, keys: Sequence[Hashable], make: Callable[[list[Hashable]], Awaitable[Sequence[Any]]]
    ) -> list[Any]: ...


async def _free(points: int) -> None:
    """Nobody counts."""


@dataclass(slots=True)
class Context:
    """One request. It reads at `pin`, but below a field that names another epoch (`at`, or a cursor's).

    `shared` keeps batch values between the requests of an epoch; None without caches. `caller` is who asks.
    `news` tells subscriptions of new epochs, and `pay` is asked before they look through any. `turns` bounds the
    batches that read at once. `exports` and `webhooks` take orders: a
    resolvers.export.Desk, a resolvers.webhook_order.Desk. `state` differs where answers of one epoch may: after another
    run, or when epochs have left.
    """

    store: Store
    pin: Pin
    shared: Shared | None = None
    caller: Any = None
    news: News = field(default_factory=News)
    webhooks: Any = None
    pay: Paying = _free
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONCURRENT_BATCHES))
    exports: Any = None
    state: str = ""
    pins: dict[Where, Pin] = field(default_factory=dict[Where, Pin])
    _loaders: dict[Any, Loader[Any, Any]] = field(default_factory=dict[Any, Any], init=False)

    def move(self, pin: Pin) -> None:
        """Read at another pin from here on: between two events of a subscription, which are requests of their own."""
        self.pin = pin
        self.pins.clear()
        self._loaders.clear()

    def pin_at(self, where: Where) -> Pin:
        """The pin in force at a place of the answer: that of the nearest field above that set one."""
        if self.pins:
            for length in range(len(where), 0, -1):
                if where[:length] in self.pins:
                    return self.pins[where[:length]]
        return self.pin

    def stays(self, pin: Pin, at: AsOf | None, after: str | None) -> bool:
        """Whether a field called with `at` or `after` reads at `pin`, where that is in force; raises ApiError."""
        return at is None and (after is None or epoch_of_cursor(after) == pin.epoch)

    async def repin(self, pin: Pin, at: AsOf | None, after: str | None) -> Pin:
        """The pin of a field called with `at` or `after` where `pin` is in force; raises EpochError, ApiError."""
        if at is not None:
            if at.day is not None and not EARLIEST_DAY <= at.day <= LATEST_DAY:
                raise BadInput(f"`at.day` must be from {EARLIEST_DAY} to {LATEST_DAY}, not {at.day}")
            pin = await self.store.resolve(at)
        if after is None:
            return pin
        epoch = epoch_of_cursor(after)
        if at is not None and epoch != pin.epoch:
            raise BadCursor(f"this cursor belongs to epoch {epoch}, but `at` means epoch {pin.epoch}")
        return pin if epoch == pin.epoch else (await self.store.resolve(AsOf(epoch=epoch, day=pin.day)))

    async def load(self, batch: Batch[K, V], key: K | None, pin: Pin) -> V | None:
        """`batch`'s value for `key` at `pin`, fetched with every other key now waiting; None for a key of None."""
        if key is None:
            return None
        if (batch, pin) not in self._loaders:

            async def fetch(keys: list[K]) -> list[V]:
                return await self.fetch(batch, keys, pin)

            self._loaders[batch, pin] = Loader(fetch)
        return cast("V", await self._loaders[batch, pin].load(key))

    async def fetch(self, batch: Batch[K, V], keys: Sequence[K], pin: Pin) -> list[V]:
        """Values of distinct keys in their order: at most one call of the batch."""
        if self.shared is None or getattr(batch, "unshared", False):
            return await self._read(batch, keys, pin)

        async def make(missing: list[Hashable]) -> Sequence[V]:
            return await self._read(batch, [cast("tuple[int, Any, Any, K]", key)[3] for key in missing], pin)

        return await self.shared.many([(pin.epoch, pin.day, batch, key) for key in keys], make)

    async def _read(self, batch: Batch[K, V], keys: Sequence[K], pin: Pin) -> list[V]:
        name = getattr(batch, "__name__", type(batch).__name__)
        with span(f"batch {name}", {"accrual.keys": len(keys), "accrual.epoch": pin.epoch}):
            async with self.turns, self.store.reading(pin) as reader:
                values = list(await batch(reader, keys))
        if len(values) != len(keys):
            raise BatchMismatch(f"{name}: {len(keys)} keys, {len(values)} values")
        return values


Info: TypeAlias = strawberry.Info[Context, None]
