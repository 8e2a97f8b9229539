"""Where a query may start: look-ups, nodes, search, policies, funds and what is being answered from."""

import base64
from typing import Any

import pytest

from models.store import Store
from sync.report import Outcome
from tests.builders import protocol_fact, published
from tests.graph.asking import asked, refused
from tests.graph.world import NOON, market, open_market


async def test_a_protocol_is_looked_up_by_slug_id_or_another_name(store: Store) -> None:
    await open_market(store)
    [id_] = (await asked(store, '{ protocols(where: {slug: {eq: "hyperliquid"}}) { nodes { id } } }'))["protocols"][
        "nodes"
    ]

    data = await asked(
        store,
        """query ($id: ID!) {
          slug: protocol(by: {slug: "hyperliquid"}) { slug }
          id: protocol(by: {id: $id}) { slug }
          other: protocol(by: {externalId: {system: "coingecko", value: "hyper-liquid"}}) { slug }
          nothing: protocol(by: {slug: "nothing"}) { slug } }""",
        id=id_["id"],
    )

    found = {"slug": "hyperliquid"}
    assert data == {"slug": found, "id": found, "other": found, "nothing": None}


async def test_a_protocol_tells_who_it_is(store: Store) -> None:
    await open_market(store)

    data = await asked(
        store,
        """{ protocol(by: {slug: "hyperliquid"}) { name kind description homepage launchedOn category doublecounted
          sectors { key name } chains { slug name } externalIds { system value validFrom validTo }
          parent { slug } children { slug } token { slug symbol protocol { slug } chain { slug }
          deployments { address decimals chain { slug } } } } }""",
    )

    assert data["protocol"] == {
        "name": "Hyperliquid",
        "kind": "PROTOCOL",
        "description": "Perpetual futures.",
        "homepage": "https://hyperliquid.example",
        "launchedOn": "2023-02-01",
        "category": None,
        "doublecounted": False,
        "sectors": [{"key": "PERPS", "name": "Perps"}],
        "chains": [{"slug": "ethereum", "name": "Ethereum"}],
        "externalIds": [
            {"system": "accrual", "value": "hyperliquid", "validFrom": None, "validTo": None},
            {"system": "coingecko", "value": "hyper-liquid", "validFrom": None, "validTo": None},
        ],
        "parent": None,
        "children": [],
        "token": {
            "slug": "hype",
            "symbol": "HYPE",
            "protocol": {"slug": "hyperliquid"},
            "chain": {"slug": "ethereum"},
            "deployments": [{"address": "0xabc", "decimals": 18, "chain": {"slug": "ethereum"}}],
        },
    }


async def test_parents_and_children_know_each_other(store: Store) -> None:
    await open_market(store)

    data = await asked(
        store,
        """{ a: protocol(by: {slug: "aave"}) { children { slug } }
             b: protocol(by: {slug: "aave-v3"}) { parent { slug } } }""",
    )

    assert data == {"a": {"children": [{"slug": "aave-v3"}]}, "b": {"parent": {"slug": "aave"}}}


IDS = """{
  protocols { nodes { id } } tokens { nodes { id } } chains { nodes { id } } sectors { id } funds { nodes { id } }
  organisations { nodes { id } } ledger { nodes { id } } protocol(by: {slug: "hyperliquid"}) { policies { id } } }"""


