"""The number of statements of a query does not depend on the number of rows."""

from decimal import Decimal

import pytest

from models.store import Store
from models.vocabulary import LedgerKind, Metric, SectorKey
from tests.builders import (
    NOON,
    Fact,
    chain_fact,
    daily,
    entry_fact,
    policy_fact,
    protocol_fact,
    published,
    token_fact,
    token_ref,
)
from tests.conftest import Recording
from tests.graph.asking import asked
from tests.graph.world import span

QUERIES = {
    "leaderboard": """{ protocols(first: 100) { totalCount edges { rank node { slug token { symbol price { value } }
        sectors { key } chains { slug } revenue { value source { slug } } holdersRevenue { value } growth: metric(key:
        GROWTH_MOM) { value } } } aggregate(key: REVENUE) { sum } } }""",
    "screen": """{ protocols(first: 100, orderBy: [{key: PS}, {key: FEES}], where: {hasToken: true, minCoverageDays: 3,
        mechanism: [BUYBACK_HOLD], metric: [{key: REVENUE, is: {gt: "0"}}]}) { nodes { metrics(keys: [PS, PF, ARR])
        { value provenance { rivals { value } inputs { value } } methodology { text } } } } }""",
    "ledgers": """{ protocols(first: 100) { nodes { buybacks(first: 3) { totalCount aggregate { spentUsd }
        nodes { usd token { symbol } protocol { slug } source { slug } } } policies { rules { percent } } } } }""",
    "charts": """{ protocols(first: 100) { nodes { series(keys: [REVENUE, FEES], from: "2026-06-01", to: "2026-07-09")
        { points { value } } revenueStreams { metric(key: REVENUE) { value } } externalIds { value } parent { slug }
        children { slug } } } }""",
    "tokens": """{ tokens(first: 100) { nodes { symbol protocol { slug } supply { total { value } burnedOnchain }
        deployments { address } marketCap { value } } } }""",
    "sectors": "{ sectors { revenue { value } protocols(first: 5) { nodes { slug revenue { value } } } } }",
    "past": """{ protocols(first: 100, at: {day: "2026-07-01"}) { nodes { revenue { value } fees { value } } }
        sectors(at: {day: "2026-07-01"}) { revenue { value } } }""",
    "derived": """{ protocols(first: 100) { nodes { metrics(window: ALL, keys: [BUYBACK_YIELD, NET_SUPPLY_CHANGE, HHI,
        MAX_DRAWDOWN, REVENUE_VOLATILITY, CAGR, BURN_SHARE, DOWNSIDE_CAPTURE]) { value state } statement { lines { value
        byStream { value } } } } aggregate(key: TAKE_RATE) { weightedMean } }
        sectors { metric(key: HHI) { value } } }""",
    "derivedSeries": """{ protocols(first: 100) { nodes { series(keys: [PS, PAYOUT_RATIO, NET_SUPPLY_CHANGE], interval:
        MONTH, from: "2026-05-01", to: "2026-07-09") { points { value } } } } }""",
    "ledger": "{ ledger(first: 100) { nodes { protocol { slug } token { symbol } } aggregate { count } } }",
}


def crowd(size: int) -> list[Fact]:
    facts: list[Fact] = [chain_fact("ethereum")]
    for n in range(size):
        slug = f"p{n}"
        facts += [
            token_fact(slug),
            protocol_fact(slug, token=slug, sectors=(SectorKey.PERPS,), chains=("ethereum",)),
            daily(slug, Metric.REVENUE, span(40, n + 1)),
            daily(slug, Metric.REVENUE, span(40, n + 1), stream="all"),
            daily(slug, Metric.FEES, span(40, n + 2)),
            daily(token_ref(slug), Metric.PRICE, span(40, 2)),
            daily(token_ref(slug), Metric.TOTAL_SUPPLY, span(1, 1000)),
            policy_fact(f"{slug}/all", slug),
            entry_fact(f"{slug}-buy", slug, LedgerKind.PURCHASE, token=token_ref(slug), usd=Decimal(n + 1)),
        ]
    return facts


@pytest.mark.many
async def test_a_query_takes_as_many_statements_for_one_protocol_as_for_a_hundred(
    store: Store, statements: Recording
) -> None:
    counts: dict[int, dict[str, int]] = {}
    for size in (1, 10, 100):
        await published(store, *crowd(size), recorded_at=NOON)
        counts[size] = {}
        for name, query in QUERIES.items():
            with statements(store.readers) as seen:
                await asked(store, query)
            counts[size][name] = len(seen)

    assert counts[1] == counts[10] == counts[100]
