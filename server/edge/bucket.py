"""What a caller may spend: token buckets of points, in Redis for all workers, else in this process."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.edge.counts import REDIS_FAILURES

log = structlog.get_logger(__name__)

# Charges (or, below zero, refunds) a bucket by the server's own clock, so that workers need not agree on one.
# A bucket that would be full again is forgotten. Answers whether it could pay, what is left, and the wait in ms.
CHARGE = """
local capacity, rate, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'left', 'at')
local left, at = tonumber(kept[1] or capacity), tonumber(kept[2] or now)
left = math.min(capacity, left + math.max(0, now - at) * rate / 1000)
local allowed = cost <= left
if allowed then left = math.min(capacity, left - cost) end
redis.call('HSET', KEYS[1], 'left', tostring(left), 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil((capacity - left) * 1000 / rate) + 1000)
local wait = 0
if not allowed then wait = math.ceil((cost - left) * 1000 / rate) end
return {allowed and 1 or 0, math.floor(left), wait}
"""

# After Redis failed it is left alone for so long, so that no request waits for it to fail again.
REST_SECONDS = 5.0
# Each worker may give this part of a bucket while none knows what the others give.
ALONE = 4


@dataclass(frozen=True, slots=True)
class Allowance:
    """A bucket's size in points, and how many come back a second."""

    capacity: int
    rate: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a charge was paid, the points left, and the seconds until it could be if it was not.

    `charged` is what was taken, which is less than was asked for where a bucket is smaller than that; `shared`
    says that it was taken in Redis.
    """

    allowed: bool
    left: int
    wait: float = 0.0
    charged: int = 0
    shared: bool = False


class Buckets(Protocol):
    """Charges points, and gives back what was charged and not used."""

    async def charge(self, account: str, allowance: Allowance, points: int) -> Standing: ...

    async def refund(self, account: str, allowance: Allowance, paid: Standing, points: int) -> int:
        """Points left afterwards; never more than was charged comes back."""
        ...

    async def close(self) -> None: ...


class LocalBuckets:
    """Buckets of this process, the longest untouched out first."""

    def __init__(self, most: int = 10_000, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.clock = most, clock
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def charge(self, account: str, allowance: Allowance, points: int) -> Standing:
        now = self.clock()
        left, at = self._kept.pop(account, (float(allowance.capacity), now))
        left = min(allowance.capacity, left + max(0.0, now - at) * allowance.rate)
        allowed = points <= left
        if allowed:
            left = min(allowance.capacity, left - points)
        self._kept[account] = (left, now)
        if len(self._kept) > self.most:
            self._kept.popitem(last=False)
        wait = 0.0 if allowed else (points - left) / allowance.rate
        return Standing(allowed, int(left), wait, points if allowed else 0)

    async def refund(self, account: str, allowance: Allowance, paid: Standing, points: int) -> int:
        return (await self.charge(account, allowance, -min(points, paid.charged))).left

    async def close(self) -> None:
        """There is nothing to let go of."""


class RedisBuckets:
    """Buckets that all workers share; raises RedisError when Redis is away."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._charge = redis.register_script(CHARGE)

    async def charge(self, account: str, allowance: Allowance, points: int) -> Standing:
        allowed, left, wait = await self._charge(
            keys=[f"accrual:bucket:{account}"], args=[allowance.capacity, allowance.rate, points]
        )
        return Standing(bool(allowed), int(left), wait / 1000, points if allowed else 0, shared=True)

    async def refund(self, account: str, allowance: Allowance, paid: Standing, points: int) -> int:
        return (await self.charge(account, allowance, -min(points, paid.charged))).left

    async def close(self) -> None:
        await self._redis.aclose()


class SharedBuckets:
    """Redis while it is there; without it a part of each bucket in this process, rather than no limit or no answers."""

    def __init__(self, redis: RedisBuckets, local: LocalBuckets, clock: Callable[[], float] = time.monotonic) -> None:
        self.redis, self.local, self.clock = redis, local, clock
        self.alone_until = 0.0

    @property
    def alone(self) -> bool:
        return self.clock() < self.alone_until

    async def charge(self, account: str, allowance: Allowance, points: int) -> Standing:
        if not self.alone:
            try:
                return await self.redis.charge(account, allowance, points)
            except (RedisError, OSError) as error:
                self._rest(error)
        part = _part(allowance)
        return await self.local.charge(account, part, min(points, part.capacity))

    async def refund(self, account: str, allowance: Allowance, paid: Standing, points: int) -> int:
        if not paid.shared:
            return await self.local.refund(account, _part(allowance), paid, points)
        try:
            return paid.left if self.alone else await self.redis.refund(account, allowance, paid, points)
        except (RedisError, OSError) as error:
            self._rest(error)
            return paid.left

    async def close(self) -> None:
        await self.redis.close()

    def _rest(self, error: Exception) -> None:
        self.alone_until = self.clock() + REST_SECONDS
        REDIS_FAILURES.inc()
        log.warning("redis is away, each worker limits by itself", error=type(error).__name__)


def _part(allowance: Allowance) -> Allowance:
    return Allowance(max(1, allowance.capacity // ALONE), max(1, allowance.rate // ALONE))


def buckets_of(redis_url: str | None) -> Buckets:
    """The buckets of a process: shared where there is a Redis."""
    if redis_url is None:
        return LocalBuckets()
    # Half a second each, or a request waits for a Redis that is gone longer than for its answer.
    redis = Redis.from_url(redis_url, socket_timeout=0.5, socket_connect_timeout=0.5)
    return SharedBuckets(RedisBuckets(redis), LocalBuckets())
