"""Where a query may start."""

import strawberry

from graph.caller import RateLimit, Viewer
from graph.chain import Chain
from graph.change import ChangeConnection
from graph.claim import Claim
from graph.connection import Connection, Node
from graph.cost import DaySpan, ListSize
from graph.dcf import DcfResult
from graph.definition import MetricDefinition
from graph.epoch import Epoch, Meta
from graph.export import ExportJob
from graph.fields import resolved_by
from graph.flow import FundFlowDay
from graph.fund import Fund, Organisation
from graph.ledger import LedgerConnection
from graph.listing import ProtocolConnection
from graph.policy import AllocationPolicy
from graph.protocol import Protocol
from graph.quality import QualityIssue, RejectedFactConnection
from graph.restatement import RestatementConnection
from graph.search import EntityMatch
from graph.sector import Market, Sector
from graph.token import Token
from models.vocabulary import LedgerKind, Metric, SectorKey
from resolvers.argument import PAGE
from resolvers.caller import resolve_rate_limit, resolve_viewer
from resolvers.chain import resolve_chain, resolve_chains
from resolvers.change import resolve_changes
from resolvers.claim import resolve_claims
from resolvers.dcf import resolve_dcf
from resolvers.definition import resolve_metric_definitions
from resolvers.epoch import resolve_epoch, resolve_epochs, resolve_meta
from resolvers.export import resolve_export_job
from resolvers.fund import resolve_fund, resolve_funds, resolve_organisation, resolve_organisations
from resolvers.fund_flow import resolve_fund_flows
from resolvers.ledger import whole_ledger
from resolvers.listing import resolve_protocols
from resolvers.node import resolve_node, resolve_nodes
from resolvers.policy import resolve_all_policies
from resolvers.protocol import resolve_protocol
from resolvers.quality import resolve_quality_issues, resolve_rejected_facts
from resolvers.restatement import resolve_restatements
from resolvers.search import resolve_search
from resolvers.sector import resolve_market, resolve_sector, resolve_sectors
from resolvers.token import resolve_token, resolve_tokens


@strawberry.type(
    description="Where a query may start. Every field but `node` takes `at`, and everything below answers as of then."
)
class Query:
    node: Node | None = resolved_by(
        resolve_node, "Anything by its global id, at the newest epoch; null where it is not there. At another: `nodes`."
    )
    nodes: list[Node | None] = resolved_by(
        resolve_nodes,
        "Several things by their global ids, in the order of these; null for one that is not there, or is no id.",
    )
    protocol: Protocol | None = resolved_by(resolve_protocol, "One protocol; null where it is not known.")
    protocols: ProtocolConnection = resolved_by(
        resolve_protocols, "Protocols by any metric and window, by revenue of 30 days if no order is said."
    )
    token: Token | None = resolved_by(resolve_token, "One token; null where it is not known.")
    tokens: Connection[Token] = resolved_by(resolve_tokens, "Tokens by symbol.")
    sector: Sector | None = resolved_by(resolve_sector, "One sector.")
    sectors: list[Sector] = resolved_by(resolve_sectors, "Every sector.", ListSize(assumed_size=len(SectorKey)))
    market: Market | None = resolved_by(resolve_market, "All protocols together.")
    chain: Chain | None = resolved_by(resolve_chain, "One chain; null where it is not known.")
    chains: Connection[Chain] = resolved_by(resolve_chains, "Chains by name.")
    policies: Connection[AllocationPolicy] = resolved_by(
        resolve_all_policies, "What protocols said they would do with their revenue, the newest first."
    )
    ledger: LedgerConnection = resolved_by(whole_ledger(None), "Every entry of the ledger.")
    buybacks: LedgerConnection = resolved_by(
        whole_ledger(LedgerKind.PURCHASE), "Purchases of tokens, as executed, with their total."
    )
    burns: LedgerConnection = resolved_by(whole_ledger(LedgerKind.BURN), "Burns, with their total.")
    distributions: LedgerConnection = resolved_by(
        whole_ledger(LedgerKind.DISTRIBUTION), "What was paid out to holders, with the total."
    )
    fund: Fund | None = resolved_by(resolve_fund, "One exchange-traded fund; null where it is not known.")
    funds: Connection[Fund] = resolved_by(resolve_funds, "Exchange-traded funds by ticker.")
    fund_flows: list[FundFlowDay] = resolved_by(
        resolve_fund_flows,
        "Net flows of the funds that hold a token, on the days of which anything is known.",
        DaySpan(),
    )
    organisation: Organisation | None = resolved_by(
        resolve_organisation, "One organisation; null where it is not known."
    )
    organisations: Connection[Organisation] = resolved_by(resolve_organisations, "Organisations by name.")
    claims: Connection[Claim] = resolved_by(resolve_claims, "What sources said, as they came on record.")
    restatements: RestatementConnection = resolved_by(
        resolve_restatements, "Numbers that were published and replaced later, with both values."
    )
    changes: ChangeConnection = resolved_by(
        resolve_changes,
        "Everything that changed, in order and from any place on: how to keep a copy up to date.",
        ListSize(assumed_size=PAGE, slicing_arguments=["first"], sized_fields=["nodes"]),
    )
    quality_issues: Connection[QualityIssue] = resolved_by(
        resolve_quality_issues, "What is suspicious in the data, the last found first."
    )
    rejected_facts: RejectedFactConnection = resolved_by(
        resolve_rejected_facts, "What sources stated and the store did not take, the newest first."
    )
    epoch: Epoch | None = resolved_by(resolve_epoch, "One epoch; null where it is not published.")
    epochs: Connection[Epoch] = resolved_by(resolve_epochs, "What was published when, the newest first.")
    meta: Meta = resolved_by(resolve_meta, "What is being answered from, and how fresh it is.")
    dcf: DcfResult | None = resolved_by(
        resolve_dcf, "What a protocol's cash flow is worth per token, as assumed; null where the protocol is not known."
    )
    search: list[EntityMatch] = resolved_by(
        resolve_search, "Things by name, symbol, ticker or another's id, best first."
    )
    metric_definitions: list[MetricDefinition] = resolved_by(
        resolve_metric_definitions,
        "What metrics mean.",
        ListSize(assumed_size=len(Metric), slicing_arguments=["keys"]),
    )
    rate_limit: RateLimit = resolved_by(resolve_rate_limit, "What this request costs its caller, and what is left.")
    viewer: Viewer | None = resolved_by(resolve_viewer, "The owner of the API key; null without one.")
    export_job: ExportJob | None = resolved_by(
        resolve_export_job, "An export of the caller's client; null for everyone else."
    )
