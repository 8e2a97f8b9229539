"""Lists of protocols: filters, orders, totals and pages."""

from decimal import Decimal
from typing import Any

import pytest

from models.store import Store
from models.vocabulary import Metric
from tests.builders import NOON, daily, protocol_fact, published
from tests.graph.asking import asked, refused
from tests.graph.world import open_market, span

LIST = """query ($where: ProtocolWhere, $orderBy: [ProtocolOrder!], $level: ProtocolLevel! = ROOT,
               $first: Int, $after: String, $last: Int, $before: String) {
  protocols(where: $where, orderBy: $orderBy, level: $level,
            first: $first, after: $after, last: $last, before: $before) {
    totalCount
    edges { rank cursor node { slug } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def slugs(store: Store, **variables: Any) -> list[str]:
    data = await asked(store, LIST, **variables)
    return [edge["node"]["slug"] for edge in data["protocols"]["edges"]]


async def test_the_list_has_whole_protocols_by_revenue_and_those_without_last(store: Store) -> None:
    await open_market(store)

    assert await slugs(store) == ["hyperliquid", "aave", "quiet"]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("ROOT", ["hyperliquid", "aave", "quiet"]),
        ("CHILD", ["aave-v3"]),
        ("CHAIN", ["ethereum-chain"]),
        ("ANY", ["ethereum-chain", "hyperliquid", "aave", "aave-v3", "quiet"]),
    ],
)
async def test_a_level_chooses_the_rows_of_the_tree(sqlite_store: Store, level: str, expected: list[str]) -> None:
    await open_market(sqlite_store)

    assert await slugs(sqlite_store, level=level) == expected


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"sector": ["PERPS"]}, ["hyperliquid", "quiet"]),
        ({"hasToken": False}, ["quiet"]),
        ({"chain": {"eq": "solana"}}, ["aave", "quiet"]),
        ({"slug": {"in": ["aave", "nothing"]}}, ["aave"]),
        ({"slug": {"notIn": ["aave"]}}, ["hyperliquid", "quiet"]),
        ({"name": {"startsWith": "HYPER"}}, ["hyperliquid"]),
        ({"text": "QUI"}, ["hyperliquid", "quiet"]),
        ({"kind": ["PARENT"]}, ["aave"]),
        ({"mechanism": ["BUYBACK_HOLD"], "policyStatus": ["ACTIVE"]}, ["hyperliquid"]),
        ({"mechanism": ["FEE_BURN"]}, []),
        ({"minCoverageDays": 400}, ["hyperliquid", "aave"]),
        ({"minCoverageDays": 401}, []),
        ({"metric": [{"key": "REVENUE", "is": {"gt": "1500"}}]}, ["hyperliquid"]),
        ({"metric": [{"key": "REVENUE", "is": {"gte": "1500", "lt": "3000"}}]}, ["aave"]),
        ({"metric": [{"key": "REVENUE", "is": {"isNull": True}}]}, ["quiet"]),
        ({"metric": [{"key": "HOLDERS_REVENUE", "is": {"states": ["PARTIAL"]}}]}, ["hyperliquid"]),
        ({"metric": [{"key": "PS", "is": {"lte": "2"}}]}, ["hyperliquid"]),
        ({"not": {"sector": ["PERPS"]}}, ["aave"]),
        ({"or": [{"slug": {"eq": "aave"}}, {"slug": {"eq": "quiet"}}]}, ["aave", "quiet"]),
        ({"and": [{"hasToken": True}, {"sector": ["LENDING"]}]}, ["aave"]),
    ],
    ids=str,
)
async def test_a_filter_admits_what_it_says(sqlite_store: Store, where: dict[str, Any], expected: list[str]) -> None:
    await open_market(sqlite_store)

    assert await slugs(sqlite_store, where=where) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([{"key": "REVENUE", "direction": "ASC"}], ["aave", "hyperliquid", "quiet"]),
        ([{"key": "REVENUE", "nulls": "FIRST"}], ["quiet", "hyperliquid", "aave"]),
        ([{"key": "PS"}], ["hyperliquid", "aave", "quiet"]),
        ([{"name": True, "direction": "ASC"}], ["aave", "hyperliquid", "quiet"]),
        ([{"key": "PRICE"}, {"name": True, "direction": "DESC"}], ["hyperliquid", "quiet", "aave"]),
    ],
    ids=str,
)
async def test_an_order_puts_the_list_so(sqlite_store: Store, order: list[dict[str, Any]], expected: list[str]) -> None:
    await open_market(sqlite_store)

    assert await slugs(sqlite_store, orderBy=order) == expected


async def test_pages_forwards_give_every_protocol_once_with_its_rank(store: Store) -> None:
    await open_market(store)
    seen: list[tuple[int, str]] = []
    after = None
    while True:
        page = (await asked(store, LIST, first=2, after=after))["protocols"]
        seen += [(edge["rank"], edge["node"]["slug"]) for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert seen == [(1, "hyperliquid"), (2, "aave"), (3, "quiet")]


async def test_pages_backwards_end_where_the_list_does(sqlite_store: Store) -> None:
    await open_market(sqlite_store)

    end = (await asked(sqlite_store, LIST, last=1))["protocols"]
    before = (await asked(sqlite_store, LIST, last=1, before=end["pageInfo"]["startCursor"]))["protocols"]

    assert [edge["node"]["slug"] for edge in end["edges"]] == ["quiet"]
    assert [edge["node"]["slug"] for edge in before["edges"]] == ["aave"]
    assert before["pageInfo"]["hasPreviousPage"]
    assert before["pageInfo"]["hasNextPage"]


async def test_paging_goes_on_where_it_began_across_a_publish(store: Store) -> None:
    await open_market(store)
    first = (await asked(store, LIST, first=1))["protocols"]
    await published(store, protocol_fact("giant"), daily("giant", Metric.REVENUE, span(30, 10**6)))

    rest = (await asked(store, LIST, first=5, after=first["pageInfo"]["endCursor"]))["protocols"]

    assert [(edge["rank"], edge["node"]["slug"]) for edge in rest["edges"]] == [(2, "aave"), (3, "quiet")]
    assert rest["totalCount"] == 3


async def test_totals_are_over_all_that_match_and_not_the_page(store: Store) -> None:
    await open_market(store)

    data = await asked(
        store,
        """{ protocols(first: 1) { totalCount facets { name buckets { value count } }
          aggregate(key: REVENUE) { sum median hhi top1Share countOk countNull unit } } }""",
    )

    found = data["protocols"]["aggregate"]
    assert data["protocols"]["totalCount"] == 3
    assert data["protocols"]["facets"][0] == {
        "name": "sector",
        "buckets": [{"value": "PERPS", "count": 2}, {"value": "LENDING", "count": 1}],
    }
    assert (found["sum"], found["median"], found["countOk"], found["countNull"]) == ("4500.000000", "2250.000000", 2, 1)
    assert Decimal(found["hhi"]).quantize(Decimal(1)) == 5556
    assert Decimal(found["top1Share"]).quantize(Decimal(1)) == 67


async def test_prices_are_not_added_up(sqlite_store: Store) -> None:
    await open_market(sqlite_store)

    data = await asked(sqlite_store, "{ protocols { aggregate(key: PRICE) { sum median } } }")

    assert data["protocols"]["aggregate"] == {"sum": None, "median": "40.2500000000"}


async def test_a_sector_and_a_chain_list_their_protocols(store: Store) -> None:
    await open_market(store)

    data = await asked(
        store,
        """{ sector(key: PERPS) { protocols(first: 1) { totalCount nodes { slug } } }
             chain(by: {slug: "solana"}) { protocols { nodes { slug } } } }""",
    )

    assert data == {
        "sector": {"protocols": {"totalCount": 2, "nodes": [{"slug": "hyperliquid"}]}},
        "chain": {"protocols": {"nodes": [{"slug": "aave"}, {"slug": "quiet"}]}},
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("first: 0", "`first` must be between 1 and 100, not 0"),
        ("first: -1", "`first` must be between 1 and 100, not -1"),
        ("first: 101", "`first` must be between 1 and 100, not 101"),
        ("last: 101", "`last` must be between 1 and 100, not 101"),
        ("first: 1, last: 1", "ask either for `first` (and `after`) or for `last` (and `before`)"),
        ('before: "WzEsMV0"', "`before` goes with `last`, not with `first`"),
        ('after: "nonsense"', "this is not a cursor of this API"),
        ('after: "WzEsOTk5XQ"', "this cursor belongs to a list of another filter"),
        ('after: "WzEsMSwyXQ"', "this cursor belongs to a list of another order"),
        ("orderBy: [{}]", "each key of `orderBy` names either a metric in `key`, or says `name: true`"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_code(sqlite_store: Store, arguments: str, message: str) -> None:
    await published(sqlite_store, protocol_fact("dex"), recorded_at=NOON)

    found = await refused(sqlite_store, f"{{ protocols({arguments}) {{ totalCount }} }}")

    assert found == ("BAD_USER_INPUT", message)
