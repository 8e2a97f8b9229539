"""What answers say of themselves: where each is from, how it is reckoned, and of which edition the schema is."""

import hashlib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from graphql import build_schema

from graph.edition import Leaving, deprecations
from graph.schema import schema
from models.store import Store
from models.vocabulary import (
    Confidence,
    FeeSwitch,
    Metric,
    ObservationMethod,
)
from resolvers.source import retrievals_by_source, sources_by_slug
from sync.facts import FundFact, MethodologyFact, RightsFact, UnlockFact
from sync.report import PUBLISHED, Outcome
from tests.builders import (
    NOON,
    SOURCE,
    Fact,
    daily,
    days_ago,
    fund_ref,
    protocol_fact,
    protocol_ref,
    published,
    source_fact,
    token_fact,
    token_ref,
)
from tests.graph.asking import asked, refused
from tests.graph.world import span


def world() -> list[Fact]:
    return [
        source_fact("guess", precedence=5, method=ObservationMethod.INFERRED),
        token_fact("hype"),
        protocol_fact("dex", token="hype"),
        protocol_fact("other"),
        MethodologyFact(protocol_ref("dex"), Metric.REVENUE, SOURCE, "Fees kept by the fund."),
        RightsFact(protocol_ref("dex"), SOURCE, fee_switch=FeeSwitch.PENDING),
        daily("dex", Metric.REVENUE, span(30, 100)),
        daily("dex", Metric.FEES, span(20, 120), source="guess"),
        daily(token_ref("hype"), Metric.PRICE, span(30, 40)),
        UnlockFact("team", token_ref("hype"), days_ago(1), Decimal("1000.5"), "Team", SOURCE, Confidence.MEDIUM),
        FundFact((fund_ref("ihyp"),), "ihyp", "IHYP", "HYPE Trust", token_ref("hype"), None, None),
        daily(fund_ref("ihyp"), Metric.FUND_NET_FLOW, {days_ago(1): 5}),
    ]


async def answered(store: Store, query: str, **variables: Any) -> Any:
    await published(store, *world(), recorded_at=NOON)
    return await asked(store, query, **variables)


async def test_lists_are_narrowed_by_the_fee_switch(store: Store) -> None:
    query = "query ($is: [FeeSwitch!]!) { protocols(where: {feeSwitch: $is}) { nodes { slug } } }"
    pending = await answered(store, query, **{"is": ["PENDING", "ON"]})

    unknown = await asked(store, query, **{"is": ["UNKNOWN"]})

    assert pending["protocols"]["nodes"] == [{"slug": "dex"}]
    assert unknown["protocols"]["nodes"] == [{"slug": "other"}]


async def test_an_unlock_is_told_with_its_worth_and_the_price_that_was_used(sqlite_store: Store) -> None:
    query = """query ($day: Date!) { token(by: {slug: "hype"}) { unlocks(from: $day, to: $day) {
        amount { amount usd priceUsed priceAsOf token { symbol } } } } }"""

    data = await answered(sqlite_store, query, day=str(days_ago(1)))

    [unlock] = data["token"]["unlocks"]
    told = unlock["amount"]
    assert [Decimal(told[name]) for name in ("amount", "usd", "priceUsed")] == [Decimal("1000.5"), 40020, 40]
    assert (told["priceAsOf"], told["token"]) == ("2026-07-10T00:00:00Z", {"symbol": "HYPE"})


async def test_values_series_and_provenances_name_their_methodology(store: Store) -> None:
    query = """query ($from: Date!, $to: Date!) { protocol(by: {slug: "dex"}) {
        revenue { methodology { id } provenance { methodology { id text } } }
        series(keys: [REVENUE, PS], from: $from, to: $to) {
          methodology { id version supersedes { id } sourceUrl } } } }"""

    found = (await answered(store, query, **{"from": str(days_ago(3)), "to": str(days_ago(1))}))["protocol"]

    [one, other] = (each["methodology"] for each in found["series"])
    assert found["revenue"]["provenance"]["methodology"]["text"] == "Fees kept by the fund."
    assert found["revenue"]["methodology"]["id"] == found["revenue"]["provenance"]["methodology"]["id"] == one["id"]
    assert (one["id"].split(":")[:2], other["id"]) == (["REVENUE", "1"], "PS:1")
    assert (one["supersedes"], one["sourceUrl"][:8]) == (None, "https://")


async def test_days_of_a_source_that_infers_are_estimated(store: Store) -> None:
    query = """{ protocol(by: {slug: "dex"}) { fees { coverage { observedDays estimatedDays } }
        revenue { coverage { estimatedDays } } } market { revenue { coverage { estimatedDays } } } }"""

    data = await answered(store, query)

    found = data["protocol"]
    assert found["fees"]["coverage"] == {"observedDays": 20, "estimatedDays": 20}
    assert found["revenue"]["coverage"]["estimatedDays"] == 0
    assert data["market"]["revenue"]["coverage"]["estimatedDays"] is None


async def test_a_source_is_as_new_as_what_last_came_on_record_of_it(store: Store) -> None:
    before, parts = NOON - timedelta(9), "{ fees { source { retrievedAt } } revenue { source { retrievedAt } } }"
    await published(store, *world(), recorded_at=before, collector="bundle")
    changed = daily("dex", Metric.FEES, {days_ago(1): 121}, source="guess")
    await published(store, changed, recorded_at=NOON, collector="bundle")

    then, now = [
        (await asked(store, f'{{ protocol(by: {{slug: "dex"}}{at}) {parts} }}'))["protocol"]
        for at in (", at: {epoch: 1}", "")
    ]

    assert then == {name: {"source": {"retrievedAt": moment_of(before)}} for name in ("fees", "revenue")}
    assert now == {**then, "fees": {"source": {"retrievedAt": moment_of(NOON)}}}


