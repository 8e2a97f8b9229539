"""The feed of changes."""

import datetime

import strawberry

from graph.chain import Chain
from graph.connection import Node
from graph.fields import described, resolved_by
from graph.source import Source
from models.vocabulary import ChangedType, ChangeKind, Metric
from resolvers.change import resolve_changed_node
from resolvers.changed_days import resolve_chain_of_change, resolve_series_change, resolve_source_of_change


@strawberry.type(description="Which days of a series changed.")
class SeriesChange:
    metric: Metric = described("What the series measures.")
    stream: str = described("The part of the income it is of; empty for all of it.")
    first_day: datetime.date | None = described("First UTC day that changed.")
    last_day: datetime.date | None = described("Last UTC day that changed.")
    created: int = described("How many days got a first number, for example 7.")
    restated: int = described("How many days got another number: `restatements` has both values.")
    withdrawn: int = described("How many days lost their number.")
    chain: Chain | None = resolved_by(resolve_chain_of_change, "The chain it is of; null for all of them.")
    source: Source | None = resolved_by(resolve_source_of_change, "Whose numbers they are.")


@strawberry.type(description="What differs about one thing between an epoch and the one before.")
class Change:
    seq: str = described("Its place in the feed, as `after` takes it: what follows this change.")
    at: datetime.datetime = described("When the epoch was published that brought it.")
    epoch: int = described("That epoch: reading `at` it shows the thing as it became.")
    kind: ChangeKind = described("What happened.")
    type: ChangedType = described("What changed. A part, such as a holding or a series, is told once for its owner.")
    id: strawberry.ID = described("Global id of the thing, or of the owner of the part; it may be gone.")
    fields: list[str] = described("What differs, e.g. [disposition]; empty for what is new, gone, or a part.")
    node: Node | None = resolved_by(
        resolve_changed_node, "The thing, or the owner of the part, as it is at the epoch that is read; null if gone."
    )
    series: SeriesChange | None = resolved_by(
        resolve_series_change, "Which days changed, where it is a series; null for all else."
    )


@strawberry.type(description="A page of the feed. It holds each change once, in the same order whenever it is read.")
class ChangeConnection:
    nodes: list[Change] = described("The changes of this page, the oldest first.")
    next_cursor: str = described("Give it as `after` to go on; it holds across syncs, and also on an empty page.")
    caught_up: bool = described("Whether there was nothing more at the epoch that was read.")
    oldest_cursor: str = described("Where the feed begins: everything as first known, then each change.")
