"""Metrics over time: whole buckets, gaps that stay gaps, and parts that add up."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from models.store import Store
from models.vocabulary import Metric
from tests.builders import (
    NOON,
    TODAY,
    daily,
    days_ago,
    protocol_fact,
    published,
    source_fact,
    token_fact,
    token_ref,
)
from tests.graph.asking import asked, refused
from tests.graph.world import open_market

SERIES = """query ($slug: String!, $keys: [MetricKey!]!, $from: Date!, $to: Date!, $interval: Interval! = DAY,
                  $by: Breakdown, $fill: Fill! = NONE, $current: Boolean! = false) {
  protocol(by: {slug: $slug}) {
    series(keys: $keys, from: $from, to: $to, interval: $interval, breakdownBy: $by, fill: $fill,
           includeCurrent: $current) {
      key label unit interval coverage { expectedDays observedDays missingDays }
      points { start end value state complete provisional revision observedDays } } } }"""


async def series_of(store: Store, slug: str, keys: tuple[str, ...] = ("REVENUE",), **variables: Any) -> Any:
    data = await asked(store, SERIES, slug=slug, keys=list(keys), **variables)
    return data["protocol"]["series"]


async def test_months_are_exact_sums_and_the_unfinished_one_is_marked(store: Store) -> None:
    await open_market(store)
    days = {"from": "2026-05-15", "to": "2026-07-09", "interval": "MONTH"}

    [row] = await series_of(store, "hyperliquid", **days, current=True)

    assert [(point["start"], point["end"], point["value"], point["state"]) for point in row["points"]] == [
        ("2026-05-01", "2026-05-31", "3100.000000", "OK"),
        ("2026-06-01", "2026-06-30", "3000.000000", "OK"),
        ("2026-07-01", "2026-07-31", "900.000000", "PARTIAL"),
    ]
    assert [point["complete"] for point in row["points"]] == [True, True, False]
    assert [point["provisional"] for point in row["points"]] == [False, False, True]


async def test_the_unfinished_bucket_is_left_out_unless_asked_for(store: Store) -> None:
    await open_market(store)

    [row] = await series_of(store, "hyperliquid", **{"from": "2026-06-01", "to": "2026-07-31", "interval": "MONTH"})

    assert [point["start"] for point in row["points"]] == ["2026-06-01"]


async def test_a_gap_stays_a_gap(store: Store) -> None:
    known = {days_ago(5): 10, days_ago(3): Decimal("0.5")}
    await published(store, protocol_fact("dex"), daily("dex", Metric.REVENUE, known), recorded_at=NOON)

    [row] = await series_of(store, "dex", **{"from": str(days_ago(6)), "to": str(days_ago(3))})

    assert [(point["value"], point["state"]) for point in row["points"]] == [
        (None, "NOT_REPORTED"),
        ("10.000000", "OK"),
        (None, "NOT_REPORTED"),
        ("0.500000", "OK"),
    ]
    assert row["coverage"] == {"expectedDays": 4, "observedDays": 2, "missingDays": 2}


async def test_what_is_filled_in_says_so(sqlite_store: Store) -> None:
    known = {days_ago(5): 10, days_ago(3): 30}
    await published(sqlite_store, protocol_fact("dex"), daily("dex", Metric.REVENUE, known), recorded_at=NOON)
    days = {"from": str(days_ago(6)), "to": str(days_ago(3))}

    [zeros] = await series_of(sqlite_store, "dex", **days, fill="ZERO")
    [before] = await series_of(sqlite_store, "dex", **days, fill="PREVIOUS")

    assert [point["value"] for point in zeros["points"]] == ["0", "10.000000", "0", "30.000000"]
    assert [point["state"] for point in zeros["points"]] == ["ESTIMATED", "OK", "ESTIMATED", "OK"]
    assert [point["value"] for point in before["points"]] == [None, "10.000000", "10.000000", "30.000000"]


async def test_a_stock_is_what_it_was_last_in_a_bucket(sqlite_store: Store) -> None:
    prices = daily(token_ref("dex"), Metric.PRICE, {days_ago(n): n for n in range(1, 20)})
    await published(sqlite_store, protocol_fact("dex", token="dex"), token_fact("dex"), prices, recorded_at=NOON)

    [row] = await series_of(
        sqlite_store, "dex", ("PRICE",), **{"from": str(days_ago(12)), "to": str(days_ago(12)), "interval": "WEEK"}
    )

    [point] = row["points"]
    ago = (TODAY - date.fromisoformat(point["end"])).days
    assert (row["unit"], point["value"]) == ("USD_PER_TOKEN", f"{ago}.0000000000")


async def test_streams_and_chains_add_up_to_the_whole(store: Store) -> None:
    await open_market(store)
    days = {"from": str(days_ago(3)), "to": str(days_ago(1))}

    streams = await series_of(store, "hyperliquid", by="STREAM", **days)
    chains = await series_of(store, "aave", by="CHAIN", **days)

    assert [(row["label"], row["points"][0]["value"]) for row in streams] == [
        ("perps", "60.000000"),
        ("spot", "40.000000"),
    ]
    assert [(row["label"], row["points"][0]["value"]) for row in chains] == [
        ("ethereum", "30.000000"),
        ("solana", "20.000000"),
    ]


async def test_a_restated_day_counts_its_revisions(store: Store) -> None:
    await open_market(store)
    await published(
        store, daily("hyperliquid", Metric.REVENUE, {days_ago(2): 101}), recorded_at=NOON + timedelta(hours=1)
    )

    [row] = await series_of(store, "hyperliquid", **{"from": str(days_ago(3)), "to": str(days_ago(1))})

    assert [(point["value"], point["revision"]) for point in row["points"]] == [
        ("100.000000", 0),
        ("101.000000", 1),
        ("100.000000", 0),
    ]


async def test_the_market_is_the_sum_of_whole_protocols_day_by_day(store: Store) -> None:
    await open_market(store)
    days = f'from: "{days_ago(2)}", to: "{days_ago(1)}"'

    data = await asked(store, f"{{ market {{ series(keys: [REVENUE], {days}) {{ points {{ value }} }} }} }}")

    assert data["market"]["series"] == [{"points": [{"value": "150.000000"}, {"value": "150.000000"}]}]


async def test_several_metrics_come_in_the_order_asked_for(sqlite_store: Store) -> None:
    await open_market(sqlite_store)
    days = {"from": str(days_ago(1)), "to": str(days_ago(1))}

    rows = await series_of(sqlite_store, "hyperliquid", ("REVENUE", "FEES", "INCENTIVES"), **days)

    assert [(row["key"], row["points"][0]["value"]) for row in rows] == [
        ("REVENUE", "100.000000"),
        ("FEES", "120.500000"),
        ("INCENTIVES", None),
    ]


async def test_days_in_the_wrong_order_are_refused(sqlite_store: Store) -> None:
    await open_market(sqlite_store)
    variables = {"slug": "aave", "keys": ["REVENUE"], "from": "2026-02-02", "to": "2026-02-01"}

    found = await refused(sqlite_store, SERIES, **variables)

    assert found == ("BAD_USER_INPUT", "`from` is 2026-02-02, after `to`, 2026-02-01")


async def test_more_points_than_a_chart_has_are_refused(sqlite_store: Store) -> None:
    await open_market(sqlite_store)
    variables = {"slug": "aave", "keys": ["REVENUE"], "from": "1900-01-01", "to": "2026-02-02"}

    code, message = await refused(sqlite_store, SERIES, **variables)

    assert code == "BAD_USER_INPUT"
    assert message.startswith("this is more than 12000 points")


async def test_a_source_that_stopped_is_not_charted_before_one_that_goes_on(store: Store) -> None:
    sources = (source_fact("first", 1), source_fact("second", 2))
    stopped = daily("aave", Metric.FEES, {days_ago(60): 1}, source="first")
    goes_on = daily("aave", Metric.FEES, {days_ago(1): 2, days_ago(2): 2}, source="second")
    await published(store, *sources, protocol_fact("aave"), stopped, goes_on, recorded_at=NOON)
    days = f'from: "{days_ago(2)}", to: "{days_ago(1)}"'
    asks = f"metric(key: FEES, window: D30) {{ value }} series(keys: [FEES], {days}) {{ points {{ value }} }}"
    query = f'query ($at: AsOf) {{ protocol(by: {{slug: "aave"}}, at: $at) {{ {asks} }} market(at: $at) {{ {asks} }} }}'

    rolled, by_day = [await asked(store, query, at=at) for at in (None, {"day": str(days_ago(1))})]
    before = await asked(store, query, at={"day": str(days_ago(50))})

    two = {"metric": {"value": "4.000000"}, "series": [{"points": [{"value": "2.000000"}, {"value": "2.000000"}]}]}
    assert rolled == by_day == {"protocol": two, "market": two}
    assert before["protocol"]["metric"] == {"value": "1.000000"}
