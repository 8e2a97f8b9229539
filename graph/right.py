"""Rights of holders, unlocks, value layers, operations and risks."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph.claim import Claim
from graph.fields import described, resolved_by, views
from graph.figure import Figure
from graph.metric import MetricValue
from graph.scalars import URL
from graph.source import Source
from models.vocabulary import Confidence, FeeSwitch, Interval, Metric, RightState, RiskKind, ValueLayerKind
from resolvers.layer import LayerRow, resolve_source_of_layer
from resolvers.operation import OperationRow, resolve_claims_of_operation, resolve_source_of_operation
from resolvers.right import (
    RightsRow,
    UnlockRow,
    resolve_amount_of_unlock,
    resolve_entities,
    resolve_source_of_rights,
    resolve_source_of_unlock,
    resolve_usd_of_unlock,
)
from resolvers.risk import RiskRow

if TYPE_CHECKING:
    from graph.fund import Organisation
    from graph.token import TokenAmount


@strawberry.type(description="What holders of a protocol's token are entitled to; UNKNOWN where nothing is on record.")
class TokenRights:
    is_type_of = views(RightsRow)

    governance: RightState = described("Whether they decide over the protocol.")
    treasury: RightState = described("Whether they decide over its treasury.")
    revenue: RightState = described("Whether a part of the revenue is theirs.")
    fee_switch: FeeSwitch = described("Whether fees that could reach them do.")
    buybacks: RightState = described("Whether the token is bought back.")
    dividends: RightState = described("Whether they are paid in money or other tokens.")
    burns: RightState = described("Whether tokens are burned.")
    equity_capture: RightState = described("Whether value goes to shares of a company instead.")
    updated_on: datetime.date | None = described("UTC day it was last read; null where nothing is on record.")
    source_urls: list[URL] = described("Where it was read.")
    note: str | None = described("What else has to be known of it.")
    entities: list[Annotated["Organisation", strawberry.lazy("graph.fund")]] = resolved_by(
        resolve_entities, "Organisations beside the protocol that value may go to."
    )
    source: Source | None = resolved_by(resolve_source_of_rights, "Who said so; null where nothing is on record.")


@strawberry.type(description="Tokens that become free on a day.")
class UnlockEvent:
    is_type_of = views(UnlockRow)

    day: datetime.date = strawberry.field(name="on", description="UTC day.")
    tokens: Decimal = described('Whole tokens, for example "38888888.89".')
    recipient: str = described("Whose they are, for example Team.")
    recipient_class: str = described("The same as `recipient`.")
    observed: bool = described("Whether it was seen to happen; else it stands in a schedule.")
    is_forecast: bool = described("Whether it stands in a schedule and its day has not come.")
    confidence: Confidence = described("How far it can be relied on.")
    source_url: URL | None = described("Where it was read.")
    note: str | None = described("What else has to be known of it.")
    amount: Annotated["TokenAmount", strawberry.lazy("graph.token")] = resolved_by(
        resolve_amount_of_unlock, "The tokens, with US dollars and the newest price that they were reckoned with."
    )
    usd: Figure = resolved_by(resolve_usd_of_unlock, "US dollars at the newest price.")
    source: Source | None = resolved_by(resolve_source_of_unlock, "Who said so.")


@strawberry.type(description="Where in its business a protocol earns, and how much of its revenue is earned there.")
class ValueLayer:
    is_type_of = views(LayerRow)

    kind: ValueLayerKind = described("Which layer.")
    streams: list[str] = described("The parts of the revenue that are earned there; empty where no source splits it.")
    revenue: Figure = described("US dollars earned there over the window.")
    share: Figure = described("The part of all revenue, 0.5 for half.")
    confidence: Confidence | None = described("How far it can be relied on; null where the stream's name says it.")
    source_url: URL | None = described("Where it was read.")
    note: str | None = described("What else has to be known of it.")
    source: Source | None = resolved_by(resolve_source_of_layer, "Who said so; null where the stream's name does.")


@strawberry.type(description="The newest figure of something that is counted, with the period it is of.")
class Operation:
    is_type_of = views(OperationRow)

    key: Metric = described("What is counted.")
    figure: Figure = described("Its value over the period, or the last in it for a stock; or why there is none.")
    interval: Interval | None = described("How long the period is; null without a figure.")
    period_start: datetime.date | None = described("First UTC day of the period; null without a figure.")
    period_end: datetime.date | None = described("Last UTC day of the period; null without a figure.")
    periods: int = described("How many periods the source has a figure of.")
    growth: Figure = described("Against the same period of the year before, 0.1 for ten per cent more.")
    source: Source | None = resolved_by(resolve_source_of_operation, "Who counted; null without a figure.")
    claims: list[Claim] = resolved_by(resolve_claims_of_operation, "What was claimed of it.")


@strawberry.type(
    description="What may keep value from reaching holders: metrics and claims that bear on it, no opinion."
)
class RiskAssessment:
    is_type_of = views(RiskRow)

    kind: RiskKind = described("Which risk.")
    statement: str = described("What the evidence is, in sentences that judge nothing.")
    evidence: list[MetricValue] = described("The metrics that bear on it.")
    claims: list[Claim] = described("The claims that bear on it, on the protocol's and on the market's part.")
