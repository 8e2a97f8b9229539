"""Policies: which held on a day, whether their conditions do, what they replaced, and who claims otherwise."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.store import Store
from models.vocabulary import Metric, PolicyBasis, PolicyStatus
from tests.builders import (
    NOON,
    TODAY,
    Fact,
    chain_fact,
    chain_ref,
    claim_fact,
    daily,
    policy_fact,
    protocol_fact,
    published,
    source_fact,
    token_fact,
    token_ref,
)
from tests.conftest import Recording
from tests.graph.asking import asked
from tests.graph.world import span

ON = """query ($day: Date!, $base: MetricKey, $chain: String, $product: String) {
  protocol(by: {slug: "dex"}) { policyOn(date: $day, base: $base, chain: $chain, product: $product) { ref } } }"""


def history() -> list[Fact]:
    rule = {"recipient": "fund", "mechanism": "FEE_BURN", "percent": "100"}
    return [
        protocol_fact("dex"),
        chain_fact("base"),
        policy_fact("old", "dex", effective_to=date(2025, 8, 30), status=PolicyStatus.ENDED),
        policy_fact("new", "dex", effective_from=date(2025, 8, 31), supersedes="old"),
        policy_fact("plan", "dex", effective_from=date(2026, 1, 1), status=PolicyStatus.PROPOSED),
        policy_fact("fees", "dex", effective_from=date(2024, 1, 1), base=Metric.FEES, rules=(rule,)),
        policy_fact("on-base", "dex", effective_from=date(2026, 3, 8), scope_chain=chain_ref("base")),
        policy_fact("v2", "dex", effective_from=date(2026, 3, 8), scope_product="v2", scope_chain=chain_ref("base")),
    ]


@pytest.mark.parametrize(
    ("question", "ref"),
    [
        ({"day": "2020-01-01", "base": "REVENUE"}, "old"),
        ({"day": "2025-08-30", "base": "REVENUE"}, "old"),
        ({"day": "2025-08-31"}, "new"),
        ({"day": "2026-07-01"}, "new"),
        ({"day": "2026-07-01", "base": "FEES"}, "fees"),
        ({"day": "2023-12-31", "base": "FEES"}, None),
        ({"day": "2026-07-01", "base": "VOLUME"}, None),
        ({"day": "2026-03-08", "chain": "base"}, "on-base"),
        ({"day": "2026-03-07", "chain": "base"}, None),
        ({"day": "2026-03-08", "chain": "base", "product": "v2"}, "v2"),
        ({"day": "2026-03-08", "chain": "nowhere"}, None),
    ],
    ids=str,
)
async def test_the_policy_of_a_day_and_a_scope_is_the_one_in_force(
    store: Store, question: dict[str, Any], ref: str | None
) -> None:
    await published(store, *history(), recorded_at=NOON)

    data = await asked(store, ON, **question)

    assert data["protocol"]["policyOn"] == (None if ref is None else {"ref": ref})


async def test_a_policy_that_was_stated_later_is_not_known_before(store: Store) -> None:
    dex, old, new = history()[0], policy_fact("old", "dex"), history()[3]
    await published(store, dex, old, recorded_at=NOON.replace(day=1))
    ended = old._replace(effective_to=date(2025, 8, 30), status=PolicyStatus.ENDED)
    await published(store, ended, new, recorded_at=NOON.replace(day=2))

    data = await asked(
        store,
        """query ($then: DateTime!) {
          then: protocol(by: {slug: "dex"}, at: {knownAt: $then}) { policyOn(date: "2025-09-12") { ref status } }
          now: protocol(by: {slug: "dex"}) { policyOn(date: "2025-09-12") { ref status supersedes { ref status } } }
        }""",
        then="2026-07-01T23:00:00Z",
    )

    assert data == {
        "then": {"policyOn": {"ref": "old", "status": "ACTIVE"}},
        "now": {"policyOn": {"ref": "new", "status": "ACTIVE", "supersedes": {"ref": "old", "status": "ENDED"}}},
    }


def conditional(*conditions: dict[str, Any], prices: dict[date, Decimal | int] | None) -> list[Fact]:
    stated: list[Fact] = [token_fact("dex"), protocol_fact("dex", token="dex")]
    stated.append(policy_fact("one", "dex", effective_from=TODAY - timedelta(days=10), conditions=tuple(conditions)))
    if prices:
        stated.append(daily(token_ref("dex"), Metric.PRICE, prices))
    return stated


def price(kind: str, threshold: str, days: int | None = None) -> dict[str, Any]:
    return {"kind": kind, "expression": "a price", "metric": "PRICE", "threshold_usd": threshold, "days": days}


@pytest.mark.parametrize(
    ("condition", "prices", "met"),
    [
        (price("PRICE_BELOW", "3"), span(1, Decimal("2.99")), True),
        (price("PRICE_BELOW", "3"), span(1, 3), False),
        (price("PRICE_AT_MOST", "3"), span(1, 3), True),
        (price("PRICE_AT_LEAST", "3"), span(1, 3), True),
        (price("PRICE_ABOVE", "3"), span(1, 3), False),
        (price("PRICE_BELOW", "3"), None, None),
        (price("PRICE_BELOW", "3"), span(1, 2, ago=1) | span(30, 2, ago=40), True),
        (price("PRICE_AT_LEAST", "20", 30), span(15, 10) | span(15, 30, ago=16), True),
        (price("PRICE_AT_LEAST", "20", 30), span(16, 10) | span(14, 30, ago=17), False),
        (price("PRICE_AT_LEAST", "20", 30), span(29, 30), None),
        ({"kind": "TERM", "expression": "a term", "until": "2026-07-10"}, None, True),
        ({"kind": "TERM", "expression": "a term", "until": "2026-07-09"}, None, False),
        ({"kind": "TERM", "expression": "a term of unknown length"}, None, None),
        ({"kind": "CAP", "expression": "up to 50 million", "threshold_usd": "50000000"}, span(1, 3), None),
    ],
    ids=str,
)
async def test_a_condition_is_met_by_the_price_or_the_day_or_it_is_not_known(
    store: Store, condition: dict[str, Any], prices: dict[date, Decimal | int] | None, met: bool | None
) -> None:
    await published(store, *conditional(condition, prices=prices), recorded_at=NOON)

    data = await asked(store, '{ protocol(by: {slug: "dex"}) { policies { conditions { metNow } } } }')

    assert data["protocol"]["policies"] == [{"conditions": [{"metNow": met}]}]


async def test_a_condition_is_met_as_of_the_day_that_is_asked(store: Store) -> None:
    prices = span(5, 2) | span(5, 4, ago=6)
    term = {"kind": "TERM", "expression": "a term", "until": "2026-07-05"}
    await published(store, *conditional(price("PRICE_BELOW", "3"), term, prices=prices), recorded_at=NOON)

    data = await asked(
        store, '{ protocol(by: {slug: "dex"}, at: {day: "2026-07-03"}) { policies { conditions { kind metNow } } } }'
    )

    assert data["protocol"]["policies"] == [
        {"conditions": [{"kind": "PRICE_BELOW", "metNow": False}, {"kind": "TERM", "metNow": True}]}
    ]


async def test_a_price_that_is_out_of_date_meets_nothing(store: Store) -> None:
    await published(
        store,
        *conditional(price("PRICE_BELOW", "3"), prices=span(1, 2, ago=9)),
        token_fact("other"),
        daily(token_ref("other"), Metric.PRICE, span(1, 2)),
        recorded_at=NOON,
    )

    data = await asked(store, '{ protocol(by: {slug: "dex"}) { policies { conditions { metNow } } } }')

    assert data["protocol"]["policies"] == [{"conditions": [{"metNow": None}]}]


async def test_provenance_names_the_source_and_the_claims_that_rival_it(store: Store) -> None:
    await published(
        store,
        protocol_fact("dex"),
        source_fact("rival"),
        policy_fact("one", "dex", topic="dex:share", source_url="https://upstream.example/policy"),
        claim_fact("same", "dex", topic="dex:share", value="100"),
        claim_fact("other", "dex", topic="dex:share", value="25", source="rival"),
        claim_fact("elsewhere", "dex", topic="dex:start", value="1", source="rival"),
        policy_fact("two", "dex", base=Metric.FEES, base_partial=True),
        recorded_at=NOON,
    )

    data = await asked(
        store,
        """{ protocol(by: {slug: "dex"}) { policies { ref basePartial sumsTo provenance {
             method confidence sourceUrl source { slug } rivals { ref value source { slug } } } } } }""",
    )

    said = {"method": "THIRD_PARTY", "confidence": "HIGH", "source": {"slug": "upstream"}}
    url = "https://upstream.example/policy"
    rivals = [{"ref": "other", "value": "25", "source": {"slug": "rival"}}]
    one = {"ref": "one", "basePartial": False, "sumsTo": "100"}
    two = {"ref": "two", "basePartial": True, "sumsTo": "100"}
    assert data["protocol"]["policies"] == [
        {**two, "provenance": {**said, "sourceUrl": None, "rivals": []}},
        {**one, "provenance": {**said, "sourceUrl": url, "rivals": rivals}},
    ]


async def test_all_policies_are_listed_page_by_page(store: Store) -> None:
    rule = {"recipient": "treasury", "mechanism": "TREASURY_RETENTION", "percent": "100"}
    await published(
        store,
        *history(),
        protocol_fact("other"),
        policy_fact("kept", "other", rules=(rule,), effective_from=date(2026, 6, 1), basis=PolicyBasis.FORMULA),
        recorded_at=NOON,
    )
    question = """query ($after: String) { policies(first: 2, after: $after, status: [ACTIVE], from: "2026-01-01",
        mechanism: [BUYBACK_HOLD, FEE_BURN]) { totalCount nodes { ref protocol { slug } } pageInfo { endCursor } } }"""

    first = (await asked(store, question))["policies"]
    second = (await asked(store, question, after=first["pageInfo"]["endCursor"]))["policies"]

    assert first["totalCount"] == second["totalCount"] == 4
    assert {node["ref"] for node in first["nodes"]} == {"on-base", "v2"}
    assert [node["ref"] for node in second["nodes"]] == ["new", "fees"]


async def test_the_number_of_statements_does_not_depend_on_that_of_policies(
    store: Store, statements: Recording
) -> None:
    question = """{ protocols(first: 100) { nodes { policyOn(date: "2026-07-01", chain: "base") { ref }
        policies { conditions { metNow } supersedes { ref } provenance { method rivals { ref } } } } }
        policies(first: 100) { nodes { protocol { slug } conditions { metNow } } } }"""
    counts = []
    for size in (1, 20):
        crowd: list[Fact] = [chain_fact("base")]
        for n in range(size):
            slug = f"p{n}"
            crowd += [
                token_fact(slug),
                protocol_fact(slug, token=slug),
                daily(token_ref(slug), Metric.PRICE, span(2, 2)),
                policy_fact(f"{slug}/a", slug, conditions=(price("PRICE_BELOW", "3"),), topic=slug),
                policy_fact(f"{slug}/b", slug, base=Metric.FEES, supersedes=f"{slug}/a"),
            ]
        await published(store, *crowd, recorded_at=NOON)
        with statements(store.readers) as seen:
            await asked(store, question)
        counts.append(len(seen))

    assert counts[0] == counts[1]