async def test_a_source_of_which_nothing_is_on_record_was_never_read(store: Store) -> None:
    await published(store, source_fact("idle"), *world(), collector="bundle")

    async with store.reading() as reader:
        [idle] = await sources_by_slug(reader, ["idle"])
        assert idle is not None
        assert await retrievals_by_source(reader, [idle.number, 10**6]) == [None, None]


def moment_of(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


async def test_a_source_is_a_node_that_says_when_it_was_read(store: Store) -> None:
    fields = "revenue { source { id kind retrievedAt } } fees { source { retrievedAt } }"
    query = f'{{ protocol(by: {{slug: "dex"}}) {{ {fields} }} }}'
    outcome = Outcome(SOURCE, PUBLISHED, seconds=0.5)
    await published(store, *world(), recorded_at=NOON, outcomes=[outcome])

    found = (await asked(store, query))["protocol"]

    source = found["revenue"]["source"]
    run = await asked(store, "{ meta { sources { name lastSuccessAt source { id slug } } } }")
    [health] = run["meta"]["sources"]
    assert (source["kind"], source["retrievedAt"]) == ("THIRD_PARTY", health["lastSuccessAt"])
    assert health["source"] == {"id": source["id"], "slug": SOURCE}
    assert found["fees"]["source"]["retrievedAt"] == "2026-07-10T12:00:00Z"
    node = await asked(store, "query ($id: ID!) { node(id: $id) { ... on Source { slug } } }", id=source["id"])
    assert node["node"] == {"slug": SOURCE}


async def test_a_fund_s_flow_names_its_source(sqlite_store: Store) -> None:
    query = """query ($day: Date!) { fundFlows(underlying: "hype", from: $day, to: $day) { byFund {
        provenance { method chosen { slug } rivals { value } methodology { key } } } } }"""

    [day] = (await answered(sqlite_store, query, day=str(days_ago(1))))["fundFlows"]

    assert day["byFund"] == [
        {
            "provenance": {
                "method": "THIRD_PARTY",
                "chosen": {"slug": SOURCE},
                "rivals": [],
                "methodology": {"key": "FUND_NET_FLOW"},
            }
        }
    ]


async def test_a_definition_says_its_windows_and_versions(sqlite_store: Store) -> None:
    query = """query ($version: String) { metricDefinitions(keys: [REVENUE, PS, GROWTH_YOY, HHI]) {
        key windows methodology(version: $version) { version } history { version supersedes { version } } } }"""

    data = await answered(sqlite_store, query)

    windows = {each["key"]: each["windows"] for each in data["metricDefinitions"]}
    assert (len(windows["REVENUE"]), len(windows["HHI"])) == (11, 11)
    assert (windows["PS"], windows["GROWTH_YOY"]) == (["D7", "D30", "TTM", "ALL"], ["TTM"])
    assert {(each["methodology"]["version"], len(each["history"])) for each in data["metricDefinitions"]} == {("1", 1)}
    assert await refused(sqlite_store, query, version="7") == (
        "BAD_USER_INPUT",
        "REVENUE has no version '7' of its definition, but 1",
    )


async def test_an_issue_counts_how_often_it_was_changed(sqlite_store: Store) -> None:
    gaps = daily("dex", Metric.REVENUE, {day: 100 for n, day in enumerate(span(60, 1)) if n % 10})
    await published(sqlite_store, protocol_fact("dex"), gaps, recorded_at=NOON.replace(hour=10))
    more = daily("dex", Metric.REVENUE, {days_ago(11): 100})
    await published(sqlite_store, protocol_fact("dex"), more, recorded_at=NOON)
    query = "query ($at: AsOf) { qualityIssues(kind: [MISSING_DAYS], at: $at) { nodes { revision } } }"

    counted = [(await asked(sqlite_store, query, at={"epoch": n}))["qualityIssues"]["nodes"] for n in (1, 2)]

    assert counted == [[{"revision": 0}], [{"revision": 1}]]


async def test_the_schema_names_its_edition(sqlite_store: Store) -> None:
    data = await answered(sqlite_store, "{ meta { schemaVersion schemaSha deprecations { coordinate reason } } }")

    text = hashlib.sha256(f"{schema.as_str()}\n".encode()).hexdigest()
    assert data["meta"] == {"schemaVersion": "0.1.0", "schemaSha": text, "deprecations": []}


def test_what_is_deprecated_is_found_wherever_it_is() -> None:
    old = build_schema("""
        enum Side { UP DOWN @deprecated(reason: "Ask UP.") }
        input By { id: ID name: String @deprecated(reason: "Say id.") }
        type Query {
          one(by: By, side: Side @deprecated(reason: "None."), n: Int): Int
          two: Int @deprecated(reason: "Ask one.")
        }
    """)

    assert list(deprecations(old)) == [
        Leaving("By.name", "Say id."),
        Leaving("Query.one(side:)", "None."),
        Leaving("Query.two", "Ask one."),
        Leaving("Side.DOWN", "Ask UP."),
    ]
