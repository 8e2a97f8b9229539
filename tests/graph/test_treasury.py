"""Organisations: who leads them, what they raised, hold and did, and what the market pays for it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from models.store import Store
from models.vocabulary import Confidence, Metric, RaiseKind, RaiseStatus, TreasuryTransactionKind
from sync.facts import (
    HoldingFact,
    OrganisationFact,
    RaiseFact,
    RoleFact,
    SharesFact,
    TreasuryTransactionFact,
)
from tests.builders import (
    NOON,
    Fact,
    claim_fact,
    daily,
    days_ago,
    organisation_ref,
    published,
    source_fact,
    token_fact,
    token_ref,
)
from tests.conftest import Recording
from tests.graph.asking import asked

FORWARD = organisation_ref("forward")
SOL = token_ref("sol")
HIGH = Confidence.HIGH


def organisation(slug: str, ticker: str) -> OrganisationFact:
    return OrganisationFact((organisation_ref(slug),), slug, slug.title(), "TREASURY_COMPANY", ticker)


def held(ago: int, amount: int, source: str = "press", **fields: Any) -> HoldingFact:
    return HoldingFact(FORWARD, SOL, days_ago(ago), Decimal(amount), source, HIGH, **fields)


def bought(ref: str, ago: int, amount: int, **fields: Any) -> TreasuryTransactionFact:
    kind = TreasuryTransactionKind.PURCHASE
    return TreasuryTransactionFact(ref, FORWARD, SOL, days_ago(ago), kind, Decimal(amount), "press", HIGH, **fields)


def world() -> list[Fact]:
    pipe = RaiseFact(
        "pipe",
        FORWARD,
        RaiseKind.PIPE,
        RaiseStatus.CLOSED,
        "press",
        HIGH,
        amount_usd=Decimal(1_650_000_000),
        announced_on=date(2025, 9, 8),
        closed_on=date(2025, 9, 11),
        investors=("Galaxy Digital", "Jump, Crypto"),
        topic="forward:raise",
    )
    programme = RaiseFact(
        "atm",
        FORWARD,
        RaiseKind.AT_THE_MARKET,
        RaiseStatus.FILED,
        "press",
        HIGH,
        amount_usd=Decimal(4_000_000_000),
        at_most=True,
        announced_on=date(2025, 9, 17),
    )
    return [
        source_fact("press", precedence=20),
        source_fact("feed", precedence=10),
        organisation("forward", "FORD"),
        organisation("empty", "NONE"),
        token_fact("sol"),
        RoleFact("chair", FORWARD, "Kyle Samani", "Chairman", "press", HIGH, from_day=date(2025, 9, 11)),
        RoleFact("chief", FORWARD, "Michael Pruitt", "Interim chief executive", "press", HIGH),
        pipe,
        programme,
        claim_fact("said", FORWARD, topic="forward:raise", value="1650000000", unit="USD"),
        held(40, 5_000_000),
        held(5, 6_822_000, cost_usd=Decimal(1_580_000_000), deployed=({"strategy": "STAKING", "amount": "6822000"},)),
        held(5, 6_800_000, "feed", value_usd=Decimal(1_500_000_000)),
        bought("first", 40, 5_000_000, balance_after=Decimal(5_000_000)),
        bought("second", 5, 1_822_000, usd=Decimal(422_000_000), balance_after=Decimal(6_822_000)),
    ]


HOLDINGS = """{ organisation(by: {ticker: "ford"}) { treasury { holdings {
    symbol amount asOf costUsd statedUsd token { slug } source { slug } deployed { strategy amount }
    statements { amount source { slug } }
    market { value state reason asOf } shareOfSupply { value state inputs { key } } } } } }"""


async def test_who_leads_is_told_with_dates_and_sources(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    query = '{ organisation(by: {slug: "forward"}) { people { person title from to source { slug } } } }'
    people = (await asked(store, query))["organisation"]["people"]

    press = {"source": {"slug": "press"}, "to": None}
    assert people == [
        {"person": "Michael Pruitt", "title": "Interim chief executive", "from": None, **press},
        {"person": "Kyle Samani", "title": "Chairman", "from": "2025-09-11", **press},
    ]


async def test_raises_stand_apart_from_holdings_and_point_at_their_claims(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    query = """{ organisation(by: {slug: "forward"}) { raises {
        kind amountUsd atMost status announcedOn closedOn investors claims { value } } } }"""
    programme, pipe = (await asked(store, query))["organisation"]["raises"]

    assert (programme["kind"], programme["status"], programme["atMost"]) == ("AT_THE_MARKET", "FILED", True)
    assert (programme["closedOn"], programme["claims"]) == (None, [])
    assert (pipe["amountUsd"], pipe["status"], pipe["atMost"]) == ("1650000000.000000", "CLOSED", False)
    assert (pipe["announcedOn"], pipe["closedOn"]) == ("2025-09-08", "2025-09-11")
    assert pipe["investors"] == ["Galaxy Digital", "Jump, Crypto"]
    assert pipe["claims"] == [{"value": "1650000000"}]


async def test_an_organisation_tells_its_holdings_and_mnav_itself(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)
    parts = "amount costBasisUsd marketUsd provenance { confidence }"

    query = f"""{{ organisation(by: {{slug: "forward"}}) {{
        holdings {{ {parts} }} mnav(shares: MAXIMUM) {{ value state }}
        treasury {{ holdings {{ amount costUsd confidence market {{ value }} }}
            mnav(shares: MAXIMUM) {{ value state }} }} }} }}"""
    found = (await asked(store, query))["organisation"]
    [mine], [held] = found["holdings"], found["treasury"]["holdings"]

    assert (mine["amount"], mine["costBasisUsd"]) == (held["amount"], held["costUsd"])
    assert mine["provenance"] == {"confidence": held["confidence"]}
    assert (mine["marketUsd"], found["mnav"]) == (held["market"]["value"], found["treasury"]["mnav"])


async def test_the_newest_holding_counts_and_other_sources_are_told(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    [holding] = (await asked(store, HOLDINGS))["organisation"]["treasury"]["holdings"]

    assert (holding["symbol"], holding["token"], holding["source"]) == ("SOL", {"slug": "sol"}, {"slug": "feed"})
    assert (holding["amount"], holding["asOf"]) == ("6800000", str(days_ago(5)))
    assert (holding["costUsd"], holding["statedUsd"]) == ("1580000000.000000", "1500000000.000000")
    assert holding["deployed"] == [{"strategy": "STAKING", "amount": "6822000"}]
    assert [(each["amount"], each["source"]["slug"]) for each in holding["statements"]] == [
        ("6800000", "feed"),
        ("6822000", "press"),
    ]


async def test_a_holding_is_worth_what_the_source_said_until_a_price_is_known(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)
    [unpriced] = (await asked(store, HOLDINGS))["organisation"]["treasury"]["holdings"]

    await published(
        store,
        daily(SOL, Metric.PRICE, {days_ago(1): 200}),
        daily(SOL, Metric.TOTAL_SUPPLY, {days_ago(1): 680_000_000}),
        recorded_at=NOON + timedelta(hours=1),
    )
    [priced] = (await asked(store, HOLDINGS))["organisation"]["treasury"]["holdings"]

    assert (unpriced["market"]["value"], unpriced["market"]["state"]) == ("1500000000.000000", "ESTIMATED")
    assert unpriced["shareOfSupply"]["value"] is None
    assert unpriced["shareOfSupply"]["state"] == "NOT_REPORTED"
    assert (Decimal(priced["market"]["value"]), priced["market"]["asOf"]) == (1_360_000_000, str(days_ago(1)))
    assert priced["shareOfSupply"] == {"value": "0.01", "state": "OK", "inputs": [{"key": "TOTAL_SUPPLY"}]}


async def test_holdings_are_a_series_by_token(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    query = """query ($from: Date!, $to: Date!) { organisation(by: {slug: "forward"}) {
        series(keys: [TREASURY_HOLDING], from: $from, to: $to, breakdownBy: STREAM) {
            label points { start value } } } }"""
    days = {"from": str(days_ago(40)), "to": str(days_ago(1))}
    [line] = (await asked(store, query, **days))["organisation"]["series"]

    known = {point["start"]: point["value"] for point in line["points"] if point["value"] is not None}
    assert Decimal(known[str(days_ago(5))]) == 6_800_000


async def test_an_older_day_shows_what_was_held_then(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    query = """query ($day: Date!) { organisation(by: {slug: "forward"}, at: {day: $day}) {
        treasury { holdings { amount asOf costUsd } } } }"""
    [then] = (await asked(store, query, day=str(days_ago(30))))["organisation"]["treasury"]["holdings"]
    none = (await asked(store, query, day=str(days_ago(50))))["organisation"]["treasury"]["holdings"]

    assert then == {"amount": "5000000", "asOf": str(days_ago(40)), "costUsd": None}
    assert none == []


async def test_a_holding_that_is_withdrawn_is_gone_from_now_on(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)
    gone = [held(5, 6_822_000, withdrawn=True), held(5, 6_800_000, "feed", withdrawn=True)]
    await published(store, *gone, recorded_at=NOON + timedelta(hours=1))

    query = 'query ($at: AsOf) { organisation(by: {slug: "forward"}, at: $at) { treasury { holdings { amount } } } }'
    now = (await asked(store, query))["organisation"]["treasury"]["holdings"]
    before = (await asked(store, query, at={"epoch": 1}))["organisation"]["treasury"]["holdings"]

    assert (now, before) == ([{"amount": "5000000"}], [{"amount": "6800000"}])


async def test_activity_is_told_page_by_page(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    query = """query ($after: String) { organisation(by: {slug: "forward"}) { activity(first: 1, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { on kind amount usd balanceAfter token { slug } source { slug } } } } }"""
    first = (await asked(store, query))["organisation"]["activity"]
    rest = (await asked(store, query, after=first["pageInfo"]["endCursor"]))["organisation"]["activity"]

    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (2, True)
    assert first["nodes"] == [
        {
            "on": str(days_ago(5)),
            "kind": "PURCHASE",
            "amount": "1822000",
            "usd": "422000000.000000",
            "balanceAfter": "6822000",
            "token": {"slug": "sol"},
            "source": {"slug": "press"},
        }
    ]
    assert [each["usd"] for each in rest["nodes"]] == [None]


async def test_mnav_says_what_is_missing_and_counts_shares_by_basis(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)
    query = """{ organisation(by: {slug: "forward"}) {
        treasury { worth { value state } realized: mnav { value state reason }
            maximum: mnav(shares: MAXIMUM) { value state reason } } } }"""
    before = (await asked(store, query))["organisation"]["treasury"]

    shares = SharesFact(FORWARD, days_ago(1), "feed", realized=Decimal(100_000_000), price_usd=Decimal("20.4"))
    await published(store, shares, daily(SOL, Metric.PRICE, {days_ago(1): 200}), recorded_at=NOON + timedelta(hours=1))
    after = (await asked(store, query))["organisation"]["treasury"]

    assert before["realized"]["state"] == "NOT_REPORTED"
    assert before["realized"]["reason"] == "No source states how many shares there are."
    # 100 million shares at 20.40 against 6.8 million SOL at 200.
    assert after["realized"] == {"value": "1.5", "state": "OK", "reason": None}
    assert (after["maximum"]["value"], after["maximum"]["state"]) == (None, "NOT_REPORTED")


async def test_an_organisation_without_anything_has_empty_lists_and_a_reason(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    query = """{ organisation(by: {slug: "empty"}) {
        people { person } raises { kind } activity { totalCount } funds { ticker }
        treasury { holdings { amount } worth { value state } mnav { value state } } } }"""
    found = (await asked(store, query))["organisation"]

    unknown = {"value": None, "state": "NOT_REPORTED"}
    assert (found["people"], found["raises"], found["funds"]) == ([], [], [])
    assert found["activity"] == {"totalCount": 0}
    assert found["treasury"] == {"holdings": [], "worth": unknown, "mnav": unknown}


async def test_many_organisations_take_as_many_statements_as_one(store: Store, statements: Recording) -> None:
    more = [organisation(f"company-{n}", f"C{n}") for n in range(20)]
    holdings = [
        HoldingFact(organisation_ref(f"company-{n}"), SOL, days_ago(2), Decimal(n + 1), "press", HIGH)
        for n in range(20)
    ]
    await published(store, *world(), *more, *holdings, recorded_at=NOON)
    query = """query ($last: Int!) { organisations(last: $last) { nodes {
        people { person } raises { kind claims { ref } } activity { nodes { amount } }
        treasury { mnav { value } holdings { amount token { slug } market { value } source { slug } } } } } }"""

    await asked(store, query, last=22)  # each connection proves the epoch once
    counts = []
    for last in (1, 22):
        with statements(store.readers) as seen:
            found = await asked(store, query, last=last)
        counts.append(len(seen))

    assert len([each for each in found["organisations"]["nodes"] if each["treasury"]["holdings"]]) == 21
    assert counts[0] == counts[1]
