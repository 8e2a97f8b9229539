"""Allocation policies."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Optional

import strawberry

from graph.attestation import Attestation
from graph.chain import Chain
from graph.connection import Node
from graph.fields import described, resolved_by, views
from graph.scalars import URL
from graph.source import Source
from models.vocabulary import Confidence, MechanismKind, Metric, PolicyBasis, PolicyStatus
from resolvers.condition import ConditionRow, resolve_met_now
from resolvers.policy import (
    PolicyRow,
    resolve_protocol_of_policy,
    resolve_scope_chain,
    resolve_source_of_policy,
    resolve_supersedes,
)

if TYPE_CHECKING:
    from graph.protocol import Protocol


@strawberry.type(description="One share of a policy.")
class AllocationRule:
    recipient: str = described("Who or what receives it, for example Assistance Fund.")
    mechanism: MechanismKind = described("How it reaches holders, or is kept from them.")
    percent: Decimal | None = described("Of the policy's base, in percent, for example 97; null on another basis.")
    budget_usd_per_year: Decimal | None = described("A fixed budget, US dollars a year; null on another basis.")
    tier_floor_usd: Decimal | None = described("From which amount of the base the tier holds, US dollars.")
    tier_ceiling_usd: Decimal | None = described("Up to which amount of the base the tier holds, US dollars.")
    formula: str | None = described("The rule where it is a formula, for example N * 1000 / (P + K).")


@strawberry.type(description="What a policy depends on.")
class PolicyCondition:
    is_type_of = views(ConditionRow)

    kind: str = described("Of which kind, for example PRICE_BELOW.")
    expression: str = described("The condition in words, for example only below 3 USD.")
    metric: Metric | None = described("What has to pass the threshold, for example PRICE; null where nothing has to.")
    threshold_usd: Decimal | None = described("The threshold in US dollars; null where there is none.")
    days: int | None = described("Over how many days the metric is averaged; null for its newest value.")
    until: datetime.date | None = described("Last UTC day of a term; null for other conditions.")
    met_now: bool | None = resolved_by(
        resolve_met_now,
        "Whether it holds: a price by the token's newest, a term by the day; null where that is not known.",
    )


@strawberry.type(description="What a protocol said it would do with its revenue, from which day to which.")
class AllocationPolicy(Node):
    is_type_of = views(PolicyRow)

    ref: str = described("What names the policy for good, for example hyperliquid/99.")
    status: PolicyStatus = described("Where it stands.")
    effective_from: datetime.date | None = described("First UTC day it holds; null where not known.")
    effective_to: datetime.date | None = described("Last UTC day it holds; null while it does.")
    scope_product: str | None = described("The product it is limited to; null for all.")
    base: Metric = described("Of what it takes shares, for example REVENUE.")
    base_label: str = described("The same in words, for example trading fees without builder codes.")
    base_partial: bool = described("Whether the base is only a part of that metric: its shares of it are at most so.")
    basis: PolicyBasis = described("How its amounts are determined.")
    rules: list[AllocationRule] = described("Its shares.")
    conditions: list[PolicyCondition] = described("What it depends on; empty where on nothing.")
    sums_to: Decimal | None = described(
        "All percents together; null where no rule has one, and of tiers, of which one applies at a time."
    )
    decided_by: str | None = described("Who decided it, for example a vote.")
    proposal_url: URL | None = described("Where it was proposed.")
    note: str | None = described("What else has to be known of it.")
    confidence: Confidence = described("How far it can be relied on.")
    source_url: URL | None = described("Where it was read.")
    protocol: Annotated["Protocol", strawberry.lazy("graph.protocol")] | None = resolved_by(
        resolve_protocol_of_policy, "Whose policy it is."
    )
    scope_chain: Chain | None = resolved_by(resolve_scope_chain, "The chain it is limited to; null for all.")
    supersedes: Annotated[Optional["AllocationPolicy"], strawberry.lazy("graph.policy")] = resolved_by(
        resolve_supersedes, "The policy it took the place of."
    )
    source: Source | None = resolved_by(resolve_source_of_policy, "Who said so.")
    provenance: Attestation = described("Who said so, how they know, and who claims otherwise.")
