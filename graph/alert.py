"""What meets a caller's rules."""

import datetime
from decimal import Decimal

import strawberry

from graph.change import Change
from graph.fields import described, resolved_by
from graph.ledger import LedgerEntry
from graph.metric import MetricValue
from graph.protocol import Protocol
from resolvers.alert import resolve_protocol_of_alert
from resolvers.alert_rule import AlertOp


@strawberry.type(
    description="Something that met a rule between an epoch and the one before. It is told as of its epoch."
)
class AlertEvent:
    seq: strawberry.ID = described("Its place, as `resumeAfter` takes it: what follows this alert.")
    at: datetime.datetime = described("When the epoch was published that brought it.")
    epoch: int = described("That epoch.")
    op: AlertOp = described("What happened.")
    rule: int = described("Which of the rules it met, counted from 0.")
    protocol: Protocol | None = resolved_by(
        resolve_protocol_of_alert, "To which protocol it happened; null where a series of something else was restated."
    )
    change: Change | None = described("The change in the feed that it is; null for what is about values.")
    entry: LedgerEntry | None = described("The new entry of the ledger; null for all else.")
    value: MetricValue | None = described("The value at the epoch; null for what is not about values.")
    before: Decimal | None = described("What it was at the epoch before, in the same unit; null where not known.")
