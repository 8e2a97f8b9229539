"""Protocol, the type most queries start from."""

import datetime
from typing import Annotated

import strawberry

from graph.chain import Chain
from graph.claim import Claim
from graph.connection import Connection, Node
from graph.cost import Cost
from graph.delivery import PolicyExecution
from graph.external import ExternalId
from graph.fields import described, resolved_by, views
from graph.ledger import LedgerConnection
from graph.metric import Earning, Measured, MetricValue, Priced
from graph.policy import AllocationPolicy
from graph.quality import QualityIssue
from graph.right import Operation, RiskAssessment, TokenRights, ValueLayer
from graph.scalars import URL
from graph.sector import Sector
from graph.statement import IncomeStatement
from graph.token import Token
from models.vocabulary import LedgerKind, Metric, ProtocolKind, ValueLayerKind
from resolvers.chain import resolve_chains_of_protocol
from resolvers.claim import resolve_claims_about
from resolvers.delivery import resolve_delivery
from resolvers.external_id import resolve_external_ids
from resolvers.layer import resolve_value_layers
from resolvers.ledger import ledger_of_protocol
from resolvers.operation import resolve_operations
from resolvers.policy import resolve_policies, resolve_policy_on
from resolvers.protocol import ProtocolRow, resolve_children, resolve_parent
from resolvers.quality import resolve_issues_about
from resolvers.right import resolve_rights
from resolvers.risk import resolve_risks
from resolvers.sector import resolve_sectors_of_protocol
from resolvers.statement import resolve_statement
from resolvers.stream import StreamRow, resolve_metric_of_stream, resolve_revenue_streams
from resolvers.token import resolve_token_of_protocol


@strawberry.type(description="A named part of what a protocol earns.")
class RevenueStream:
    is_type_of = views(StreamRow)

    key: str = described("What the source calls it, for example borrow_interest.")
    label: str = described("The same in words, for example Borrow interest.")
    metrics: list[Metric] = described("Which metrics are known of it.")
    layer: ValueLayerKind | None = described("Where it is earned, by its name; null where that does not say.")
    metric: MetricValue = resolved_by(resolve_metric_of_stream, "A metric of this stream alone over a window.")


@strawberry.type(description="A protocol that earns fees, and may pass them on to the holders of its token.")
class Protocol(Priced, Earning, Measured, Node):
    is_type_of = views(ProtocolRow)

    slug: str = described("Stable name in URLs and arguments, for example hyperliquid.")
    name: str = described("Display name, for example Hyperliquid.")
    kind: ProtocolKind = described("What kind of listing it is.")
    description: str | None = described("What it does, in a few sentences.")
    category: str | None = described("The source's own word for what it does, for example Derivatives.")
    homepage: URL | None = described("Its own site.")
    launched_on: datetime.date | None = described("UTC day it began; null where not known.")
    doublecounted: bool = described("Whether its money is counted by another protocol too: it stays out of sums.")
    parent: Annotated["Protocol", strawberry.lazy("graph.protocol")] | None = resolved_by(
        resolve_parent, "What it is a part of, and whose numbers hold its own; null for a whole."
    )
    children: list[Annotated["Protocol", strawberry.lazy("graph.protocol")]] = resolved_by(
        resolve_children, "Its parts, by name. Its own numbers hold theirs: never add both."
    )
    sectors: list[Sector] = resolved_by(resolve_sectors_of_protocol, "What it does, the most important first.")
    chains: list[Chain] = resolved_by(resolve_chains_of_protocol, "Where it runs.")
    external_ids: list[ExternalId] = resolved_by(resolve_external_ids, "What others call it.")
    token: Token | None = resolved_by(resolve_token_of_protocol, "Its token; null where it has none.")
    revenue_streams: list[RevenueStream] = resolved_by(
        resolve_revenue_streams, "The named parts of what it earns, where a source splits it."
    )
    statement: list[IncomeStatement] = resolved_by(
        resolve_statement, "Income statements of its last periods, the newest last."
    )
    quality: Connection[QualityIssue] = resolved_by(resolve_issues_about, "The same as `issues`.")
    issues: Connection[QualityIssue] = resolved_by(resolve_issues_about, "What is suspicious in its data.")
    claims: Connection[Claim] = resolved_by(resolve_claims_about, "What sources said of it, as it came on record.")
    value_layers: list[ValueLayer] = resolved_by(
        resolve_value_layers, "Where in its business it earns, and how much of its revenue over a window."
    )
    rights: TokenRights = resolved_by(resolve_rights, "What holders of its token are entitled to.")
    risks: list[RiskAssessment] = resolved_by(
        resolve_risks, "What may keep value from reaching holders: each kind of risk, with its evidence."
    )
    operations: list[Operation] = resolved_by(
        resolve_operations, "What is counted of it: creators' revenue, devices, calls, users; each with its period."
    )
    policies: list[AllocationPolicy] = resolved_by(
        resolve_policies, "What it said it would do with its revenue, the newest first."
    )
    policy_on: AllocationPolicy | None = resolved_by(
        resolve_policy_on,
        "The policy in force on a day: not one that was only proposed. A start nobody stated lies before every day.",
    )
    policy_execution: PolicyExecution = resolved_by(
        resolve_delivery,
        "What its policies promised for some days, against what was done and what holders' revenue was reported.",
        Cost(weight=3),
    )
    ledger: LedgerConnection = resolved_by(ledger_of_protocol(None), "Every entry of its ledger.")
    buybacks: LedgerConnection = resolved_by(
        ledger_of_protocol(LedgerKind.PURCHASE), "Its purchases of tokens, as executed, with their total."
    )
    burns: LedgerConnection = resolved_by(ledger_of_protocol(LedgerKind.BURN), "Its burns, with their total.")
    distributions: LedgerConnection = resolved_by(
        ledger_of_protocol(LedgerKind.DISTRIBUTION), "What it paid out to holders, with the total."
    )
