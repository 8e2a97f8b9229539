"""Who asks, and what they may still spend: what the edge knows of a request and tells on request."""

from dataclasses import dataclass, field
from datetime import datetime


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


@dataclass(frozen=True, slots=True)
class FieldSpending:
    """What one field of the root costs, with all below it."""

    path: str
    cost: int


@dataclass(frozen=True, slots=True)
class Caller:
    """One who asks: a key's owner, or an address. `account` is what they are counted under."""

    account: str
    name: str | None = None
    key_id: str | None = None
    tier: str = "anonymous"
    scopes: frozenset[str] = frozenset()
    documents: str = "open"
    expires_at: datetime | None = None
    spending: Spending = field(default_factory=Spending, compare=False)
