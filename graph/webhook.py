"""Webhooks: what is told to a caller's own address, and what became of it."""

import datetime
from decimal import Decimal

import strawberry

from graph.fields import described, resolved_by
from graph.scalars import URL
from models.vocabulary import LedgerKind, Metric, Window
from resolvers.alert_rule import AlertOp
from resolvers.webhook import DeliveryState, WebhookEnd, resolve_deliveries, resolve_last_delivery


@strawberry.type(description="A rule of a webhook, as it was given.")
class WebhookRule:
    op: AlertOp = described("What has to happen.")
    protocol: str | None = described("To which protocol, by its slug; null for any.")
    metric: Metric | None = described("To which metric; null where none is meant.")
    window: Window = described("Over which window the metric is taken.")
    threshold: Decimal | None = described("In the metric's unit, in per cent for CHANGES_BY_PCT; null without one.")
    ledger_kind: list[LedgerKind] | None = described("Only entries of these kinds; null for any.")
    min_usd: Decimal | None = described("Only entries of at least so many US dollars; null for any.")


@strawberry.type(description="A message to a webhook. It is sent until it is taken, for a day; see docs/webhooks.md.")
class Delivery:
    id: strawberry.ID = described("Global id, opaque.")
    message_id: str = described("What the header `webhook-id` says, the same however often it is sent.")
    at: datetime.datetime = described("When it was written.")
    state: DeliveryState = described("What became of it.")
    status: int | None = described("The HTTP status of the last answer, for example 503; null where there was none.")
    error: str | None = described("Why the last attempt had no answer, in a sentence; null where it had one.")
    attempts: int = described("How often it was sent.")
    event_seq: strawberry.ID = described("The `seq` of its alert; of other messages, what they are about.")
    next_attempt_at: datetime.datetime | None = described("When it is sent next; null once it is delivered or dead.")
    ended_at: datetime.datetime | None = described("When it was delivered or given up; null before.")


@strawberry.type(
    description="An address of a caller's, told by POST what meets its rules. It is seen by its client's keys alone, "
    "and no `node`."
)
class Webhook:
    id: strawberry.ID = described("Global id, opaque, as the mutations take it.")
    url: URL = described("Where it is told.")
    active: bool = described("Whether it is told anything.")
    inactive_because: WebhookEnd | None = described("Why it is not active; null when it is.")
    signing_key_id: str = described("Names the secret that signs its messages. The secret was shown once.")
    previous_signing_key_id: str | None = described("Names the secret of before, if there was one.")
    previous_until: datetime.datetime | None = described("Until when messages are signed by that one too.")
    rules: int = described("How many rules it has, for example 3.")
    watches: list[WebhookRule] = described("Its rules, in the order in which alerts count them.")
    payload_query: str | None = described("The fragment that chooses what of an alert is told; null for the usual one.")
    told_epoch: int = described("The epoch up to which everything is written that meets its rules.")
    dead_in_row: int = described("How many messages were given up one after the other; at ten it ends.")
    created_at: datetime.datetime = described("When it was ordered, in UTC.")
    last_delivery: Delivery | None = resolved_by(
        resolve_last_delivery, "The newest message to it; null before the first."
    )
    deliveries: list[Delivery] = resolved_by(resolve_deliveries, "Messages to it of late, the newest first.")
