"""Net flows of exchange-traded funds by trading day: SoSoValue's totals by asset, DefiLlama's by asset and fund.

https://sosovalue.gitbook.io/soso-value-api-doc, https://api-docs.defillama.com
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field

from models.vocabulary import EntityKind, Metric, ObservationMethod
from sync.client import Client
from sync.errors import Unintelligible
from sync.facts import Facts, FundFact, Ref, SourceFact
from sync.source import Ask, Reading, Source
from sync.sources.collected import Collected, more_than_there_is, number, parts
from sync.sources.row import MaybeText, Number, Refused, Row, day_of_seconds, listed

NAME = "etf_flows"
SOSOVALUE = SourceFact("sosovalue", "SoSoValue", ObservationMethod.THIRD_PARTY, 50, "https://sosovalue.com")
LLAMA = SourceFact(
    "defillama-etfs", "DefiLlama, funds", ObservationMethod.THIRD_PARTY, 100, "https://defillama.com/etfs"
)
CHART = "/openapi/v2/etf/historicalInflowChart"
TYPES = {"us-btc-spot": "bitcoin", "us-eth-spot": "ethereum"}


class DayRow(Row):
    """A trading day of SoSoValue's chart; what it adds up to since the beginning is not taken."""

    date: date
    total_net_inflow: Number | None = Field(None, validation_alias="totalNetInflow")
    total_net_assets: Number | None = Field(None, validation_alias="totalNetAssets")


class FlowRow(Row):
    """A row of /etfs/flows, by asset and day."""

    gecko_id: str = Field(min_length=1)
    day: datetime
    total_flow_usd: Number | None = None


def _fee(raw: Any) -> Decimal | None:
    """A fee in percent of a year, as it was written."""
    try:
        fee = None if raw is None else number(raw)
    except ArithmeticError as error:
        raise ValueError(f"not a number: {raw}") from error
    if fee is not None and not 0 <= fee <= 100:
        raise ValueError(f"no share of a hundred: {raw}")
    return fee


class SnapshotRow(Row):
    """A row of /etfs/snapshot: a fund as it was at a moment, in seconds."""

    ticker: str = Field(min_length=1)
    day: Annotated[date, BeforeValidator(day_of_seconds)] = Field(validation_alias="timestamp")
    asset: str = Field(min_length=1)
    name: MaybeText = Field(None, validation_alias=AliasChoices("etf_name", "name"))
    pct_fee: Annotated[Decimal | None, BeforeValidator(_fee)] = None
    flows: Number | None = None
    aum: Number | None = None


async def fetch(client: Client, ask: Ask) -> Reading | None:
    """Of whichever of the two there is a key for; days without a record are no trading days, or not reported yet."""
    soso, llama, facts = Collected(SOSOVALUE), Collected(LLAMA), Facts()
    some = [_chart(client, ask, kind, soso) for kind in TYPES] if client.upstreams.sosovalue.key else []
    if client.upstreams.defillama_pro.key:
        some += [_flows(client, ask, llama), _snapshot(client, ask, llama, facts)]
    troubles = await parts(*some)
    return Reading(facts.joined(soso.facts()).joined(llama.facts()), troubles)


async def _chart(client: Client, ask: Ask, kind: str, collected: Collected) -> None:
    answer = await client.post(client.upstreams.sosovalue, CHART, {"type": kind}, parse_chart)
    rows, refused = await answer.value()
    collected.refuse(f"{CHART} {kind}", refused)
    for row in rows:
        # The funds report in the evening: what there is of today is not all of it.
        if row.date >= ask.today:
            continue
        if more_than_there_is(row.total_net_inflow, row.total_net_assets):
            collected.reject("flows larger than the funds", where=CHART, value=str(row.model_dump(mode="json")))
            continue
        collected.add(_token(TYPES[kind]), Metric.FUND_NET_FLOW, row.date, row.total_net_inflow)
        collected.add(_token(TYPES[kind]), Metric.FUND_AUM, row.date, row.total_net_assets)


async def _flows(client: Client, ask: Ask, collected: Collected) -> None:
    answer = await client.get(client.upstreams.defillama_pro, "/etfs/flows", parse_flows)
    rows, refused = await answer.value()
    collected.refuse("/etfs/flows", refused)
    for row in rows:
        if row.day.date() < ask.today:
            collected.add(_token(row.gecko_id), Metric.FUND_NET_FLOW, row.day.date(), row.total_flow_usd)


async def _snapshot(client: Client, ask: Ask, collected: Collected, facts: Facts) -> None:
    answer = await client.get(client.upstreams.defillama_pro, "/etfs/snapshot", parse_snapshot)
    rows, refused = await answer.value()
    collected.refuse("/etfs/snapshot", refused)
    for row in rows:
        facts.funds.append(_fund(row))
        subject = facts.funds[-1].refs[0]
        if more_than_there_is(row.flows, row.aum):
            collected.reject(
                "flows larger than the funds", where="/etfs/snapshot", value=str(row.model_dump(mode="json"))
            )
            continue
        collected.add(subject, Metric.FUND_AUM, row.day, row.aum)
        if row.day < ask.today:
            collected.add(subject, Metric.FUND_NET_FLOW, row.day, row.flows)


def _fund(row: SnapshotRow) -> FundFact:
    ref = Ref(EntityKind.FUND, "ticker", row.ticker)
    name, token = row.name or row.ticker, _token(row.asset)
    return FundFact((ref,), row.ticker.lower(), row.ticker, name, token, fee_percent=row.pct_fee)


def _token(coin: str) -> Ref:
    return Ref(EntityKind.TOKEN, "coingecko", coin)


def parse_chart(body: Any) -> tuple[list[DayRow], Refused]:
    """An answer of SoSoValue: `data` is a list, or holds one as `list`. A refusal comes with 200 and a code."""
    if not isinstance(body, dict):
        raise Unintelligible("is no answer with data")
    if body.get("code") not in (0, "0", None):
        raise Unintelligible(f"says code {body['code']}: {body.get('msg')}")
    found = body.get("data")
    refused: Refused = []
    return listed(DayRow, found.get("list") if isinstance(found, dict) else found, "days", refused), refused


def parse_flows(body: Any) -> tuple[list[FlowRow], Refused]:
    """An answer of /etfs/flows."""
    refused: Refused = []
    return listed(FlowRow, body, "flows", refused), refused


def parse_snapshot(body: Any) -> tuple[list[SnapshotRow], Refused]:
    """An answer of /etfs/snapshot."""
    refused: Refused = []
    return listed(SnapshotRow, body, "funds", refused), refused


SOURCE = Source(
    name=NAME,
    home="https://sosovalue.com",
    terms="https://sosovalue.com/terms-of-service",
    # Once a trading day, in the evening of New York, and corrected the morning after.
    cadence=timedelta(hours=6),
    fetch=fetch,
    needs_key=("sosovalue", "defillama"),
)
