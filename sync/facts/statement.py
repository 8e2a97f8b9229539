"""Policies, ledger entries and claims, as a source states them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from models.vocabulary import (
    ClaimStatus,
    Confidence,
    Disposition,
    FundingSource,
    LedgerKind,
    MechanismKind,
    Metric,
    ObservationMethod,
    PolicyBasis,
    PolicyStatus,
)
from sync.facts.entity import Ref


class PolicyFact(NamedTuple):
    """An allocation policy; `rules` and `conditions` as models.policy lays them out."""

    ref: str
    protocol: Ref
    status: PolicyStatus
    base: Metric
    base_label: str
    basis: PolicyBasis
    rules: tuple[dict[str, Any], ...]
    source: str
    confidence: Confidence
    effective_from: date | None = None
    effective_to: date | None = None
    scope_chain: Ref | None = None
    scope_product: str | None = None
    conditions: tuple[dict[str, Any], ...] = ()
    decided_by: str | None = None
    proposal_url: str | None = None
    supersedes: str | None = None
    base_partial: bool = False
    topic: str | None = None
    note: str | None = None
    source_url: str | None = None
    withdrawn: bool = False


class LedgerFact(NamedTuple):
    """A ledger entry; `ref` names it for good. `tokens` in whole tokens; usd and price as of the event."""

    ref: str
    protocol: Ref
    kind: LedgerKind
    mechanism: MechanismKind
    at: datetime
    source: str
    method: ObservationMethod
    confidence: Confidence
    token: Ref | None = None
    window_start: date | None = None
    window_end: date | None = None
    tokens: Decimal | None = None
    usd: Decimal | None = None
    price_usd: Decimal | None = None
    trades: int | None = None
    first_trade: str | None = None
    last_trade: str | None = None
    funding: FundingSource = FundingSource.UNKNOWN
    disposition: Disposition = Disposition.UNKNOWN
    disposition_at: datetime | None = None
    origin_ref: str | None = None
    policy_ref: str | None = None
    topic: str | None = None
    tx_hash: str | None = None
    chain: Ref | None = None
    wallet: str | None = None
    source_url: str | None = None
    note: str | None = None
    withdrawn: bool = False


class ClaimFact(NamedTuple):
    """What a source said about a subject; claims of one `topic` rival each other."""

    ref: str
    subject: Ref
    topic: str
    predicate: str
    value: str
    source: str
    status: ClaimStatus
    confidence: Confidence
    unit: str | None = None
    raw_text: str | None = None
    valid_from_day: date | None = None
    valid_to_day: date | None = None
    stated_as_of: str | None = None
    corrected_as_of: date | None = None
    corrected_value: str | None = None
    source_url: str | None = None
    resolution: str | None = None
    withdrawn: bool = False
