"""Flows of exchange-traded funds."""

import datetime
from decimal import Decimal

import strawberry

from graph.claim import Claim
from graph.fields import described, resolved_by, views
from graph.figure import Figure
from graph.fund import Fund
from graph.source import Provenance, RivalValue, Source
from models.vocabulary import MetricState
from resolvers.flow import FlowDay, FundFlowRow
from resolvers.fund_flow import (
    resolve_claims_of_day,
    resolve_fund_of_flow,
    resolve_provenance_of_flow,
    resolve_rank_since,
    resolve_rivals_of_day,
    resolve_source_of_flow,
)


@strawberry.type(description="The net flow of one fund. Null is not reported, never zero.")
class FundFlow:
    is_type_of = views(FundFlowRow)

    start: datetime.date = strawberry.field(name="on", description="UTC day, the first of several.")
    net_usd: Decimal | None = described('US dollars, for example "-68700000"; null while the fund has not reported.')
    state: MetricState = described("Why it is what it is, or why there is none.")
    reason: str | None = described("The state in a sentence; null where there is nothing to say.")
    share_of_day: Figure = described("Its part of the net flow of all funds, 0.4 for two fifths; signed.")
    revision: int = described("How often it was corrected since it was first published.")
    fund: Fund | None = resolved_by(resolve_fund_of_flow, "Which fund.")
    source: Source | None = resolved_by(resolve_source_of_flow, "Who said so.")
    provenance: Provenance = resolved_by(resolve_provenance_of_flow, "Where it is from, and what others say.")


@strawberry.type(description="The net flow of all funds that hold a token, on a day or over several.")
class FundFlowDay:
    is_type_of = views(FlowDay)

    day: datetime.date = strawberry.field(name="on", description="UTC day, the first of several.")
    end: datetime.date = described("Last UTC day.")
    net_usd: Decimal = described(
        "US dollars: the sum of the funds where all have reported, else the total as a source states it."
    )
    state: MetricState = described("PARTIAL while a fund has not reported, or the funds do not add up to the total.")
    reason: str | None = described("The state in a sentence; null where there is nothing to say.")
    reported_usd: Decimal | None = described("US dollars of the funds that have reported; null where none has.")
    stated_usd: Decimal | None = described("US dollars in all as a source states it; null where none does.")
    by_fund: list[FundFlow] = described("Each fund that reported, or is waited for, by ticker.")
    rank_since: int | None = resolved_by(
        resolve_rank_since,
        "Its place by net flow since a day, 1 for the most; null for a day after it, and where more weekdays between "
        "them are not on record than are holidays.",
    )
    rivals: list[RivalValue] = resolved_by(resolve_rivals_of_day, "What other sources and claims say of the total.")
    claims: list[Claim] = resolved_by(resolve_claims_of_day, "What was claimed of the day.")
