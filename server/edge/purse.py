"""What callers may spend: points taken from their buckets, given back, and counted."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from graph.refusal import Refused, refused
from resolvers.caller import Caller
from server.edge.bucket import Allowance, Buckets, Standing
from server.edge.counts import DENIALS
from server.edge.fault import Fault
from server.edge.settings import EdgeSettings
from server.edge.usage import Usage

PARTNER = 10


@dataclass(frozen=True, slots=True)
class Purses:
    """The points of all callers."""

    settings: EdgeSettings
    buckets: Buckets
    usage: Usage

    async def charge(self, caller: Caller, points: int) -> Standing:
        """Take points from the caller's bucket; raises Fault 429 when it can't pay."""
        allowance, spending = self.allowance(caller), caller.spending
        spending.capacity, spending.restore_rate = allowance.capacity, allowance.rate
        if not self.limited(caller):
            spending.remaining = allowance.capacity
            return Standing(True, allowance.capacity)
        standing = await self.buckets.charge(caller.account, allowance, points)
        spending.remaining = standing.left
        missing = (allowance.capacity - standing.left) / allowance.rate
        spending.reset_at = datetime.now(UTC) + timedelta(seconds=missing)
        if not standing.allowed:
            DENIALS.labels(caller.tier).inc()
            raise _rate_limited(allowance, standing)
        return standing

    async def charge_point(self, caller: Caller) -> None:
        """What a request costs that is not executed: reading it was work."""
        self.usage.count(caller, 1, refused=True)
        await self.charge(caller, 1)

    async def pay(self, caller: Caller, points: int) -> None:
        """For what a subscription looks through; raises Fault, and Refused for more than an operation may cost."""
        limit = self.most_cost(caller)
        if points > limit:
            raise too_dear(f"To go on from there costs {points} points, {limit} are allowed.", points, limit)
        await self.charge(caller, points)
        self.usage.count(caller, points, requests=0)

    async def refund(self, caller: Caller, paid: Standing, points: int) -> int:
        """Points left to the caller."""
        if points <= 0 or not paid.charged:
            return paid.left
        return await self.buckets.refund(caller.account, self.allowance(caller), paid, points)

    def allowance(self, caller: Caller) -> Allowance:
        """What a caller's tier may spend."""
        said = self.settings
        if caller.key_id is None:
            return Allowance(said.anonymous_capacity, said.anonymous_rate)
        times = PARTNER if caller.tier == "partner" else 1
        return Allowance(said.key_capacity * times, said.key_rate * times)

    def most_cost(self, caller: Caller) -> int:
        return self.settings.max_cost if caller.key_id is None else self.settings.max_cost_with_key

    def rate_headers(self, caller: Caller) -> dict[str, str]:
        """What is left to a caller, none for one without a limit."""
        limited = self.limited(caller)
        return rate_headers(self.allowance(caller), caller.spending.remaining) if limited else {}

    def limited(self, caller: Caller) -> bool:
        """Whether the rate limit holds a caller."""
        return self.settings.rate_limit == "on" or (self.settings.rate_limit == "auto" and caller.tier != "local")


def too_dear(message: str, found: int, limit: int) -> Refused:
    """What costs more than one operation may."""
    return refused("COST_LIMIT_EXCEEDED", message, found=found, limit=limit)


def _rate_limited(allowance: Allowance, standing: Standing) -> Fault:
    wait = max(1, ceil(standing.wait))
    headers = {"retry-after": str(wait), **rate_headers(allowance, standing.left, wait)}
    return Fault(429, "RATE_LIMITED", f"There are {standing.left} points left: try again in {wait} s.", headers)


def rate_headers(allowance: Allowance, left: int, wait: int = 0) -> dict[str, str]:
    """As the IETF draft names them: a policy of points in the seconds a bucket takes to fill, and what is left."""
    window = ceil(allowance.capacity / allowance.rate)
    return {
        "ratelimit-policy": f'"points";q={allowance.capacity};w={window}',
        "ratelimit": f'"points";r={left};t={wait}',
    }