async def test_every_id_that_is_given_out_finds_its_node_again(store: Store) -> None:
    await open_market(store)
    found = await asked(store, IDS)
    lists = [
        part["nodes"] if "nodes" in part else part.get("policies") for part in found.values() if isinstance(part, dict)
    ]
    ids = [node["id"] for nodes in (*lists, found["sectors"]) for node in nodes]

    data = await asked(store, "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids)

    assert [node["id"] for node in data["nodes"]] == ids
    assert {node["__typename"] for node in data["nodes"]} == {
        "Protocol",
        "Token",
        "Chain",
        "Sector",
        "Fund",
        "Organisation",
        "LedgerEntry",
        "AllocationPolicy",
    }


async def test_a_node_that_is_not_there_is_null(sqlite_store: Store) -> None:
    await open_market(sqlite_store)
    id_ = base64.urlsafe_b64encode(b"Protocol:999999").decode()

    data = await asked(sqlite_store, "query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }", id=id_)

    assert data == {"node": None, "nodes": [None]}


async def test_one_bad_id_among_many_costs_the_others_nothing(sqlite_store: Store) -> None:
    await open_market(sqlite_store)
    [sector, *_] = (await asked(sqlite_store, "{ sectors { id } }"))["sectors"]

    data = await asked(sqlite_store, 'query ($id: ID!) { nodes(ids: ["no id", $id]) { id } }', id=sector["id"])

    assert data == {"nodes": [None, sector]}


@pytest.mark.parametrize(
    "text", ["Protocol", "Protocol:", "Protocol:x", "Protocol:01", "Query:1", ":1", "Protocol:" + "9" * 19]
)
async def test_an_id_that_was_never_given_out_is_refused(sqlite_store: Store, text: str) -> None:
    await open_market(sqlite_store)
    id_ = base64.urlsafe_b64encode(text.encode()).decode()

    code, _ = await refused(sqlite_store, "query ($id: ID!) { node(id: $id) { id } }", id=id_)

    assert code == "BAD_USER_INPUT"


@pytest.mark.parametrize("id_", ["", "%", "é", "A" * 200, "UHJvdG9jb2w6MQ", "/w=="])
async def test_an_id_that_is_no_id_at_all_is_refused(sqlite_store: Store, id_: str) -> None:
    await open_market(sqlite_store)

    code, _ = await refused(sqlite_store, "query ($id: ID!) { node(id: $id) { id } }", id=id_)

    assert code == "BAD_USER_INPUT"


async def test_the_id_of_another_type_is_refused_and_named(sqlite_store: Store) -> None:
    await open_market(sqlite_store)
    id_ = base64.urlsafe_b64encode(b"Token:1").decode()

    found = await refused(sqlite_store, "query ($id: ID!) { protocol(by: {id: $id}) { slug } }", id=id_)

    assert found == ("BAD_USER_INPUT", "this is the id of a Token, not of a Protocol")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hype", [("Token", "symbol", 1.0), ("Protocol", "slug", 0.7991), ("Fund", "name", 0.62)]),
        ("AAVE", [("Protocol", "slug", 1.0), ("Token", "symbol", 1.0), ("Protocol", "slug", 0.7664)]),
        ("hyper-liquid", [("Protocol", "coingecko", 1.0)]),
        ("blk", [("Organisation", "ticker", 1.0)]),
        ("lending", [("Sector", "name", 1.0)]),
        ("%", []),
        ("_", []),
    ],
)
async def test_a_search_finds_the_very_name_before_what_begins_with_it(
    store: Store, text: str, expected: list[tuple[str, str, float]]
) -> None:
    await open_market(store)

    data = await asked(
        store, "query ($text: String!) { search(text: $text) { score matchedOn node { __typename } } }", text=text
    )

    assert [(match["node"]["__typename"], match["matchedOn"], match["score"]) for match in data["search"]] == expected


async def test_a_search_finds_what_earns_before_a_shorter_name_that_earns_nothing(store: Store) -> None:
    await open_market(store)
    await published(store, protocol_fact("hyperx"), protocol_fact("lesshyper"), protocol_fact("paperless"))

    data = await asked(store, '{ search(text: "hyper") { node { ... on Protocol { slug } } } }')
    inside = await asked(store, '{ search(text: "perl") { node { ... on Protocol { slug } } } }')

    assert [match["node"].get("slug") for match in data["search"]] == ["hyperliquid", "hyperx", "lesshyper"]
    assert [match["node"].get("slug") for match in inside["search"]] == ["hyperliquid", "paperless"]


@pytest.mark.parametrize("arguments", ['text: ""', 'text: "  "', 'text: "a", first: 0', 'text: "a", first: 51'])
async def test_a_search_for_nothing_is_refused(sqlite_store: Store, arguments: str) -> None:
    await open_market(sqlite_store)

    code, _ = await refused(sqlite_store, f"{{ search({arguments}) {{ score }} }}")

    assert code == "BAD_USER_INPUT"


async def test_policies_are_dated_and_name_what_they_took_the_place_of(store: Store) -> None:
    await open_market(store)

    data = await asked(
        store,
        """{ protocol(by: {slug: "hyperliquid"}) {
          all: policies { ref status effectiveFrom effectiveTo sumsTo base basis
            rules { recipient mechanism percent } supersedes { ref } source { slug } protocol { slug } }
          then: policies(status: [ACTIVE], from: "2025-08-30", to: "2025-08-30") { ref }
          later: policies(from: "2025-08-31") { ref } } }""",
    )

    newest, oldest = data["protocol"]["all"]
    assert newest == {
        "ref": "hyperliquid/99",
        "status": "ACTIVE",
        "effectiveFrom": "2025-08-31",
        "effectiveTo": None,
        "sumsTo": "100",
        "base": "REVENUE",
        "basis": "PERCENT_OF_BASE",
        "rules": [{"recipient": "TREASURY", "mechanism": "BUYBACK_HOLD", "percent": "100"}],
        "supersedes": {"ref": "hyperliquid/97"},
        "source": {"slug": "upstream"},
        "protocol": {"slug": "hyperliquid"},
    }
    assert oldest["effectiveTo"] == "2025-08-30"
    assert data["protocol"]["then"] == [{"ref": "hyperliquid/97"}]
    assert data["protocol"]["later"] == [{"ref": "hyperliquid/99"}]


async def test_the_supply_goes_from_the_most_to_what_is_left(store: Store) -> None:
    await open_market(store)

    data = await asked(
        store,
        """{ token(by: {slug: "hype"}) { supply { max { value state } total { value } circulating { value }
          burnedOnchain burnedRecognised boughtBackHeld issued outstanding asOf } } }""",
    )

    assert data["token"]["supply"] == {
        "max": {"value": None, "state": "NOT_REPORTED"},
        "total": {"value": "2000.000"},
        "circulating": {"value": "1000.000"},
        "burnedOnchain": "10.5",
        "burnedRecognised": None,
        "boughtBackHeld": "150",
        "issued": "2010.500",
        "outstanding": "1850.000",
        "asOf": "2026-07-09",
    }


