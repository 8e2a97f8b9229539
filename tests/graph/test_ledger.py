"""The ledger: pages, filters, orders and totals, exact on both engines."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.store import Store
from models.vocabulary import LedgerKind
from tests.builders import NOON, entry_fact, protocol_fact, published, token_fact, token_ref
from tests.graph.asking import asked, refused
from tests.graph.world import open_market

LEDGER = """query ($where: LedgerWhere, $orderBy: LedgerOrder! = OCCURRED_DESC, $first: Int, $after: String,
                  $last: Int, $before: String) {
  ledger(where: $where, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { ref } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def refs(store: Store, **variables: Any) -> list[str]:
    data = await asked(store, LEDGER, **variables)
    return [node["ref"] for node in data["ledger"]["nodes"]]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"kind": ["BURN"]}, ["burn"]),
        ({"kind": ["PURCHASE"], "minUsd": "1600"}, ["buy-4", "buy-5"]),
        ({"occurred": {"from": "2026-07-09"}}, ["buy-1"]),
        ({"occurred": {"to": "2026-07-05"}}, ["buy-5"]),
        ({"occurred": {"from": "2026-07-06", "to": "2026-07-07"}}, ["burn", "buy-3", "buy-4"]),
        ({"hasTransaction": False}, ["burn"]),
        ({"funding": ["EXTERNAL"]}, []),
        ({"disposition": ["UNKNOWN"]}, ["burn"]),
        ({"sector": ["LENDING"]}, []),
        ({"sector": ["PERPS"], "kind": ["BURN"]}, ["burn"]),
        ({"protocol": {"startsWith": "HYPER"}, "kind": ["BURN"]}, ["burn"]),
        ({"protocol": {"contains": "%"}}, []),
    ],
    ids=str,
)
async def test_a_filter_admits_what_it_says(store: Store, where: dict[str, Any], expected: list[str]) -> None:
    await open_market(store)

    assert sorted(await refs(store, where=where)) == sorted(expected)


async def test_an_entry_tells_its_tokens_with_their_price(store: Store) -> None:
    await open_market(store)
    amount = "amount { amount usd priceUsed priceAsOf token { slug } }"

    query = f"""{{ ledger {{ nodes {{ occurredAt tokens usd priceUsd spentUsd token {{ slug }} {amount} }}
        aggregate {{ markToMarketUsd markToMarket {{ usd }} }} }} }}"""
    found = (await asked(store, query))["ledger"]

    for node in found["nodes"]:
        told = node["amount"]
        assert (told["amount"], told["usd"], told["priceUsed"]) == (node["tokens"], node["usd"], node["priceUsd"])
        assert (told["token"], node["spentUsd"]) == (node["token"], node["usd"])
        assert told["priceAsOf"] == (node["occurredAt"] if node["priceUsd"] else None)
    assert found["aggregate"]["markToMarketUsd"] == found["aggregate"]["markToMarket"]["usd"]


