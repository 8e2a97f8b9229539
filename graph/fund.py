"""Exchange-traded funds and organisations."""

from decimal import Decimal
from typing import Annotated

import strawberry

from graph.claim import Claim
from graph.connection import Connection, Node
from graph.fields import described, resolved_by, views
from graph.figure import Figure
from graph.metric import Measured, MetricValue
from graph.token import Token
from graph.treasury import CapitalRaise, Holding, Role, Treasury, TreasuryTransaction
from models.vocabulary import Metric
from resolvers.claim import resolve_claims_about
from resolvers.fund import FundRow, OrganisationRow, resolve_issuer, resolve_underlying
from resolvers.metric import metric_field
from resolvers.organisation import resolve_activity, resolve_funds_of_issuer, resolve_people, resolve_raises
from resolvers.treasury import resolve_holdings, resolve_mnav_of_organisation, resolve_treasury


@strawberry.type(description="A company, foundation or person behind a fund or a treasury.")
class Organisation(Measured, Node):
    is_type_of = views(OrganisationRow)

    slug: str = described("Stable name, for example forward-industries.")
    name: str = described("Display name, for example Forward Industries.")
    ticker: str | None = described("Of its shares, for example FORD; null where they are not listed.")
    kind: str = described("What it is, for example treasury_company.")
    claims: Connection[Claim] = resolved_by(resolve_claims_about, "What sources said of it, as it came on record.")
    people: list[Role] = resolved_by(resolve_people, "Who leads it, the longest in office first.")
    raises: list[CapitalRaise] = resolved_by(resolve_raises, "What money it raised or means to, the newest first.")
    treasury: Treasury = resolved_by(resolve_treasury, "What it holds, and what the market pays for that.")
    holdings: list[Holding] = resolved_by(resolve_holdings, "What it holds: the holdings of its treasury.")
    mnav: Figure = resolved_by(
        resolve_mnav_of_organisation, "Shares at their price over what its holdings are worth; above 1 is a premium."
    )
    activity: Connection[TreasuryTransaction] = resolved_by(
        resolve_activity, "What moved its treasury, the newest first."
    )
    funds: list[Annotated["Fund", strawberry.lazy("graph.fund")]] = resolved_by(
        resolve_funds_of_issuer, "The funds it issues, by ticker."
    )


@strawberry.type(description="An exchange-traded fund that holds a token.")
class Fund(Measured, Node):
    is_type_of = views(FundRow)

    slug: str = described("Stable name, for example ibit.")
    ticker: str = described("Under which it is traded, for example IBIT.")
    name: str = described("Display name, for example iShares Bitcoin Trust.")
    fee_percent: Decimal | None = described("Yearly fee in percent of what it holds, for example 0.25.")
    issuer: Organisation | None = resolved_by(resolve_issuer, "Who issues it.")
    underlying: Token | None = resolved_by(resolve_underlying, "The token it holds.")
    net_flow: MetricValue = resolved_by(
        metric_field(Metric.FUND_NET_FLOW), "What was put in less what was taken out, US dollars over a window."
    )
    fee_pct: Decimal | None = described("The same as `feePercent`.")
    aum_usd: MetricValue = resolved_by(metric_field(Metric.FUND_AUM), "The same as `aum`.")
    aum: MetricValue = resolved_by(
        metric_field(Metric.FUND_AUM), "Assets under management, US dollars, the last value in a window."
    )
    claims: Connection[Claim] = resolved_by(resolve_claims_about, "What sources said of it, as it came on record.")
