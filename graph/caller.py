"""Who asks, and what they may spend."""

import datetime

import strawberry

from graph.fields import described, resolved_by
from graph.webhook import Webhook
from resolvers.caller import resolve_monthly_used, resolve_usage
from resolvers.webhook import resolve_webhooks


@strawberry.type(description="What one field of an operation costs.")
class FieldCost:
    path: str = described("Its key in the answer, for example protocols.")
    cost: int = described("Points of it and all below it, for example 41.")


@strawberry.type(description="What this request costs and what is left. Points, as @cost and @listSize define them.")
class RateLimit:
    cost: int = described("Points this operation costs at most, for example 41.")
    objects: int = described("Objects its answer may hold, for example 40.")
    limit: int = described("Points an operation of this caller may cost, for example 5000.")
    capacity: int = described("Points this caller can save up, for example 50000.")
    remaining: int = described("Points that are left to this caller, for example 49959.")
    restore_rate: int = described("Points that come back each second, for example 500.")
    node_count: int = described("The same as `objects`.")
    restore_rate_per_second: int = described("The same as `restoreRate`.")
    reset_at: datetime.datetime | None = described("When all points will be back, in UTC; null where none is missing.")
    monthly_used: int | None = resolved_by(
        resolve_monthly_used, "Points this key used in this UTC month, up to a few seconds ago; null without a key."
    )
    breakdown: list[FieldCost] = described("What each field of the root costs; filled in by a dry run.")


@strawberry.type(description="What a key used on one UTC day. It may be some seconds behind.")
class KeyUsage:
    day: datetime.date = described("The UTC day, for example 2026-08-04.")
    requests: int = described("Requests, refused ones included, for example 1200.")
    refused: int = described("Requests that were refused before they ran, for example 3.")
    points: int = described("Points of what was answered, for example 48000.")


@strawberry.type(description="The owner of the API key that a request carries.")
class Viewer:
    name: str = described("The client the key was given to, for example acme.")
    key_id: strawberry.ID = described('The public part of the key, for example "4fG7kQ2x".')
    tier: str = described("What it may spend: standard or partner.")
    scopes: list[str] = described("What it may do: read, subscribe, register, export, webhook.")
    documents: str = described(
        "Which documents it may send: open for any, preferred where those of the server's manifest cost less, "
        "persisted for those alone."
    )
    expires_at: datetime.datetime | None = described("When it ends, in UTC; null if never.")
    usage: list[KeyUsage] = resolved_by(resolve_usage, "What the key used by UTC day, the newest first.")
    webhooks: list[Webhook] = resolved_by(
        resolve_webhooks, "The webhooks of the client, the oldest first. The key needs the scope `webhook`."
    )
