"""What a client may be told as it happens."""

import strawberry

from graph.alert import AlertEvent
from graph.change import Change
from graph.epoch import Epoch
from graph.fields import told_by
from graph.ledger import LedgerEntry
from resolvers.subscription import alerts, changes, epoch_published, ledger_entry_added


@strawberry.type(description="What is told as it happens, over graphql-transport-ws or server-sent events.")
class Subscription:
    epoch_published: Epoch = told_by(epoch_published, "Each epoch as it is published, from the next on.")
    ledger_entry_added: LedgerEntry = told_by(ledger_entry_added, "Each entry that is new in the ledger.")
    changes: Change = told_by(
        changes, "Every change, from any place of the feed on: who lost its connection goes on where it was."
    )
    alerts: AlertEvent = told_by(
        alerts, "What meets one of the rules, epoch by epoch, and from any earlier alert on after a disconnect."
    )