async def test_days_that_end_before_they_begin_are_refused(sqlite_store: Store) -> None:
    await open_market(sqlite_store)
    backwards = {"occurred": {"from": "2026-07-09", "to": "2026-07-08"}}

    code, message = await refused(sqlite_store, LEDGER, where=backwards)

    assert (code, message) == ("BAD_USER_INPUT", "`from` is 2026-07-09, after `to`, 2026-07-08")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("OCCURRED_DESC", ["buy-1", "buy-2", "buy-3", "buy-4", "buy-5"]),
        ("OCCURRED_ASC", ["buy-5", "buy-4", "buy-3", "buy-2", "buy-1"]),
        ("USD_DESC", ["buy-5", "buy-4", "buy-3", "buy-2", "buy-1"]),
    ],
)
async def test_pages_of_every_order_give_every_entry_once(store: Store, order: str, expected: list[str]) -> None:
    await open_market(store)
    seen, after = [], None
    for _ in range(3):
        variables = {"where": {"kind": ["PURCHASE"]}, "orderBy": order, "first": 2, "after": after}
        page = (await asked(store, LEDGER, **variables))["ledger"]
        seen += [node["ref"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]

    assert seen == expected
    assert not page["pageInfo"]["hasNextPage"]
    assert page["pageInfo"]["hasPreviousPage"]


async def test_the_last_page_is_read_from_the_end(store: Store) -> None:
    await open_market(store)
    where = {"kind": ["PURCHASE"]}

    end = (await asked(store, LEDGER, where=where, last=2))["ledger"]
    before = (await asked(store, LEDGER, where=where, last=2, before=end["pageInfo"]["startCursor"]))["ledger"]

    assert [node["ref"] for node in end["nodes"]] == ["buy-4", "buy-5"]
    assert [node["ref"] for node in before["nodes"]] == ["buy-2", "buy-3"]
    assert before["pageInfo"]["hasNextPage"]
    assert before["pageInfo"]["hasPreviousPage"]


async def test_entries_of_one_moment_are_not_lost_between_pages(store: Store) -> None:
    entries = [entry_fact(f"tx-{n}", "dex", usd=Decimal(7)) for n in range(5)]
    await published(store, protocol_fact("dex"), *entries, recorded_at=NOON)
    first = (await asked(store, LEDGER, first=2))["ledger"]

    rest = (await asked(store, LEDGER, first=10, after=first["pageInfo"]["endCursor"]))["ledger"]

    assert {node["ref"] for node in first["nodes"] + rest["nodes"]} == {f"tx-{n}" for n in range(5)}
    assert len(rest["nodes"]) == 3


async def test_totals_are_of_all_entries_that_match(store: Store) -> None:
    await open_market(store)

    data = await asked(
        store,
        """{ protocol(by: {slug: "hyperliquid"}) { buybacks(first: 1) {
          totalCount aggregate { count spentUsd tokenAmount averagePriceUsd } nodes { ref } } } }""",
    )

    found = data["protocol"]["buybacks"]
    assert found["nodes"] == [{"ref": "buy-1"}]
    assert found["totalCount"] == 5
    assert Decimal(found["aggregate"]["averagePriceUsd"]) == 40
    assert found["aggregate"]["spentUsd"] == "6000.000000"
    assert found["aggregate"]["tokenAmount"] == "150"


async def test_quantities_of_eighteen_decimals_add_up_exactly(store: Store) -> None:
    large = Decimal("123456789012345678901234567890.000000000000000001")
    entries = [entry_fact(f"tx-{n}", "dex", token=token_ref("dex"), tokens=large) for n in range(3)]
    await published(store, protocol_fact("dex", token="dex"), token_fact("dex"), *entries, recorded_at=NOON)

    data = await asked(store, "{ buybacks { aggregate { tokenAmount spentUsd averagePriceUsd } } }")

    assert data["buybacks"]["aggregate"] == {
        "tokenAmount": "370370367037037036703703703670.000000000000000003",
        "spentUsd": None,
        "averagePriceUsd": None,
    }


async def test_tokens_of_several_kinds_are_not_added_up(store: Store) -> None:
    entries = [
        entry_fact(f"tx-{slug}", "dex", token=token_ref(slug), tokens=Decimal(5), usd=Decimal(10))
        for slug in ("a", "b")
    ]
    await published(store, protocol_fact("dex"), token_fact("a"), token_fact("b"), *entries, recorded_at=NOON)

    data = await asked(store, "{ buybacks { aggregate { count tokenAmount spentUsd averagePriceUsd } } }")

    assert data["buybacks"]["aggregate"] == {
        "count": 2,
        "tokenAmount": None,
        "spentUsd": "20.000000",
        "averagePriceUsd": None,
    }


async def test_the_newest_of_each_protocol_are_its_own(store: Store) -> None:
    entries = [
        entry_fact(f"{slug}-{n}", slug, LedgerKind.BURN, at=NOON - timedelta(days=n), usd=Decimal(n))
        for slug in ("a", "b", "c")
        for n in range(1, 6)
    ]
    await published(store, *(protocol_fact(slug) for slug in ("a", "b", "c", "d")), *entries, recorded_at=NOON)

    data = await asked(
        store,
        """{ protocols(orderBy: [{name: true, direction: ASC}]) { nodes { slug
          burns(first: 2) { totalCount nodes { ref } pageInfo { hasNextPage } } } } }""",
    )

    assert [node["burns"] for node in data["protocols"]["nodes"]] == [
        *(
            {"totalCount": 5, "nodes": [{"ref": f"{slug}-1"}, {"ref": f"{slug}-2"}], "pageInfo": {"hasNextPage": True}}
            for slug in ("a", "b", "c")
        ),
        {"totalCount": 0, "nodes": [], "pageInfo": {"hasNextPage": False}},
    ]


async def test_an_entry_names_its_protocol_token_and_source(store: Store) -> None:
    await open_market(store)

    data = await asked(
        store,
        """{ burns { nodes { kind mechanism tokens usd occurredAt funding disposition method confidence txHash
             protocol { slug } token { symbol } chain { slug } source { slug } } } }""",
    )

    assert data["burns"]["nodes"] == [
        {
            "kind": "BURN",
            "mechanism": "BUYBACK_HOLD",
            "tokens": "10.5",
            "usd": "400.000000",
            "occurredAt": "2026-07-07T12:00:00Z",
            "funding": "UNKNOWN",
            "disposition": "UNKNOWN",
            "method": "THIRD_PARTY",
            "confidence": "HIGH",
            "txHash": None,
            "protocol": {"slug": "hyperliquid"},
            "token": {"symbol": "HYPE"},
            "chain": None,
            "source": {"slug": "upstream"},
        }
    ]


async def test_a_cursor_of_another_order_is_refused(sqlite_store: Store) -> None:
    await open_market(sqlite_store)
    page = (await asked(sqlite_store, LEDGER, first=1, orderBy="USD_DESC"))["ledger"]

    found = await refused(sqlite_store, LEDGER, first=1, after=page["pageInfo"]["endCursor"])

    assert found == ("BAD_USER_INPUT", "this cursor belongs to a list of another order")