async def test_tokens_are_listed_by_symbol_which_several_may_have(sqlite_store: Store) -> None:
    await open_market(sqlite_store)

    data = await asked(
        sqlite_store,
        '{ all: tokens { totalCount nodes { symbol } } some: tokens(where: {symbol: "hype"}) { nodes { slug } } }',
    )

    assert data["all"] == {"totalCount": 2, "nodes": [{"symbol": "AAVE"}, {"symbol": "HYPE"}]}
    assert data["some"] == {"nodes": [{"slug": "hype"}]}


async def test_a_fund_names_its_issuer_and_what_it_holds(store: Store) -> None:
    await open_market(store)

    data = await asked(
        store,
        """{ fund(by: {slug: "ihyp"}) {
               ticker feePercent issuer { name ticker } underlying { symbol } netFlow { state } }
             token(by: {slug: "hype"}) { funds { ticker } } organisation(by: {slug: "blackrock"}) { kind } }""",
    )

    assert data == {
        "fund": {
            "ticker": "IHYP",
            "feePercent": "0.25",
            "issuer": {"name": "BlackRock", "ticker": "BLK"},
            "underlying": {"symbol": "HYPE"},
            "netFlow": {"state": "NOT_REPORTED"},
        },
        "token": {"funds": [{"ticker": "IHYP"}]},
        "organisation": {"kind": "issuer"},
    }


async def test_meta_says_how_each_source_fared(store: Store) -> None:
    good = Outcome("defillama", "published", fetched=10)
    bad = Outcome("coingecko", "failed", error="answered 500")
    await published(store, *market(), outcomes=[good, bad], recorded_at=NOON)

    data = await asked(
        store,
        "{ meta { sources { name status fetched lastError lagSeconds lastSuccessAt } lastSyncAt } }",
    )

    sources: dict[str, Any] = {source["name"]: source for source in data["meta"]["sources"]}
    assert (sources["defillama"]["status"], sources["defillama"]["fetched"]) == ("published", 10)
    assert sources["defillama"]["lagSeconds"] >= 0
    assert sources["coingecko"]["lagSeconds"] is None
    assert (sources["coingecko"]["status"], sources["coingecko"]["lastError"]) == ("failed", "answered 500")
    assert sources["coingecko"]["lastSuccessAt"] is None
    assert data["meta"]["lastSyncAt"] is not None


async def test_the_bundled_data_is_no_upstream_that_was_asked(store: Store) -> None:
    await published(store, *market(), outcomes=[Outcome("bundled", "published", fetched=10)], recorded_at=NOON)

    data = await asked(store, "{ meta { sources { name lagSeconds lastSuccessAt } lastSyncAt } }")

    (bundled,) = data["meta"]["sources"]
    assert (bundled["name"], bundled["lagSeconds"], data["meta"]["lastSyncAt"]) == ("bundled", None, None)
    assert bundled["lastSuccessAt"] is not None


async def test_every_metric_has_a_definition(sqlite_store: Store) -> None:
    await open_market(sqlite_store)

    data = await asked(
        sqlite_store,
        """{ all: metricDefinitions { key } some: metricDefinitions(keys: [PS, FEES]) { key unit nature stored
          fieldUse { provider } } }""",
    )

    assert len(data["all"]) == len({each["key"] for each in data["all"]}) > 40
    assert [(each["key"], each["unit"], each["nature"], each["stored"]) for each in data["some"]] == [
        ("PS", "RATIO", "RATIO", False),
        ("FEES", "USD", "FLOW", True),
    ]


async def test_the_answer_names_its_epoch(sqlite_store: Store) -> None:
    await open_market(sqlite_store)

    data = await asked(sqlite_store, "{ meta { epoch { number } } }")

    assert data["meta"]["epoch"]["number"] == 1


async def test_the_names_of_the_target_schema_tell_the_same(store: Store) -> None:
    await open_market(store)

    query = """{ metricDefinitions(keys: [PS]) { formula nature stockOrFlow methodology { key formula } }
        meta { snapshot lastIngestAt lastSyncAt nextIngestAt nextSyncAt oldestKnownAt oldestEpoch { publishedAt }
               epoch { number } }
        token(by: {slug: "hype"}) { supply { total { provenance { chosen { slug } method } }
                                             provenance { chosen { slug } method } } } }"""
    found = await asked(store, query)
    [definition], meta, supply = found["metricDefinitions"], found["meta"], found["token"]["supply"]

    assert definition["methodology"] == {"key": "PS", "formula": definition["formula"]}
    assert definition["stockOrFlow"] == definition["nature"]
    assert meta["snapshot"] == str(meta["epoch"]["number"])
    assert (meta["lastIngestAt"], meta["nextIngestAt"]) == (meta["lastSyncAt"], meta["nextSyncAt"])
    assert meta["oldestKnownAt"] == meta["oldestEpoch"]["publishedAt"]
    assert supply["provenance"] == supply["total"]["provenance"]
