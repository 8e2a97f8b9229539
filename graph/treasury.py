"""Treasuries: offices, raises, holdings and what moved them."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph.attestation import Attestation
from graph.claim import Claim
from graph.fields import described, resolved_by, views
from graph.figure import Figure
from graph.scalars import URL
from graph.source import Source
from models.vocabulary import Confidence, RaiseKind, RaiseStatus, TreasuryTransactionKind
from resolvers.organisation import (
    RaiseRow,
    RoleRow,
    TransactionRow,
    resolve_claims_of_raise,
    resolve_token_of_transaction,
)
from resolvers.treasury import (
    HoldingRow,
    HoldingSaid,
    TreasuryRow,
    resolve_mnav,
)

if TYPE_CHECKING:
    from graph.token import Token


@strawberry.type(description="A person's office in an organisation.")
class Role:
    is_type_of = views(RoleRow)

    person: str = described("Who, for example Kyle Samani.")
    title: str = described("As what, for example Chairman of the board.")
    from_day: datetime.date | None = strawberry.field(name="from", description="First UTC day; null where not known.")
    to_day: datetime.date | None = strawberry.field(
        name="to", description="Last UTC day; null while it lasts, or where nobody said."
    )
    confidence: Confidence = described("How far it can be relied on.")
    source_url: URL | None = described("Where it was read.")
    note: str | None = described("What else has to be known of it.")
    source: Source = described("Who said so.")


@strawberry.type(description="Money that an organisation raises: no tokens, and not what it holds.")
class CapitalRaise:
    is_type_of = views(RaiseRow)

    ref: str = described("What names the raise for good, for example forward-industries:pipe:2025-09.")
    kind: RaiseKind = described("How it is raised.")
    status: RaiseStatus = described("How far it has come.")
    amount_usd: Decimal | None = described('US dollars, for example "1650000000"; null if not known.')
    at_most: bool = described("Whether the amount is what may be raised, and not what was.")
    agreed_on: datetime.date | None = described("UTC day it was agreed; null if not known.")
    announced_on: datetime.date | None = described("UTC day it was made known; null if not known.")
    closed_on: datetime.date | None = described("UTC day it was closed; null while it is open, or if not known.")
    investors: list[str] = described("Who is known to have put money in.")
    purpose: str | None = described("What it is meant for, in a sentence.")
    confidence: Confidence = described("How far it can be relied on.")
    source_url: URL | None = described("Where it was read.")
    note: str | None = described("What else has to be known of it.")
    claims: list[Claim] = resolved_by(resolve_claims_of_raise, "What sources said of it.")
    source: Source = described("Who said so.")


@strawberry.type(description="A part of a holding that is put to work.")
class Deployed:
    strategy: str = described("How, for example STAKING.")
    amount: Decimal = described("Whole tokens, for example 6822000.")


@strawberry.type(description="What one source last said of a holding.")
class HoldingStatement:
    is_type_of = views(HoldingSaid)

    amount: Decimal = described("Whole tokens, for example 840447.")
    as_of: datetime.date = described("UTC day it is of.")
    source: Source = described("Who says so.")


@strawberry.type(description="What an organisation last was known to hold of a token.")
class Holding:
    is_type_of = views(HoldingRow)

    symbol: str = described("Ticker of the token, for example SOL; what the source calls one that is not known here.")
    amount: Decimal = described("Whole tokens, for example 6822000.")
    as_of: datetime.date = described("UTC day it is of.")
    cost_usd: Decimal | None = described("US dollars paid for all of it, as far as known; null if nobody said.")
    stated_usd: Decimal | None = described("US dollars the source put it at on that day; null if it did not say.")
    deployed: list[Deployed] = described("What of it is put to work, as far as known.")
    confidence: Confidence | None = described("How far it can be relied on; null where the source is a feed.")
    source_url: URL | None = described("Where it was read.")
    note: str | None = described("What else has to be known of it.")
    statements: list[HoldingStatement] = described("What each source last said, the preferred one first.")
    token: Annotated["Token", strawberry.lazy("graph.token")] | None = described(
        "The token; null where it is not known here."
    )
    cost_basis_usd: Decimal | None = described("The same as `costUsd`.")
    market_usd: Decimal | None = described("The value of `market`; null where it is not known.")
    market: Figure = described("US dollars at the token's price; as the source put it where no price is known.")
    share_of_supply: Figure = described("The part of the token's total supply, 0.01 for one per cent.")
    source: Source = described("Who said so.")
    provenance: Attestation | None = described("Who said so and how they know; null where the source is a feed.")


@strawberry.type(description="What an organisation holds, and what the market pays for that.")
class Treasury:
    is_type_of = views(TreasuryRow)

    holdings: list[Holding] = described(
        "The newest of each token, by what it is called; over time it is a series, TREASURY_HOLDING by STREAM."
    )
    worth: Figure = described("US dollars of all holdings; unknown as soon as one is.")
    mnav: Figure = resolved_by(
        resolve_mnav, "Shares at their price over what the holdings are worth; above 1 is a premium."
    )


@strawberry.type(description="What came into a treasury, or went out of it.")
class TreasuryTransaction:
    is_type_of = views(TransactionRow)

    day: datetime.date = strawberry.field(name="on", description="UTC day it happened, or was disclosed.")
    kind: TreasuryTransactionKind = described("What it was.")
    amount: Decimal = described("Whole tokens, negative for what went out, for example 6822000.")
    usd: Decimal | None = described("US dollars at the time; null if not known.")
    balance_after: Decimal | None = described("Whole tokens held then; null if not known.")
    confidence: Confidence = described("How far it can be relied on.")
    source_url: URL | None = described("Where it was read.")
    note: str | None = described("What else has to be known of it.")
    token: Annotated["Token", strawberry.lazy("graph.token")] | None = resolved_by(
        resolve_token_of_transaction, "Which token."
    )
    source: Source = described("Who said so.")
