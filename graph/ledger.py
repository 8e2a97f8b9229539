"""The ledger."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Optional

import strawberry

from graph.attestation import Attestation
from graph.chain import Chain
from graph.connection import Node, PageInfo
from graph.cost import Cost
from graph.fields import described, resolved_by, views
from graph.policy import AllocationPolicy
from graph.scalars import URL
from graph.source import Source
from models.vocabulary import (
    Confidence,
    Disposition,
    FundingSource,
    LedgerKind,
    MechanismKind,
    MetricState,
    ObservationMethod,
)
from resolvers.entry import (
    EntryRow,
    resolve_chain_of_entry,
    resolve_followed_by,
    resolve_origin,
    resolve_policy_of_entry,
    resolve_protocol_of_entry,
    resolve_source_of_entry,
    resolve_token_of_entry,
)
from resolvers.ledger_group import LedgerGroupKey, resolve_ledger_groups
from resolvers.ledger_mark import Mark, resolve_mark, resolve_mark_usd
from resolvers.ledger_total import LedgerAggregate as Totals
from resolvers.ledger_total import resolve_ledger_aggregate, resolve_ledger_count

if TYPE_CHECKING:
    from graph.protocol import Protocol
    from graph.token import Token, TokenAmount


@strawberry.type(description="What was bought, burned, paid out or set aside, with its funding and its fate.")
class LedgerEntry(Node):
    is_type_of = views(EntryRow)

    ref: str = described("What names the entry for good, for example a transaction hash.")
    kind: LedgerKind = described("What happened.")
    mechanism: MechanismKind = described("As part of which mechanism.")
    occurred_at: datetime.datetime = described("When, in UTC; the end of its window where only that is known.")
    window_start: datetime.date | None = described("First UTC day it is a sum over; null for a single event.")
    window_end: datetime.date | None = described("Last UTC day it is a sum over; null for a single event.")
    tokens: Decimal | None = described('Quantity in whole tokens, exact, for example "1041000.5"; null if not known.')
    usd: Decimal | None = described('US dollars at the time, for example "1307000.00"; null if not known.')
    price_usd: Decimal | None = described("US dollars per token that `usd` was reckoned with; null if not known.")
    average_price_usd: Decimal | None = described(
        "US dollars per token over all of it: `usd` over `tokens`; null unless both are known."
    )
    trades: int | None = described("How many trades it sums up; null if not known.")
    funding: FundingSource = described("Where the money came from.")
    disposition: Disposition = described("What became of the tokens.")
    disposition_at: datetime.datetime | None = described("When that was decided, in UTC; null if not known.")
    tx_hash: str | None = described("Transaction on its chain; null where there is none or several.")
    wallet: str | None = described("Address that acted; null if not known.")
    method: ObservationMethod = described("How it became known.")
    confidence: Confidence = described("How far it can be relied on.")
    source_url: URL | None = described("Where it was read.")
    note: str | None = described("What else has to be known of it, in a sentence.")
    protocol: Annotated["Protocol", strawberry.lazy("graph.protocol")] | None = resolved_by(
        resolve_protocol_of_entry, "Whose doing it was."
    )
    token: Annotated["Token", strawberry.lazy("graph.token")] | None = resolved_by(
        resolve_token_of_entry, "Which token; null where it is about dollars alone."
    )
    chain: Chain | None = resolved_by(resolve_chain_of_entry, "On which chain; null if not known.")
    source: Source | None = resolved_by(resolve_source_of_entry, "Who said so.")
    policy: AllocationPolicy | None = resolved_by(
        resolve_policy_of_entry, "The policy it carries out; null where it does none, or nobody said."
    )
    origin: Annotated[Optional["LedgerEntry"], strawberry.lazy("graph.ledger")] = resolved_by(
        resolve_origin, "The entry whose tokens these are, for example the purchase of what is burned; null if unknown."
    )
    followed_by: list[Annotated["LedgerEntry", strawberry.lazy("graph.ledger")]] = resolved_by(
        resolve_followed_by, "What became of its tokens later, the oldest first."
    )
    spent_usd: Decimal | None = described("The same as `usd`.")
    amount: Annotated["TokenAmount", strawberry.lazy("graph.token")] | None = described(
        "The tokens with their price; null where it says no number of tokens."
    )
    provenance: Attestation = described("Who said so, how they know, and who claims otherwise.")


@strawberry.type(description="What tokens are worth at the newest price that is known.")
class LedgerMark:
    is_type_of = views(Mark)

    usd: Decimal | None = described("US dollars of all tokens that have a price; null where none has.")
    gain_usd: Decimal | None = described("US dollars above their cost, over the tokens whose cost is known; or null.")
    price_usd: Decimal | None = described("US dollars per token; null where the entries are of several tokens.")
    priced_on: datetime.date | None = described("UTC day of the price, the oldest of several; null without one.")
    state: MetricState = described("Why the worth is what it is, or why there is none.")
    reason: str | None = described("The state in a sentence; null where there is nothing to say.")


@strawberry.type(description="What entries add up to; null where no entry says an amount.")
class LedgerAggregate:
    is_type_of = views(Totals)

    count: int = described("How many entries.")
    spent_usd: Decimal | None = described("US dollars of all entries that say them.")
    token_amount: Decimal | None = described("Whole tokens of all entries; null where they are of several tokens.")
    average_price_usd: Decimal | None = described(
        "US dollars per token over the entries that say both; null where none does, or with several tokens."
    )
    cost_basis_usd: Decimal | None = described("US dollars of the entries that say tokens too: what those cost.")
    mark_to_market_usd: Decimal | None = resolved_by(
        resolve_mark_usd,
        "The US dollars of `markToMarket`; null where their price is older than two days, which that says.",
    )
    mark_to_market: LedgerMark = resolved_by(resolve_mark, "What the tokens are worth now, or on the day of `at`.")


@strawberry.type(description="One value that the entries of a group share.")
class GroupKeyValue:
    key: LedgerGroupKey = described("What it is a value of.")
    value: str | None = described(
        "A slug, a word, or the first UTC day of a period, for example 2026-01-01; null where the entries name none."
    )


@strawberry.type(description="Entries of the ledger that share some values, and what they add up to.")
class LedgerGroup:
    keys: list[GroupKeyValue] = described("What they share, in the order that was asked for.")
    aggregate: LedgerAggregate = described("What they add up to.")


@strawberry.type(description="An entry and its place in the list.")
class LedgerEdge:
    cursor: str = described("Its place, for `after` and `before`. It carries its epoch: pages never shift.")
    node: LedgerEntry = described("The entry.")


@strawberry.type(description="A page of the ledger, with the totals of all of its entries.")
class LedgerConnection:
    edges: list[LedgerEdge] = described("The entries of this page with their cursors.")
    nodes: list[LedgerEntry] = described("The entries of this page.")
    page_info: PageInfo = described("Where the page lies.")
    total_count: int = resolved_by(resolve_ledger_count, "How many entries there are in all.")
    aggregate: LedgerAggregate = resolved_by(resolve_ledger_aggregate, "What all of them add up to.")
    groups: list[LedgerGroup] = resolved_by(
        resolve_ledger_groups,
        "All of them in groups. Each entry is in one group: of several sectors the first of its protocol counts.",
        Cost(weight=3),
    )
