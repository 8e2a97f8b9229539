"""Webhooks as their owners see them: what was ordered, and what became of each message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Annotated, Any, NamedTuple

from sqlalchemy import FromClause, Row, Select, select, true

from models.keys import keys as listed
from models.store import Reader
from models.webhook import webhook, webhook_delivery
from resolvers.alert_rule import AlertRule, restored
from resolvers.argument import LARGEST_PAGE, PAGE
from resolvers.batching import many_each
from resolvers.caller import Caller, client_of
from resolvers.context import unshared
from resolvers.declare import Parent, argument, batched
from resolvers.errors import BadInput
from resolvers.identity import global_id

TYPE = "Webhook"
DELIVERY = "Delivery"
SCOPE = "webhook"


class WebhookEnd(Enum):
    """Why a webhook is not active."""

    OWNER = "owner"
    GONE = "gone"
    FAILING = "failing"
    NO_KEY = "no_key"


class DeliveryState(Enum):
    """What became of a message."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """A webhook. `watches` are its rules."""

    number: int
    url: str
    watches: list[AlertRule]
    payload_query: str | None
    signing_key_id: str
    previous_signing_key_id: str | None
    previous_until: datetime | None
    active: bool
    inactive_because: WebhookEnd | None
    dead_in_row: int
    told_epoch: int
    created_at: datetime

    @property
    def id(self) -> str:
        return global_id(TYPE, self.number)

    @property
    def rules(self) -> int:
        return len(self.watches)


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A message to a webhook; `status` and `error` are those of the last attempt."""

    number: int
    webhook: int
    event_seq: str
    at: datetime
    attempts: int
    status: int | None
    error: str | None
    state: DeliveryState
    next_attempt_at: datetime | None
    ended_at: datetime | None

    @property
    def id(self) -> str:
        return global_id(DELIVERY, self.number)

    @property
    def message_id(self) -> str:
        return message_id(self.webhook, self.event_seq)


class DeliveryKey(NamedTuple):
    """The newest so many messages of a webhook."""

    webhook: int
    size: int


def message_id(number: int, seq: str) -> str:
    """The same however often a message is sent, or written again: what a receiver knows it by."""
    return f"msg_{sha256(f'{number}:{seq}'.encode()).hexdigest()[:32]}"


def row_of(found: Row[Any]) -> WebhookRow:
    """As stored."""
    return WebhookRow(
        found.webhook_id,
        found.url,
        [restored(rule) for rule in found.rules],
        found.payload,
        found.key_id,
        found.old_key_id,
        found.old_until,
        found.active,
        None if found.ended is None else WebhookEnd[found.ended],
        found.dead,
        found.told,
        found.created_at,
    )


def delivery_of(found: Row[Any]) -> DeliveryRow:
    """As stored."""
    ended = DeliveryState.DELIVERED if found.delivered else DeliveryState.DEAD
    return DeliveryRow(
        found.delivery_id,
        found.webhook_id,
        found.seq,
        found.created_at,
        found.attempts,
        found.status,
        found.problem,
        ended if found.next_at is None else DeliveryState.PENDING,
        found.next_at,
        found.ended_at,
    )


@unshared
async def webhooks_by_owner(reader: Reader, owners: Sequence[str]) -> list[list[WebhookRow]]:
    """The webhooks of each client, the oldest first. One statement."""
    query = select(webhook).where(webhook.c.owner.in_(owners)).order_by(webhook.c.webhook_id)
    return many_each(owners, ((row.owner, row_of(row)) for row in await reader.rows(query)))


@unshared
async def deliveries_by_webhook(reader: Reader, keys: Sequence[DeliveryKey]) -> list[list[DeliveryRow]]:
    """The newest messages of each webhook. One statement for each distinct size."""
    found: dict[DeliveryKey, list[DeliveryRow]] = {}
    for size in dict.fromkeys(key.size for key in keys):
        asked = [key.webhook for key in keys if key.size == size]
        rows = await reader.rows(_newest(reader, asked, size))
        each = many_each(asked, ((row.webhook_id, delivery_of(row)) for row in rows))
        found |= {DeliveryKey(number, size): mine for number, mine in zip(asked, each, strict=True)}
    return [found[key] for key in keys]


@unshared
async def last_deliveries(reader: Reader, numbers: Sequence[int]) -> list[DeliveryRow | None]:
    """The newest message of each webhook. One statement."""
    newest = await deliveries_by_webhook(reader, [DeliveryKey(number, 1) for number in numbers])
    return [mine[0] if mine else None for mine in newest]


def _newest(reader: Reader, numbers: Sequence[int], size: int) -> Select[Any]:
    """The first few of every webhook, without reading the rest of any."""
    parents: FromClause = listed(reader.dialect, numbers)
    table, inner = webhook_delivery, webhook_delivery.alias()
    if reader.dialect == "postgresql":
        mine = select(table).where(table.c.webhook_id == parents.c.value)
        newest = mine.order_by(table.c.delivery_id.desc()).limit(size).lateral()
        return select(newest).select_from(parents.join(newest, true())).order_by(newest.c.delivery_id.desc())
    # SQLite has no LATERAL, but a correlated IN (SELECT … LIMIT) stops as early.
    ids = select(inner.c.delivery_id).where(inner.c.webhook_id == parents.c.value)
    ids = ids.order_by(inner.c.delivery_id.desc()).limit(size)
    query = select(table).join(parents, table.c.delivery_id.in_(ids.correlate(parents)))
    return query.order_by(table.c.delivery_id.desc())


@batched(webhooks_by_owner)
def resolve_webhooks(viewer: Parent[Caller]) -> str:
    return client_of(viewer, SCOPE).name


@batched(deliveries_by_webhook)
def resolve_deliveries(
    row: Parent[WebhookRow],
    first: Annotated[int, argument(f"How many, 1 to {LARGEST_PAGE}.")] = PAGE,
) -> DeliveryKey:
    if not 1 <= first <= LARGEST_PAGE:
        raise BadInput(f"`first` must be from 1 to {LARGEST_PAGE}, not {first}")
    return DeliveryKey(row.number, first)


@batched(last_deliveries)
def resolve_last_delivery(row: Parent[WebhookRow]) -> int:
    return row.number
