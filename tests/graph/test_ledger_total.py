"""What the ledger adds up to: marked to market, in groups, and traced from purchase to burn."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.store import Store
from models.vocabulary import (
    Confidence,
    Disposition,
    FundingSource,
    LedgerKind,
    Metric,
    ObservationMethod,
    SectorKey,
)
from tests.builders import (
    NOON,
    Fact,
    chain_fact,
    chain_ref,
    claim_fact,
    daily,
    days_ago,
    entry_fact,
    policy_fact,
    protocol_fact,
    published,
    source_fact,
    token_fact,
    token_ref,
)
from tests.conftest import Recording
from tests.graph.asking import asked, refused
from tests.graph.world import span

MARK = """{ buybacks { aggregate { costBasisUsd spentUsd
    markToMarket { usd gainUsd priceUsd pricedOn state reason } } } }"""


def dex(*facts: Fact) -> list[Fact]:
    return [token_fact("dex"), protocol_fact("dex", token="dex", sectors=(SectorKey.PERPS,)), *facts]


def buy(ref: str, **fields: Any) -> Fact:
    return entry_fact(ref, "dex", **{"token": token_ref("dex"), **fields})


async def mark(store: Store, *facts: Fact) -> dict[str, Any]:
    await published(store, *dex(*facts), recorded_at=NOON)
    found: dict[str, Any] = (await asked(store, MARK))["buybacks"]["aggregate"]
    return found


async def test_bought_tokens_are_marked_to_the_newest_price(store: Store) -> None:
    prices = daily(token_ref("dex"), Metric.PRICE, {days_ago(2): 9, days_ago(1): Decimal("2.5")})

    found = await mark(
        store, buy("a", tokens=Decimal(10), usd=Decimal(20)), buy("b", tokens=Decimal(30), usd=Decimal(100)), prices
    )

    assert found == {
        "costBasisUsd": "120.000000",
        "spentUsd": "120.000000",
        "markToMarket": {
            "usd": "100.000000",
            "gainUsd": "-20.000000",
            "priceUsd": "2.5000000000",
            "pricedOn": "2026-07-09",
            "state": "OK",
            "reason": None,
        },
    }


async def test_dollars_without_tokens_cost_nothing_that_can_be_marked(store: Store) -> None:
    prices = daily(token_ref("dex"), Metric.PRICE, span(1, 3))

    found = await mark(
        store,
        buy("both", tokens=Decimal(10), usd=Decimal(20)),
        buy("dollars", usd=Decimal(500)),
        buy("tokens", tokens=Decimal(1)),
        prices,
    )

    assert (found["costBasisUsd"], found["spentUsd"]) == ("20.000000", "520.000000")
    assert found["markToMarket"] == {
        "usd": "33.000000",
        "gainUsd": "10.000000",
        "priceUsd": "3.0000000000",
        "pricedOn": "2026-07-09",
        "state": "PARTIAL",
        "reason": "Of 3 entries 2 say tokens that have a price.",
    }


@pytest.mark.parametrize(
    ("facts", "state", "reason"),
    [
        ([buy("a", usd=Decimal(1))], "NOT_REPORTED", "No entry says how many tokens it is about."),
        ([buy("a", tokens=Decimal(1))], "NOT_REPORTED", "No price of the token is known."),
        ([], "NOT_REPORTED", "No entry says how many tokens it is about."),
    ],
    ids=["no tokens", "no price", "no entries"],
)
async def test_what_can_not_be_marked_says_why(store: Store, facts: list[Fact], state: str, reason: str) -> None:
    found = await mark(store, *facts)

    nothing = dict.fromkeys(("usd", "gainUsd", "priceUsd", "pricedOn"))
    assert found["markToMarket"] == {**nothing, "state": state, "reason": reason}


async def test_a_price_of_last_week_is_stale(store: Store) -> None:
    old = daily(token_ref("dex"), Metric.PRICE, span(1, 3, ago=9))
    other: list[Fact] = [token_fact("other"), daily(token_ref("other"), Metric.PRICE, span(1, 1))]

    found = await mark(store, buy("a", tokens=Decimal(2)), old, *other)

    assert (found["markToMarket"]["usd"], found["markToMarket"]["state"]) == ("6.000000", "STALE")
    assert found["markToMarket"]["pricedOn"] == "2026-07-01"


async def test_several_tokens_are_each_marked_at_their_own_price(store: Store) -> None:
    prices = [daily(token_ref(slug), Metric.PRICE, span(1, price)) for slug, price in (("dex", 2), ("b", 10))]

    found = await mark(
        store, token_fact("b"), buy("a", tokens=Decimal(3)), buy("b", token=token_ref("b"), tokens=Decimal(4)), *prices
    )

    assert (found["markToMarket"]["usd"], found["markToMarket"]["priceUsd"]) == ("46.000000", None)


GROUPS = """query ($by: [LedgerGroupKey!]!, $interval: Interval! = MONTH, $order: LedgerGroupOrder! = KEY_ASC,
                  $first: Int! = 100) {
  ledger { groups(by: $by, interval: $interval, orderBy: $order, first: $first) {
    keys { value } aggregate { count spentUsd } } } }"""


def crowd() -> list[Fact]:
    """Purchases and burns of two protocols in three months."""
    march, may = datetime.fromisoformat("2026-03-31T23:59:59Z"), datetime.fromisoformat("2026-05-04T00:00:00Z")
    held: dict[str, Any] = {"disposition": Disposition.HELD, "funding": FundingSource.PERIOD_REVENUE}
    return [
        token_fact("a"),
        token_fact("b"),
        protocol_fact("a", sectors=(SectorKey.PERPS, SectorKey.L1)),
        protocol_fact("b"),
        entry_fact("1", "a", usd=Decimal(10), at=march, token=token_ref("a"), **held),
        entry_fact("2", "a", usd=Decimal(20), at=may, token=token_ref("a"), **held),
        entry_fact("3", "b", usd=Decimal(25), at=may, token=token_ref("b")),
        entry_fact("4", "b", LedgerKind.BURN, at=may, token=token_ref("b")),
        entry_fact("5", "b", LedgerKind.DISTRIBUTION, usd=Decimal(1)),
    ]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({"by": ["PROTOCOL"]}, [("a", 2, 30), ("b", 3, 26)]),
        ({"by": ["TOKEN"]}, [("a", 2, 30), ("b", 2, 25), (None, 1, 1)]),
        ({"by": ["KIND"], "order": "COUNT_DESC"}, [("PURCHASE", 3, 55), ("BURN", 1, None), ("DISTRIBUTION", 1, 1)]),
        ({"by": ["MECHANISM"]}, [("BUYBACK_HOLD", 5, 56)]),
        ({"by": ["SECTOR"]}, [("PERPS", 2, 30), (None, 3, 26)]),
        ({"by": ["PERIOD"]}, [("2026-03-01", 1, 10), ("2026-05-01", 3, 45), ("2026-07-01", 1, 1)]),
        ({"by": ["PERIOD"], "interval": "WEEK"}, [("2026-03-30", 1, 10), ("2026-05-04", 3, 45), ("2026-07-06", 1, 1)]),
        ({"by": ["PERIOD"], "interval": "YEAR"}, [("2026-01-01", 5, 56)]),
        ({"by": ["PERIOD"], "order": "KEY_DESC", "first": 1}, [("2026-07-01", 1, 1)]),
        ({"by": ["KIND"], "order": "SPENT_DESC"}, [("PURCHASE", 3, 55), ("DISTRIBUTION", 1, 1), ("BURN", 1, None)]),
        ({"by": ["FUNDING", "DISPOSITION"]}, [("PERIOD_REVENUE HELD", 2, 30), ("UNKNOWN UNKNOWN", 3, 26)]),
        ({"by": ["PERIOD", "PROTOCOL"], "interval": "QUARTER", "first": 1}, [("2026-01-01 a", 1, 10)]),
    ],
    ids=str,
)  # fmt: skip
async def test_groups_are_disjoint_and_in_the_order_asked(
    store: Store, question: dict[str, Any], expected: list[tuple[str | None, int, int | None]]
) -> None:
    await published(store, *crowd(), recorded_at=NOON)

    groups = (await asked(store, GROUPS, **question))["ledger"]["groups"]

    found = [([key["value"] for key in group["keys"]], group["aggregate"]) for group in groups]
    assert found == [
        (
            [None] if names is None else names.split(),
            {"count": count, "spentUsd": None if usd is None else f"{usd}.000000"},
        )
        for names, count, usd in expected
    ]


async def test_groups_of_each_protocol_are_its_own(store: Store) -> None:
    await published(store, *crowd(), recorded_at=NOON)

    data = await asked(
        store,
        """{ protocols(orderBy: [{name: true, direction: ASC}]) { nodes { slug ledger(where: {kind: [PURCHASE]}) {
             groups(by: [KIND]) { keys { key value } aggregate { count tokenAmount } } } } } }""",
    )

    assert [node["ledger"]["groups"] for node in data["protocols"]["nodes"]] == [
        [{"keys": [{"key": "KIND", "value": "PURCHASE"}], "aggregate": {"count": count, "tokenAmount": None}}]
        for count in (2, 1)
    ]


@pytest.mark.parametrize("by", [[], ["KIND", "KIND"]])
async def test_grouping_by_nothing_or_twice_the_same_is_refused(sqlite_store: Store, by: list[str]) -> None:
    await published(sqlite_store, *crowd(), recorded_at=NOON)

    assert await refused(sqlite_store, GROUPS, by=by) == (
        "BAD_USER_INPUT",
        "`by` names what to group by, each once",
    )


def traced() -> list[Fact]:
    return dex(
        source_fact("rival"),
        chain_fact("solana"),
        policy_fact("dex:all", "dex"),
        buy(
            "bought",
            at=NOON - timedelta(days=9),
            tokens=Decimal(3),
            usd=Decimal(1),
            policy_ref="dex:all",
            topic="dex:spent",
            window_start=date(2026, 6, 1),
            window_end=date(2026, 7, 1),
            chain=chain_ref("solana"),
            wallet="So1",
            method=ObservationMethod.PRESS,
            confidence=Confidence.LOW,
            disposition=Disposition.BURNED,
            disposition_at=NOON,
        ),
        entry_fact("burned", "dex", LedgerKind.BURN, tokens=Decimal(2), origin_ref="bought"),
        claim_fact("claim", "dex", topic="dex:spent", value="2", source="rival"),
    )


async def test_an_entry_is_traced_to_its_policy_its_origin_and_what_followed(store: Store) -> None:
    await published(store, *traced(), recorded_at=NOON)

    data = await asked(
        store,
        """{ ledger(orderBy: OCCURRED_ASC) { nodes { ref averagePriceUsd policy { ref } origin { ref }
             followedBy { ref kind } windowStart windowEnd dispositionAt
             provenance { method confidence rivals { ref } } } } }""",
    )

    assert data["ledger"]["nodes"] == [
        {
            "ref": "bought",
            "averagePriceUsd": "0.333333333333333333",
            "policy": {"ref": "dex:all"},
            "origin": None,
            "followedBy": [{"ref": "burned", "kind": "BURN"}],
            "windowStart": "2026-06-01",
            "windowEnd": "2026-07-01",
            "dispositionAt": "2026-07-10T12:00:00Z",
            "provenance": {"method": "PRESS", "confidence": "LOW", "rivals": [{"ref": "claim"}]},
        },
        {
            "ref": "burned",
            "averagePriceUsd": None,
            "policy": None,
            "origin": {"ref": "bought"},
            "followedBy": [],
            "windowStart": None,
            "windowEnd": None,
            "dispositionAt": None,
            "provenance": {"method": "THIRD_PARTY", "confidence": "HIGH", "rivals": []},
        },
    ]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"disposed": {"from": "2026-07-10"}}, ["bought"]),
        ({"disposed": {"to": "2026-07-09"}}, []),
        ({"maxUsd": "1"}, ["bought"]),
        ({"maxUsd": "0.9999999"}, []),
        ({"minUsd": "1.0000001"}, []),
        ({"minUsd": "1e30"}, []),
        ({"token": {"eq": "dex"}}, ["bought"]),
        ({"token": {"notIn": ["dex"]}}, []),
        ({"chain": {"in": ["solana"]}}, ["bought"]),
        ({"source": {"startsWith": "up"}}, ["bought", "burned"]),
        ({"policy": {"eq": "dex:all"}}, ["bought"]),
        ({"wallet": "So1"}, ["bought"]),
        ({"method": ["PRESS"]}, ["bought"]),
        ({"confidence": ["HIGH"]}, ["burned"]),
    ],
    ids=str,
)
async def test_a_filter_on_fate_place_and_source_admits_what_it_says(
    store: Store, where: dict[str, Any], expected: list[str]
) -> None:
    await published(store, *traced(), recorded_at=NOON)

    question = "query ($where: LedgerWhere) { ledger(where: $where, orderBy: OCCURRED_ASC) { nodes { ref } } }"
    data = await asked(store, question, where=where)

    assert [node["ref"] for node in data["ledger"]["nodes"]] == expected


async def test_the_smallest_come_first_and_the_unknown_last(store: Store) -> None:
    await published(store, *crowd(), recorded_at=NOON)
    question = "query ($after: String) { ledger(orderBy: USD_ASC, first: 3, after: $after) { nodes { ref } pageInfo { endCursor } } }"  # fmt: skip # noqa: E501

    first = (await asked(store, question))["ledger"]
    second = (await asked(store, question, after=first["pageInfo"]["endCursor"]))["ledger"]

    assert [node["ref"] for node in first["nodes"] + second["nodes"]] == ["5", "1", "2", "3", "4"]


async def test_the_number_of_statements_does_not_depend_on_that_of_entries(store: Store, statements: Recording) -> None:
    question = """{ protocols(first: 100) { nodes { ledger(first: 3) { aggregate { markToMarket { usd } }
        groups(by: [PROTOCOL, TOKEN, SECTOR, PERIOD]) { aggregate { count markToMarket { usd } } }
        nodes { policy { ref } origin { ref } followedBy { ref } provenance { method rivals { ref } } } } } } }"""
    counts = []
    for size in (1, 20):
        many: list[Fact] = []
        for n in range(size):
            slug = f"p{n}"
            owner: list[Fact] = [token_fact(slug), protocol_fact(slug), policy_fact(f"{slug}/all", slug)]
            bought: dict[str, Any] = {
                "token": token_ref(slug),
                "tokens": Decimal(9),
                "policy_ref": f"{slug}/all",
                "topic": slug,
            }
            many += [*owner, entry_fact(f"{slug}/1", slug, **bought)]
            many.append(entry_fact(f"{slug}/2", slug, LedgerKind.BURN, tokens=Decimal(1), origin_ref=f"{slug}/1"))
            many.append(daily(token_ref(slug), Metric.PRICE, span(2, 2)))
        await published(store, *many, recorded_at=NOON)
        with statements(store.readers) as seen:
            await asked(store, question)
        counts.append(len(seen))

    assert counts[0] == counts[1]
