"""The queries of docs/queries: each is valid, each answers from the bundled data, and the page of answers is true."""

import shutil
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from graphql import build_schema, parse, validate

from models.store import Store
from sync.sources import SOURCES
from tests.answering import QUERIES, answer, counted, documents, key_for, served
from tests.server.export.bureau import bureau_of
from tests.written_queries import README, written

SCHEMA = build_schema((QUERIES.parent.parent / "schema.graphql").read_text())
QUESTIONS = documents("query")
MOST_STATEMENTS = 15

EXPORTED = """query($id: ID!) {
  exportJob(id: $id) { status files { url sha256 rows } } ledger(at: {epoch: 41}) { totalCount }
}"""

Holds = Callable[[dict[str, Any]], bool]


@pytest.fixture(scope="module")
def bundled(sqlite_bundled: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a store with the bundled data."""
    return f"sqlite+aiosqlite:///{shutil.copy(sqlite_bundled, tmp_path_factory.mktemp('bundled') / 'store.db')}"


@pytest.fixture
async def client(bundled: str) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with served(bundled) as client:
        yield client


def metric(values: list[dict[str, Any]], key: str) -> dict[str, Any]:
    return next(value for value in values if value["key"] == key)


def points(series: list[dict[str, Any]], key: str) -> list[str | None]:
    return [point["value"] for point in metric(series, key)["points"]]


def home_leaderboard(data: dict[str, Any]) -> bool:
    [first, *_] = data["protocols"]["edges"]
    found = (first["rank"], first["node"]["slug"], first["node"]["revenue"])
    return found == (1, "hyperliquid", {"value": "35075121.000000", "state": "OK"})


def protocol_page(data: dict[str, Any]) -> bool:
    [policy] = data["protocol"]["policies"]
    revenue = metric(data["protocol"]["metrics"], "REVENUE")
    rules = [(rule["mechanism"], rule["percent"]) for rule in policy["rules"]]
    return (revenue["value"], rules) == ("769550324.000000", [("BUYBACK_HOLD", "99"), ("LP_SHARE", "1")])


def revenue_chart(data: dict[str, Any]) -> bool:
    revenue = metric(data["protocol"]["series"], "REVENUE")["points"]
    return [(point["start"], point["value"]) for point in revenue] == [
        ("2025-12-01", "51212434.000000"),
        ("2026-01-01", "59837365.000000"),
        ("2026-02-01", "54004050.000000"),
    ]


def buyback_tape(data: dict[str, Any]) -> bool:
    newest = data["ledger"]["edges"][0]["node"]
    found = (newest["protocol"]["slug"], newest["kind"], newest["spentUsd"])
    priced = next(edge["node"] for edge in data["ledger"]["edges"] if edge["node"]["amount"])
    return found == ("lighter", "PURCHASE", "26081121.000000") and priced["amount"]["usd"] == priced["spentUsd"]


def compare_tokens(data: dict[str, Any]) -> bool:
    nodes = {node["slug"]: node["metrics"] for node in data["protocols"]["nodes"]}
    every = [value for values in nodes.values() for value in values]
    explained = all(value["value"] is not None or value["reason"] for value in every)
    known = {value["key"]: value["value"][:8] for value in nodes["hyperliquid"] if value["value"]}
    total = {"sum": "769550324.000000", "hhi": "10000", "top1Share": "100", "countOk": 1, "countNull": 2}
    return (
        explained
        and set(nodes) == {"hyperliquid", "pumpfun", "aave"}
        and known == {"REVENUE_VOLATILITY": "0.416402", "MAX_DRAWDOWN": "69.34689"}
        and data["protocols"]["aggregate"] == total
    )


def search_box(data: dict[str, Any]) -> bool:
    best = data["search"][0]
    return (best["matchedOn"], best["node"]["__typename"], best["node"]["symbol"]) == ("symbol", "Token", "HYPE")


def sector_board(data: dict[str, Any]) -> bool:
    sectors = {sector["key"]: sector for sector in data["sectors"]}
    perps = sectors["PERPS"]
    return len(sectors) == 22 and (perps["revenue"]["value"], perps["protocols"]["nodes"][0]["slug"]) == (
        "35075121.000000",
        "hyperliquid",
    )


def etf_flow_widget(data: dict[str, Any]) -> bool:
    day = next(day for day in data["fundFlows"] if day["on"] == "2025-09-10")
    told = (day["netUsd"], [rival["value"] for rival in day["rivals"]], day["state"], day["rankSince"])
    newest = next(day for day in data["newest"] if day["on"] == "2026-08-19")
    funds = {each["fund"]["ticker"]: each["netUsd"] for each in newest["byFund"]}
    added = sum(Decimal(usd) for usd in funds.values())
    return (
        told == ("742000000.000000", ["757000000"], "PARTIAL", None)
        and funds["IBIT"] == "284700000.000000"
        and added == Decimal(newest["netUsd"]) == Decimal(517_200_000)
    )


def cash_flow_screener(data: dict[str, Any]) -> bool:
    [only] = data["protocols"]["edges"]
    return (data["protocols"]["totalCount"], only["node"]["slug"]) == (1, "hyperliquid")


def revenue_quality(data: dict[str, Any]) -> bool:
    kinds = {risk["kind"] for risk in data["protocol"]["risks"]}
    formula = metric(data["protocol"]["metrics"], "MAX_DRAWDOWN")["methodology"]["formula"]
    return formula.startswith("max over t") and "SUSTAINABILITY" in kinds


def payout_against_revenue(data: dict[str, Any]) -> bool:
    series = data["protocol"]["series"]
    executed, reported = points(series, "BUYBACK_EXECUTED"), points(series, "HOLDERS_REVENUE")
    total = data["protocol"]["ledger"]["aggregate"]
    return executed[2] == "1356448.790490" and None not in executed + reported and total["count"] == 3


def policy_history(data: dict[str, Any]) -> bool:
    newest, oldest = data["protocol"]["policies"]
    return (
        (newest["effectiveFrom"], newest["rules"][0]["percent"]) == ("2025-08-31", "99")
        and (oldest["effectiveTo"], oldest["rules"][0]["percent"]) == ("2025-08-30", "97")
        and newest["provenance"]["rivals"] != []
    )


def point_in_time(data: dict[str, Any]) -> bool:
    then, now = data["asPublishedThen"], data["asKnownNow"]
    return (then["day"]["value"], then["policyOn"], now["day"]["value"]) == (
        "2329330.000000",
        None,
        "1954221.000000",
    ) and now["policyOn"]["rules"][0]["percent"] == "99"


def restatement_diff(data: dict[str, Any]) -> bool:
    [first, *_] = data["restatements"]["nodes"]
    found = (first["day"], first["before"], first["after"], first["beforeKnownAt"])
    return found == ("2026-03-02", "2470625.000000", "2537992.000000", "2026-03-08T01:04:32Z")


def multiples_by_convention(data: dict[str, Any]) -> bool:
    answers = data["protocol"]
    inputs = [each["key"] for each in answers["holdersMultiple"]["provenance"]["inputs"]]
    known = {key: answers[key]["value"][:6] for key in answers if answers[key]["value"]}
    explained = all(answer["state"] == "OK" or answer["reason"] for answer in answers.values())
    # A cap of 6,223,671,057 USD over 821,866,771 of a year, four days unknown, and over 46,583,246 x 365 / 30.
    right = known == {"ttmCirculating": "7.5726", "scaledCirculating": "7.5726", "runRateCirculating": "10.981"}
    return right and explained and "HOLDERS_REVENUE" in inputs


def net_of_emissions(data: dict[str, Any]) -> bool:
    found = data["protocol"]
    supply, series = found["token"]["supply"], found["series"]
    unknown = [points(series, key) for key in ("EMISSIONS", "UNLOCKS", "NET_SUPPLY_CHANGE")]
    return (
        points(series, "BUYBACK_EXECUTED")[:2] == [None, "5026997.991960"]
        and not any(any(values) for values in unknown)
        and (supply["boughtBackHeld"], supply["max"]["value"]) == ("46229219.345", "1000000000.000")
        and (found["gross"]["state"], found["net"]["state"]) == ("INSUFFICIENT_HISTORY", "NOT_REPORTED")
        and "fund states" in supply["treatment"]
    )


def burn_progress(data: dict[str, Any]) -> bool:
    found = data["protocol"]
    [quarter] = found["ledger"]["groups"]
    burned = (found["ledger"]["aggregate"]["tokenAmount"], quarter["keys"][0]["value"])
    provenance = found["token"]["burnShare"]["provenance"]
    reckoned = (provenance["method"], [each["key"] for each in provenance["inputs"]]) == ("INFERRED", ["MAX_SUPPLY"])
    share = (found["token"]["burnShare"]["value"], found["devices"]["value"], found["devices"]["asOf"])
    claimed = {claim["predicate"]: claim["value"] for claim in found["claims"]["nodes"]}
    told = (claimed["share of total supply burned"], claimed["recurring revenue of a year"], claimed["miners"])
    return reckoned and (burned, share, told) == (
        ("34000000", "2025-07-01"),
        ("3.4", "21000", "2026-04-30"),
        ("3", "5500000", "19000"),
    )


def digital_asset_treasury(data: dict[str, Any]) -> bool:
    found = data["organisation"]
    titles = {(role["person"], role["title"]) for role in found["people"]}
    amounts = [holding["amount"] for holding in found["treasury"]["holdings"]]
    raises = {each["kind"]: each["amountUsd"] for each in found["raises"]}
    return (
        any("Samani" in person and "hair" in title for person, title in titles)
        and any(amount.startswith("6822000") for amount in amounts)
        and raises["PIPE"].startswith("1650000000")
    )


def claim_audit(data: dict[str, Any]) -> bool:
    claims = {(claim["predicate"], claim["value"]): claim for claim in data["claims"]["nodes"]}
    rise = claims["price at the start of the rise", "12"]
    texts = [claim["rawText"] for claim in data["claims"]["nodes"] if claim["rawText"]]
    found = (rise["statedAsOf"], rise["correctedAsOf"], rise["correctedValue"], rise["status"])
    worded = rise["rawText"] == "Since April 2024 the price rose from 12 dollars." and len(texts) == 23
    return worded and data["claims"]["totalCount"] == 25 and found == ("April 2024", "2025-04-10", "12.17", "REFUTED")


def methodology_dictionary(data: dict[str, Any]) -> bool:
    found = {each["key"]: each for each in data["metricDefinitions"]}
    formulas = [each["methodology"]["formula"] for each in found.values()]
    uses = {use["provider"]: use["differs"] for use in found["REVENUE"]["fieldUse"]}
    kinds = [(each["unit"], each["stockOrFlow"]) for each in found.values()]
    return (
        list(found) == ["REVENUE", "HOLDERS_REVENUE", "PS", "NET_BUYBACK_YIELD"]
        and formulas[:2] == ["R = F - S, same window", "HR = R - PR, over a quarter or longer"]
        and formulas[2].startswith("cap / annualised R")
        and kinds == [("USD", "FLOW"), ("USD", "FLOW"), ("RATIO", "RATIO"), ("PERCENT", "RATIO")]
        and uses["Artemis"].startswith("Only the holders' part")
    )


def changes_feed(data: dict[str, Any]) -> bool:
    feed = data["changes"]
    found = {(node["kind"], node["type"], node["at"]) for node in feed["nodes"]}
    return (
        found == {("POLICY_CHANGED", "POLICY", "2026-08-22T23:59:59Z")}
        and not feed["caughtUp"]
        and feed["nextCursor"] == feed["nodes"][-1]["seq"]
        and len({node["id"] for node in feed["nodes"]}) == len(feed["nodes"]) == 20
    )


def health_and_cost(data: dict[str, Any]) -> bool:
    kinds = {issue["kind"] for issue in data["qualityIssues"]["nodes"]}
    meta = data["meta"]
    through = {each["domain"]: each["day"] for each in meta["dataThrough"]}
    sources = {source["name"]: (source["status"], source["skippedBecause"]) for source in meta["sources"]}
    split = [issue for issue in data["qualityIssues"]["nodes"] if issue["subject"] == {"slug": "dydx"}]
    return (
        (meta["snapshot"], meta["epoch"]["number"], meta["oldestKnownAt"]) == ("41", 41, "2025-04-18T06:21:24Z")
        and through == {"REVENUE": "2026-08-04", "PRICES": "2026-06-15", "FUNDS": "2026-08-21"}
        and {"SOURCE_DISAGREEMENT", "MISSING_DAYS"} <= kinds
        and sources.pop("bundled") == ("published", None)
        and sources["defillama"] == ("never_run", "no sync has asked it yet")
        and set(sources) == {source.name for source in SOURCES}
        and any("ACCRUAL_" in because for _, because in sources.values())
        and "100 stakers percent" in split[0]["detail"]
        and data["rateLimit"]["cost"] == data["rateLimit"]["nodeCount"] > 0
    )


def dcf_scenario(data: dict[str, Any]) -> bool:
    asked, known = data["dcf"], data["revenueOnADay"]
    short = (asked["valuePerToken"], asked["state"], asked["reason"])
    inputs = {each["name"]: (each["value"], each["asOf"]) for each in known["inputs"]}
    return (
        short == (None, "INSUFFICIENT_HISTORY", "The history covers 247 of the 365 days.")
        # 769,550,324 a year, three tenths more in the first, over a billion tokens.
        and known["yearly"][0]["cashFlowUsd"] == "1000415421.20000000"
        and (known["valuePerToken"][:8], known["terminalShare"][:8]) == ("5.356103", "0.387484")
        and len(known["sensitivity"]) == 15
        and inputs["REVENUE a year, TTM"] == ("769550324.000000", "2026-08-04")
        and bool(known["disclaimer"])
    )


ANSWERS: dict[str, Holds] = {
    "HomeLeaderboard": home_leaderboard,
    "ProtocolPage": protocol_page,
    "RevenueChart": revenue_chart,
    "BuybackTape": buyback_tape,
    "CompareTokens": compare_tokens,
    "SearchBox": search_box,
    "SectorBoard": sector_board,
    "EtfFlowWidget": etf_flow_widget,
    "CashFlowScreener": cash_flow_screener,
    "RevenueQuality": revenue_quality,
    "PayoutAgainstRevenue": payout_against_revenue,
    "PolicyHistory": policy_history,
    "PointInTime": point_in_time,
    "RestatementDiff": restatement_diff,
    "MultiplesByConvention": multiples_by_convention,
    "DcfScenario": dcf_scenario,
    "NetOfEmissions": net_of_emissions,
    "BurnProgress": burn_progress,
    "DigitalAssetTreasury": digital_asset_treasury,
    "ClaimAudit": claim_audit,
    "MethodologyDictionary": methodology_dictionary,
    "ChangesFeed": changes_feed,
    "HealthAndCost": health_and_cost,
}


@pytest.mark.parametrize("path", sorted(QUERIES.glob("*.graphql")), ids=lambda path: path.stem)
def test_every_document_is_valid_against_the_committed_schema(path: Path) -> None:
    assert [error.message for error in validate(SCHEMA, parse(path.read_text()))] == []


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
async def test_a_query_answers_from_the_bundled_data_in_few_statements(client: httpx.AsyncClient, path: Path) -> None:
    with counted() as statements:
        data = await answer(client, path)

    assert ANSWERS[path.stem](data), data
    assert len(statements) <= MOST_STATEMENTS, statements


async def test_a_source_was_read_no_earlier_than_the_last_day_it_states(client: httpx.AsyncClient) -> None:
    revenue = "{ revenue(window: D180) { windowEnd source { retrievedAt } } }"
    sent = {"query": f'{{ protocol(by: {{slug: "hyperliquid"}}) {revenue} }}'}

    found = (await client.post("/graphql", json=sent)).json()["data"]["protocol"]["revenue"]

    assert found == {"windowEnd": "2026-08-04", "source": {"retrievedAt": "2026-08-05T13:16:09Z"}}


@pytest.fixture
def own(bundled: str, tmp_path: Path) -> str:
    """The URL of a store with the bundled data, the test's own."""
    shutil.copy(bundled.removeprefix("sqlite+aiosqlite:///"), tmp_path / "own.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'own.db'}"


async def test_a_whole_table_is_taken_away_as_the_document_of_exports_says(own: str, tmp_path: Path) -> None:
    store = Store(own)
    bureau, key = await bureau_of(store, tmp_path / "files"), await key_for(own)
    bureau.clock.now = datetime.now(UTC)
    async with served(own, export_directory=tmp_path / "files", webhooks="on") as client:
        ordered = (await answer(client, QUERIES / "BulkExport.graphql", key))["startExport"]
        await bureau.worker.work()
        sent = {"query": EXPORTED, "variables": {"id": ordered["job"]["id"]}}
        told = (await client.post("/graphql", json=sent, headers={"x-api-key": key})).json()["data"]
        [file] = told["exportJob"]["files"]
        content = (await client.get(file["url"])).content
    await store.close()

    table = pq.read_table(pa.BufferReader(content))
    [bought] = [row for row in table.to_pylist() if row["usd"] == "26081121.000000"]
    assert (ordered["errors"], ordered["job"]["status"], ordered["job"]["snapshot"]) == ([], "QUEUED", "41")
    assert (told["exportJob"]["status"], sha256(content).hexdigest()) == ("DONE", file["sha256"])
    assert table.num_rows == file["rows"] == told["ledger"]["totalCount"]
    assert (bought["protocol.slug"], bought["kind"], bought["occurredAt"].year) == ("lighter", "PURCHASE", 2026)


async def test_the_document_of_webhooks_orders_one(own: str) -> None:
    key = await key_for(own)
    async with served(own, webhooks="on") as client:
        payload = (await answer(client, QUERIES / "AlertWebhook.graphql", key))["createWebhook"]
        sent = {"query": "{ viewer { webhooks { id rules watches { op metric threshold } } } }"}
        told = (await client.post("/graphql", json=sent, headers={"x-api-key": key})).json()["data"]

    [found] = told["viewer"]["webhooks"]
    assert (payload["errors"], payload["webhook"]["active"], payload["secret"][:6]) == ([], True, "whsec_")
    assert (found["id"], found["rules"]) == (payload["webhook"]["id"], 3)
    assert found["watches"][1] == {"op": "CROSSES_ABOVE", "metric": "PAYOUT_RATIO", "threshold": "1"}


async def test_the_page_of_answers_is_current(own: str) -> None:
    key = await key_for(own)
    async with served(own, webhooks="on") as client:
        assert README.read_text(encoding="utf-8") == await written(client, key), "run: make queries"
