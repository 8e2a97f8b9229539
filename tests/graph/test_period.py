"""Numbers that are known by month, of one token alone, or in the ledger without dollars: none is told to be unknown."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from models.store import Store
from models.vocabulary import Interval, LedgerKind, Metric, ProtocolKind
from tests.builders import (
    NOON,
    Fact,
    chain_fact,
    chain_ref,
    daily,
    days_ago,
    entry_fact,
    protocol_fact,
    published,
    source_fact,
    token_fact,
    token_ref,
)
from tests.conftest import Recording
from tests.graph.asking import asked

MONTHS = {date(2026, month, 1): 31 * month for month in range(1, 7)}


def world() -> list[Fact]:
    return [
        source_fact("rival", precedence=20),
        chain_fact("base"),
        token_fact("hype"),
        token_fact("usdc"),
        protocol_fact("base-chain", kind=ProtocolKind.CHAIN, chains=("base",)),
        protocol_fact("dex", token="hype"),
        protocol_fact("fund"),
        daily("base-chain", Metric.FEES, MONTHS, interval=Interval.MONTH),
        daily(chain_ref("base"), Metric.TRANSACTIONS, MONTHS, interval=Interval.MONTH),
        daily("dex", Metric.DEVICES, {date(2026, 3, 1): 21}, interval=Interval.MONTH),
        daily("dex", Metric.DEVICES, {date(2026, 2, 1): 20}, interval=Interval.MONTH, source="rival"),
        daily("dex", Metric.TREASURY_HOLDING, {days_ago(40): 30, days_ago(5): Decimal("46.219")}, stream="hype"),
        daily("fund", Metric.TREASURY_HOLDING, {days_ago(5): 1}, stream="hype"),
        daily("fund", Metric.TREASURY_HOLDING, {days_ago(5): 2}, stream="usdc"),
        daily(token_ref("hype"), Metric.TOTAL_SUPPLY, {days_ago(1): 1000}),
        daily(token_ref("hype"), Metric.PRICE, {days_ago(1): 2}),
        entry_fact(
            "burn",
            "dex",
            LedgerKind.BURN,
            at=NOON - timedelta(days=1),
            token=token_ref("hype"),
            tokens=Decimal(34),
            usd=None,
        ),
        entry_fact("buy", "dex", token=token_ref("hype"), tokens=Decimal(7), usd=Decimal(14)),
    ]


async def told(store: Store, query: str) -> Any:
    await published(store, *world(), recorded_at=NOON)
    return await asked(store, query)


async def test_fees_by_month_are_those_of_the_whole_months_in_a_window(store: Store) -> None:
    found = await told(
        store,
        """{ protocol(by: {slug: "base-chain"}, at: {day: "2026-06-30"}) {
          days: metric(key: FEES, window: D30) { value state reason coverage { observedDays } }
          quarter: metric(key: FEES, window: QTD) { value state reason previous { value } provenance { method } }
          year: metric(key: FEES, window: TTM) { value state reason asOf } } }""",
    )

    protocol = found["protocol"]
    assert protocol["days"] == {
        "value": "186.000000",
        "state": "OK",
        "reason": "Known by month.",
        "coverage": {"observedDays": 30},
    }
    assert (protocol["quarter"]["value"], protocol["quarter"]["previous"]) == ("465.000000", {"value": "93.000000"})
    assert protocol["quarter"]["provenance"]["method"] is not None
    assert (protocol["year"]["value"], protocol["year"]["state"]) == ("651.000000", "PARTIAL")
    assert protocol["year"]["reason"] == "Known by month. 181 of 365 days are known."


async def test_series_of_months_quarters_and_days_show_a_month_where_it_is_whole(store: Store) -> None:
    series = 'series(keys: [FEES], from: "2026-04-01", to: "2026-06-30", interval: %s) { points { value state } }'
    found = await told(
        store,
        f'{{ protocol(by: {{slug: "base-chain"}}) {{ month: {series % "MONTH"} quarter: {series % "QUARTER"} '
        f"week: {series % 'WEEK'} }} }}",
    )

    month, quarter, week = (found["protocol"][name][0]["points"] for name in ("month", "quarter", "week"))
    assert [point["value"] for point in month] == ["124.000000", "155.000000", "186.000000"]
    assert quarter == [{"value": "465.000000", "state": "OK"}]
    assert {point["state"] for point in week} == {"NOT_REPORTED"}


async def test_what_a_chain_itself_counts_is_no_sum_of_its_protocols(store: Store) -> None:
    found = await told(
        store, '{ chain(by: {slug: "base"}) { metric(key: TRANSACTIONS, window: ALL) { value state reason } } }'
    )

    reason = "Known by month. 181 of 190 days are known."
    assert found["chain"]["metric"] == {"value": "651", "state": "PARTIAL", "reason": reason}


async def test_a_stock_by_month_is_the_newest_of_any_source_and_says_how_old(store: Store) -> None:
    found = await told(
        store,
        """{ protocol(by: {slug: "dex"}) { metric(key: DEVICES, window: ALL) {
          value state reason asOf provenance { chosen { slug } } } } }""",
    )

    assert found["protocol"]["metric"] == {
        "value": "21",
        "state": "STALE",
        "reason": "Known by month. The last known day is 2026-03-31.",
        "asOf": "2026-03-31",
        "provenance": {"chosen": {"slug": "upstream"}},
    }


async def test_the_holding_of_one_token_is_a_metric_and_those_of_several_are_not_added_up(store: Store) -> None:
    metric = "metric(key: TREASURY_HOLDING, window: ALL) { value state reason }"
    found = await told(
        store,
        f'{{ one: protocol(by: {{slug: "dex"}}) {{ {metric} }} two: protocol(by: {{slug: "fund"}}) {{ {metric} }} }}',
    )

    assert (found["one"]["metric"]["value"], found["one"]["metric"]["state"]) == ("46.219", "STALE")
    assert (found["two"]["metric"]["value"], found["two"]["metric"]["state"]) == (None, "NOT_REPORTED")
    assert "STREAM" in found["two"]["metric"]["reason"]


async def test_what_a_protocols_fund_states_counts_as_bought_back_and_held(store: Store) -> None:
    cap = "metric(key: REVENUE_MULTIPLE, supplyBasis: OUTSTANDING) { state }"
    supply = f"{{ token {{ supply {{ boughtBackHeld burnedOnchain burnedRecognised outstanding }} }} {cap} }}"
    found = await told(
        store,
        f'{{ now: protocol(by: {{slug: "dex"}}) {supply} '
        f'then: protocol(by: {{slug: "dex"}}, at: {{day: "{days_ago(30)}"}}) {supply} '
        f'before: protocol(by: {{slug: "dex"}}, at: {{day: "{days_ago(60)}"}}) {supply} }}',
    )

    now, then, before = (found[name]["token"]["supply"] for name in ("now", "then", "before"))
    assert now == {
        "boughtBackHeld": "46.219",
        "burnedOnchain": "34",
        "burnedRecognised": None,
        "outstanding": "953.781",
    }
    assert (then["boughtBackHeld"], before["boughtBackHeld"]) == ("30.000", None)


async def test_burns_known_in_tokens_alone_are_told_as_such(store: Store) -> None:
    found = await told(
        store, '{ protocol(by: {slug: "dex"}) { metric(key: BURNED, window: ALL) { value state reason } } }'
    )

    metric = found["protocol"]["metric"]
    assert (metric["value"], metric["state"]) == (None, "NOT_REPORTED")
    assert metric["reason"] == f"The ledger knows 34 tokens of {days_ago(1)} without what they were worth."


async def test_unlocks_that_no_source_reports_by_day_name_the_schedule(store: Store) -> None:
    found = await told(store, '{ protocol(by: {slug: "dex"}) { metric(key: UNLOCKS) { state reason } } }')

    assert found["protocol"]["metric"]["state"] == "NOT_REPORTED"
    assert "`unlocks`" in found["protocol"]["metric"]["reason"]


async def test_what_is_not_known_by_day_takes_one_statement_for_any_number(store: Store, statements: Recording) -> None:
    await published(store, *world(), recorded_at=NOON)
    query = "{ protocols(first: %d) { nodes { metric(key: DEVICES, window: ALL) { value } } } }"
    await asked(store, query % 1)

    counts = []
    for many in (1, 3):
        with statements(store.readers) as seen:
            await asked(store, query % many)
        counts.append(len(seen))

    assert counts[0] == counts[1]
