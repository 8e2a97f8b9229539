"""The enums and inputs of the schema: plain Python below, given to GraphQL here with a word on each member."""

from graph.vocabulary import (
    alert,
    change,
    evidence,
    export,
    ledger,
    listing,
    lookup,
    metric,
    period,
    protocol,
    right,
    scenario,
    treasury,
    webhook,
    where,
)

SAID = (
    *metric.SAID,
    *period.SAID,
    *evidence.SAID,
    *protocol.SAID,
    *ledger.SAID,
    *treasury.SAID,
    *right.SAID,
    *listing.SAID,
    *where.SAID,
    *lookup.SAID,
    *change.SAID,
    *alert.SAID,
    *scenario.SAID,
    *export.SAID,
    *webhook.SAID,
)


def register() -> None:
    """Mark each class in place, so that a resolver's signature can name it without Strawberry."""
    for said in SAID:
        said.register()
