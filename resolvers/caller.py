"""Who asks, what they may still spend and what they have used: what the edge knows of a request, told on request."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, NamedTuple

from sqlalchemy import func, select

from models.caller import key_usage
from models.store import Reader
from resolvers.batching import many_each
from resolvers.context import Info, unshared
from resolvers.declare import Parent, argument, batched
from resolvers.errors import BadInput, KeyNeeded, ScopeMissing

# Usage is kept for good, and told for at most a year at once.
MOST_DAYS = 366


@dataclass(slots=True)
class Spending:
    """What this request costs and what is left to its caller. Points; `restore_rate` is points a second."""

    cost: int = 0
    objects: int = 0
    limit: int = 0
    capacity: int = 0
    remaining: int = 0
    restore_rate: int = 0
    breakdown: tuple["FieldSpending", ...] = ()
    reset_at: datetime | None = None
    key_id: str | None = None

    @property
    def node_count(self) -> int:
        return self.objects

    @property
    def restore_rate_per_second(self) -> int:
        return self.restore_rate


@dataclass(frozen=True, slots=True)
class FieldSpending:
    """What one field of the root costs, with all below it."""

    path: str
    cost: int


@dataclass(frozen=True, slots=True)
class Caller:
    """One who asks: a key's owner, or an address. `account` is what they are counted under.

    `reached`: the address of this server as a caller with a key wrote it, "" where it is not known.
    """

    account: str
    name: str | None = None
    key_id: str | None = None
    tier: str = "anonymous"
    scopes: tuple[str, ...] = ()
    documents: str = "open"
    expires_at: datetime | None = None
    reached: str = field(default="", compare=False)
    spending: Spending = field(default_factory=Spending, compare=False)

    def __post_init__(self) -> None:
        self.spending.key_id = self.key_id


class Client(NamedTuple):
    """Whom a key was given to."""

    name: str
    key_id: str
    account: str
    documents: str


@dataclass(frozen=True, slots=True)
class KeyUsage:
    """What a key used on one UTC day, up to a few seconds ago."""

    day: date
    requests: int
    refused: int
    points: int


def client_of(caller: Caller | None, scope: str) -> Client:
    """Who may have done what needs a key with a scope; raises KeyNeeded, ScopeMissing."""
    if caller is None or caller.key_id is None or caller.name is None:
        raise KeyNeeded(f"This needs an API key with the scope '{scope}'.")
    if scope not in caller.scopes:
        raise ScopeMissing(f"This key has not the scope '{scope}'.")
    return Client(caller.name, caller.key_id, caller.account, caller.documents)


async def resolve_rate_limit(
    info: Info,
    dry_run: Annotated[
        bool, argument("Only say what the operation would cost, and run none of its other fields.")
    ] = False,
) -> Spending:
    """What the request costs; that it ran dry was decided before."""
    caller: Caller = info.context.caller
    return caller.spending


async def resolve_viewer(info: Info) -> Caller | None:
    """The owner of the key, None without one."""
    caller: Caller | None = info.context.caller
    return caller if caller and caller.key_id else None


@unshared
async def usage_by_key(reader: Reader, keys: Sequence[tuple[str, int]]) -> list[list[KeyUsage]]:
    """Usage of each (key id, days back from today), the newest day first. One statement."""
    longest, today = max(days for _, days in keys), datetime.now(UTC).date()
    ids = list({key_id for key_id, _ in keys})
    found = select(key_usage).where(key_usage.c.key_id.in_(ids), key_usage.c.day > today - timedelta(days=longest))
    rows = await reader.rows(found.order_by(key_usage.c.day.desc()))
    by_id = many_each(ids, ((row.key_id, KeyUsage(row.day, row.requests, row.refused, row.points)) for row in rows))
    usage = dict(zip(ids, by_id, strict=True))
    return [[each for each in usage[id_] if each.day > today - timedelta(days=days)] for id_, days in keys]


@batched(usage_by_key)
def resolve_usage(
    viewer: Parent[Caller], days: Annotated[int, argument("How many UTC days back from today, 1 to 366.")] = 30
) -> tuple[str, int] | None:
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(f"days is 1 to {MOST_DAYS}")
    return (viewer.key_id, days) if viewer.key_id else None


@unshared
async def points_of_the_month(reader: Reader, key_ids: Sequence[str]) -> list[int]:
    """Points of each key in this UTC month so far. One statement."""
    first = datetime.now(UTC).date().replace(day=1)
    query = (
        select(key_usage.c.key_id, func.sum(key_usage.c.points))
        .where(key_usage.c.key_id.in_(sorted(set(key_ids))), key_usage.c.day >= first)
        .group_by(key_usage.c.key_id)
    )
    used = {id_: int(points) for id_, points in await reader.rows(query)}
    return [used.get(id_, 0) for id_ in key_ids]


@batched(points_of_the_month)
def resolve_monthly_used(spending: Parent[Spending]) -> str | None:
    return spending.key_id
