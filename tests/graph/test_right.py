"""Rights, unlocks, value layers, operations and risks: what is on record, and honest states where nothing is."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.store import Store
from models.vocabulary import (
    Confidence,
    FeeSwitch,
    Interval,
    Metric,
    RightState,
    RiskKind,
    ValueLayerKind,
)
from resolvers.stream import layer_of
from sync.facts import OrganisationFact, RightsFact, RiskFact, UnlockFact, ValueLayerFact
from tests.builders import (
    MARKET,
    NOON,
    TODAY,
    Fact,
    chain_fact,
    chain_ref,
    claim_fact,
    daily,
    days_ago,
    organisation_ref,
    protocol_fact,
    protocol_ref,
    published,
    source_fact,
    token_fact,
    token_ref,
)
from tests.conftest import Recording
from tests.graph.asking import asked

AAVE = protocol_ref("aave")
TOKEN = token_ref("aave")
HIGH = Confidence.HIGH
MEDIUM = Confidence.MEDIUM


def span(days: int, value: int) -> dict[date, int]:
    return {TODAY - timedelta(days=ago): value for ago in range(1, days + 1)}


def unlock(ref: str, ago: int, **fields: Any) -> UnlockFact:
    return UnlockFact(ref, TOKEN, days_ago(ago), Decimal("1000.5"), "Team", "upstream", MEDIUM, **fields)


def world() -> list[Fact]:
    return [
        source_fact(),
        source_fact("rival", precedence=20),
        OrganisationFact((organisation_ref("labs"),), "labs", "Labs", "COMPANY"),
        chain_fact("ethereum"),
        token_fact("aave"),
        protocol_fact("aave", token="aave", chains=("ethereum",)),
        protocol_fact("quiet"),
        RightsFact(
            AAVE,
            "upstream",
            governance=RightState.YES,
            revenue=RightState.PARTIAL,
            fee_switch=FeeSwitch.ON,
            entities=(organisation_ref("labs"),),
            updated_on=date(2026, 6, 1),
            sources=("https://example.org/rights",),
        ),
        unlock("past", 10),
        unlock("seen", 5, observed=True),
        unlock("next", -20),
        unlock("late", -400),
        daily("aave", Metric.REVENUE, span(60, 100)),
        daily("aave", Metric.REVENUE, span(60, 60), stream="borrow_interest"),
        daily("aave", Metric.REVENUE, span(60, 15), stream="liquidation_fees"),
        daily("aave", Metric.REVENUE, span(60, 5), stream="Swap Fees"),
        ValueLayerFact(AAVE, ValueLayerKind.STAKING_REWARDS, "rival", MEDIUM, note="Said, and not split off."),
        daily("aave", Metric.DEVICES, {date(2025, 6, 1): 200, date(2026, 6, 1): 300}, interval=Interval.MONTH),
        daily(chain_ref("ethereum"), Metric.CONTRACT_CALLS, {days_ago(2): 7}, source="rival"),
        daily(chain_ref("ethereum"), Metric.CONTRACT_CALLS, {days_ago(3): 9}),
        claim_fact("calls", chain_ref("ethereum"), topic="ethereum:active-users", value="5"),
        claim_fact("named", MARKET, topic="market:risks", value="SUSTAINABILITY"),
        claim_fact("own", AAVE, topic="aave:promise"),
        RiskFact(MARKET, RiskKind.SUSTAINABILITY, ("market:risks",), "upstream"),
        RiskFact(AAVE, RiskKind.EXECUTION, ("aave:promise",), "upstream"),
    ]


async def of_protocol(store: Store, slug: str, fields: str) -> Any:
    query = f'{{ protocol(by: {{slug: "{slug}"}}) {{ {fields} }} }}'
    return (await asked(store, query))["protocol"]


RIGHTS = "rights { governance revenue feeSwitch burns updatedOn sourceUrls entities { slug } source { slug } }"


async def test_rights_are_told_with_their_source_and_unknown_where_nobody_said(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    assert (await of_protocol(store, "aave", RIGHTS))["rights"] == {
        "governance": "YES",
        "revenue": "PARTIAL",
        "feeSwitch": "ON",
        "burns": "UNKNOWN",
        "updatedOn": "2026-06-01",
        "sourceUrls": ["https://example.org/rights"],
        "entities": [{"slug": "labs"}],
        "source": {"slug": "upstream"},
    }
    unknown = (await of_protocol(store, "quiet", RIGHTS))["rights"]
    assert (unknown["governance"], unknown["feeSwitch"], unknown["source"]) == ("UNKNOWN", "UNKNOWN", None)
    assert (unknown["updatedOn"], unknown["entities"], unknown["sourceUrls"]) == (None, [], [])


async def test_unlocks_tell_what_was_seen_and_what_is_only_scheduled(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    query = """query ($from: Date!, $to: Date!, $at: AsOf) { token(by: {slug: "aave"}, at: $at) {
        unlocks(from: $from, to: $to) { on tokens recipient observed isForecast usd { value state } } } }"""
    days = {"from": str(days_ago(30)), "to": str(days_ago(-30))}
    found = (await asked(store, query, **days))["token"]["unlocks"]
    earlier = (await asked(store, query, **days, at={"day": str(days_ago(15))}))["token"]["unlocks"]

    assert [(each["on"], each["observed"], each["isForecast"]) for each in found] == [
        (str(days_ago(10)), False, False),
        (str(days_ago(5)), True, False),
        (str(days_ago(-20)), False, True),
    ]
    assert [each["isForecast"] for each in earlier] == [True, False, True]
    assert (found[0]["tokens"], found[0]["recipient"]) == ("1000.5", "Team")
    assert found[0]["usd"] == {"value": None, "state": "NOT_REPORTED"}


async def test_an_unlock_that_was_called_off_is_gone_but_not_forgotten(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)
    await published(store, unlock("next", -20, withdrawn=True), recorded_at=NOON + timedelta(hours=1))

    query = """query ($at: AsOf) { token(by: {slug: "aave"}, at: $at) {
        unlocks(from: "2026-07-11", to: "2026-12-31") { on } } }"""

    assert (await asked(store, query))["token"]["unlocks"] == []
    assert (await asked(store, query, at={"epoch": 1}))["token"]["unlocks"] == [{"on": str(days_ago(-20))}]


async def test_layers_share_out_the_revenue_of_their_streams(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    fields = """valueLayers { kind streams revenue { value } share { value state reason } source { slug } }
        revenueStreams { key layer }"""
    found = await of_protocol(store, "aave", fields)
    fees, staking, interest = found["valueLayers"]

    assert [each["kind"] for each in (fees, staking, interest)] == ["TRANSACTION_FEES", "STAKING_REWARDS", "INTEREST"]
    assert interest["streams"] == ["borrow_interest", "liquidation_fees"]
    assert (Decimal(interest["revenue"]["value"]), Decimal(interest["share"]["value"])) == (2250, Decimal("0.75"))
    assert Decimal(fees["share"]["value"]) == Decimal("0.05")
    assert (staking["share"]["value"], staking["share"]["state"]) == (None, "NOT_REPORTED")
    assert staking["share"]["reason"] == "No source splits off what is earned at this layer."
    assert staking["source"] == {"slug": "rival"}
    assert {each["key"]: each["layer"] for each in found["revenueStreams"]}["Swap Fees"] == "TRANSACTION_FEES"


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        ("MEV Rewards", ValueLayerKind.MEV),
        ("Staking Rewards", ValueLayerKind.STAKING_REWARDS),
        ("Liquidation Fees", ValueLayerKind.INTEREST),
        ("spot-ticker auctions", ValueLayerKind.AUCTIONS),
        ("Token Swap Fees", ValueLayerKind.TRANSACTION_FEES),
        ("other", None),
    ],
)
def test_the_name_of_a_stream_may_say_its_layer(stream: str, kind: ValueLayerKind | None) -> None:
    assert layer_of(stream) is kind


async def test_operations_tell_their_period_and_growth(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    fields = """operations(keys: [DEVICES, CREATOR_REVENUE]) {
        key figure { value state reason } interval periodStart periodEnd periods growth { value state }
        source { slug } }"""
    devices, creators = (await of_protocol(store, "aave", fields))["operations"]

    assert devices["figure"] == {"value": "300", "state": "OK", "reason": None}
    assert (devices["interval"], devices["periodStart"], devices["periodEnd"]) == ("MONTH", "2026-06-01", "2026-06-30")
    assert (devices["periods"], devices["growth"], devices["source"]) == (
        2,
        {"value": "0.5", "state": "OK"},
        {"slug": "upstream"},
    )
    assert creators["figure"]["state"] == "NOT_REPORTED"
    assert creators["figure"]["reason"] == "No source states it by day or month."
    assert (creators["interval"], creators["source"]) == (None, None)


async def test_operations_of_a_chain_are_its_own_and_point_at_claims(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    query = """query ($at: AsOf) { chain(by: {slug: "ethereum"}, at: $at) {
        operations(keys: [CONTRACT_CALLS, ACTIVE_USERS]) {
            figure { value } growth { state } source { slug } claims { value } } } }"""
    calls, users = (await asked(store, query))["chain"]["operations"]
    earlier, _ = (await asked(store, query, at={"day": str(days_ago(3))}))["chain"]["operations"]

    assert (calls["figure"]["value"], calls["source"]) == ("7", {"slug": "rival"})
    assert calls["growth"] == {"state": "INSUFFICIENT_HISTORY"}
    assert (users["figure"]["value"], users["claims"]) == (None, [{"value": "5"}])
    assert (earlier["figure"]["value"], earlier["source"]) == ("9", {"slug": "upstream"})


async def test_risks_point_at_metrics_and_claims(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    fields = "risks { kind statement evidence { key value state } claims { ref } }"
    risks = {each["kind"]: each for each in (await of_protocol(store, "aave", fields))["risks"]}

    assert set(risks) == {kind.name for kind in RiskKind}
    assert [each["key"] for each in risks["SUSTAINABILITY"]["evidence"]] == [
        "REVENUE_VOLATILITY",
        "MAX_DRAWDOWN",
        "GROWTH_YOY",
    ]
    assert risks["SUSTAINABILITY"]["claims"] == [{"ref": "named"}]
    assert risks["EXECUTION"]["claims"] == [{"ref": "own"}]
    assert risks["REGULATORY"]["statement"] == "No metric bears on it. No claims on record."
    assert risks["SATURATION"]["statement"].startswith("Growth, month, D30 to 2026-07-09: 0.00 %. Growth, quarter: not")
    assert "not known (NOT_REPORTED)" in risks["DILUTION"]["statement"]


async def test_more_protocols_take_no_more_statements(store: Store, statements: Recording) -> None:
    more: list[Fact] = [protocol_fact(f"protocol-{n}") for n in range(15)]
    more += [daily(f"protocol-{n}", Metric.REVENUE, span(60, n + 1), stream="swap fees") for n in range(15)]
    await published(store, *world(), *more, recorded_at=NOON)
    query = """query ($first: Int!) { protocols(first: $first) { nodes { rights { governance source { slug } }
        valueLayers { kind share { value } source { slug } }
        operations { figure { value } source { slug } claims { ref } } risks { statement } } } }"""
    await asked(store, query, first=1)

    counts = []
    for first in (1, 17):
        with statements(store.readers) as seen:
            await asked(store, query, first=first)
        counts.append(len(seen))

    assert counts[0] == counts[1]
