"""Values of metrics: each state is reached, null is never zero, and every null says why."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.store import Store
from models.vocabulary import Metric
from tests.builders import NOON, daily, days_ago, entry_fact, protocol_fact, published, token_fact, token_ref
from tests.graph.asking import asked
from tests.graph.world import open_market, span

VALUE = "value state reason windowStart windowEnd asOf coverage { expectedDays observedDays missingDays }"


async def value_of(store: Store, slug: str, key: str, window: str = "D30", fields: str = "value state reason") -> Any:
    query = "query ($slug: String!, $key: MetricKey!, $window: Window!) { protocol(by: {slug: $slug}) {"
    query += f" metric(key: $key, window: $window) {{ {fields} }} }} }}"
    data = await asked(store, query, slug=slug, key=key, window=window)
    return data["protocol"]["metric"]


async def test_a_window_known_on_every_day_is_ok(store: Store) -> None:
    await open_market(store)

    found = await value_of(store, "hyperliquid", "REVENUE", fields=VALUE)

    assert found == {
        "value": "3000.000000",
        "state": "OK",
        "reason": None,
        "windowStart": "2026-06-10",
        "windowEnd": "2026-07-09",
        "asOf": "2026-07-09",
        "coverage": {"expectedDays": 30, "observedDays": 30, "missingDays": 0},
    }


async def test_a_window_known_on_some_days_is_partial_and_says_how_many(store: Store) -> None:
    await open_market(store)

    found = await value_of(store, "hyperliquid", "HOLDERS_REVENUE")

    assert found == {"value": "1940.000000", "state": "PARTIAL", "reason": "20 of 30 days are known."}


async def test_what_nobody_says_is_not_reported_and_not_zero(store: Store) -> None:
    await open_market(store)

    found = await value_of(store, "quiet", "REVENUE")

    assert found == {"value": None, "state": "NOT_REPORTED", "reason": "No source reports revenue."}


async def test_a_measured_zero_is_a_zero(sqlite_store: Store) -> None:
    await published(sqlite_store, protocol_fact("idle"), daily("idle", Metric.FEES, span(30, 0)), recorded_at=NOON)

    found = await value_of(sqlite_store, "idle", "FEES")

    assert found == {"value": "0.000000", "state": "OK", "reason": None}


async def test_a_series_that_ended_before_the_window_is_stale(sqlite_store: Store) -> None:
    old = daily("old", Metric.FEES, span(30, 5, ago=100))
    new = daily("new", Metric.FEES, span(30, 5))
    await published(sqlite_store, protocol_fact("old"), protocol_fact("new"), old, new, recorded_at=NOON)

    found = await value_of(sqlite_store, "old", "FEES")

    assert found == {
        "value": None,
        "state": "STALE",
        "reason": f"The last known day is {days_ago(100)}, before this window.",
    }


async def test_a_token_metric_of_a_protocol_without_one_says_so(store: Store) -> None:
    await open_market(store)

    found = await value_of(store, "quiet", "PRICE")

    assert found == {"value": None, "state": "NO_TOKEN", "reason": "There is no token, so there is no price."}


async def test_an_old_price_is_shown_as_stale(sqlite_store: Store) -> None:
    prices = daily(token_ref("old"), Metric.PRICE, span(10, Decimal("1.5"), ago=8))
    others = daily(token_ref("new"), Metric.PRICE, span(10, 2))
    await published(sqlite_store, token_fact("old"), token_fact("new"), prices, others, recorded_at=NOON)

    data = await asked(sqlite_store, '{ token(by: {slug: "old"}) { price { value state reason asOf } } }')

    assert data["token"]["price"] == {
        "value": "1.5000000000",
        "state": "STALE",
        "reason": f"The last known day is {days_ago(8)}.",
        "asOf": str(days_ago(8)),
    }


async def test_earnings_are_unknown_while_incentives_are(store: Store) -> None:
    await open_market(store)

    found = await value_of(store, "hyperliquid", "EARNINGS")

    assert found == {"value": None, "state": "NOT_REPORTED", "reason": "No source reports incentives."}


async def test_earnings_are_revenue_less_incentives(sqlite_store: Store) -> None:
    earned, spent = daily("dex", Metric.REVENUE, span(30, 10)), daily("dex", Metric.INCENTIVES, span(30, 12))
    await published(sqlite_store, protocol_fact("dex"), earned, spent, recorded_at=NOON)

    found = await value_of(sqlite_store, "dex", "EARNINGS")

    assert found == {"value": "-60.000000", "state": "OK", "reason": None}


async def test_a_market_cap_that_nobody_states_is_price_times_circulating_supply(store: Store) -> None:
    await open_market(store)
    fields = "value state derived provenance { chosen { slug } inputs { key value } }"

    found = await value_of(store, "hyperliquid", "MARKET_CAP", fields=fields)

    assert Decimal(found["value"]) == Decimal("40.25") * 1000
    assert found["state"] == "OK"
    assert found["derived"]
    assert {each["key"]: each["value"] for each in found["provenance"]["inputs"]}["PRICE"] == "40.2500000000"


async def test_a_ratio_names_the_convention_it_was_reckoned_by(store: Store) -> None:
    await open_market(store)

    data = await asked(
        store,
        """{ protocol(by: {slug: "hyperliquid"}) {
          twelve: metric(key: PS, annualization: RUN_RATE_30D_X12, supplyBasis: TOTAL) {
            value annualization supplyBasis unit } } }""",
    )

    found = data["protocol"]["twelve"]
    assert Decimal(found["value"]) == Decimal("40.25") * 2000 / (3000 * 12)
    assert (found["annualization"], found["supplyBasis"], found["unit"]) == ("RUN_RATE_30D_X12", "TOTAL", "RATIO")


async def test_growth_compares_with_the_window_before(sqlite_store: Store) -> None:
    series = daily("dex", Metric.REVENUE, span(30, 15) | span(30, 10, ago=31))
    await published(sqlite_store, protocol_fact("dex"), series, recorded_at=NOON)

    found = await value_of(sqlite_store, "dex", "REVENUE", fields="growth previous { value state windowEnd }")

    assert found == {
        "growth": 0.5,
        "previous": {"value": "300.000000", "state": "OK", "windowEnd": str(days_ago(31))},
    }


async def test_growth_is_unknown_over_windows_with_gaps(sqlite_store: Store) -> None:
    series = daily("dex", Metric.REVENUE, span(30, 15) | span(20, 10, ago=31))
    await published(sqlite_store, protocol_fact("dex"), series, recorded_at=NOON)

    found = await value_of(sqlite_store, "dex", "REVENUE", fields="growth previous { state reason }")

    assert found == {"growth": None, "previous": {"state": "PARTIAL", "reason": "20 of 30 days are known."}}


async def test_provenance_names_the_chosen_source_and_its_rivals(store: Store) -> None:
    await open_market(store)
    fields = "source { slug } provenance { method spreadPct sources { slug } rivals { value differencePct } }"

    found = await value_of(store, "hyperliquid", "REVENUE", fields=fields)

    assert found == {
        "source": {"slug": "upstream"},
        "provenance": {
            "method": "THIRD_PARTY",
            "spreadPct": 4.0,
            "sources": [{"slug": "upstream"}, {"slug": "rival"}],
            "rivals": [{"value": "2880.000000", "differencePct": -4.0}],
        },
    }


async def test_the_methodology_holds_the_definition_and_the_words_of_the_source(store: Store) -> None:
    await open_market(store)

    found = await value_of(store, "hyperliquid", "REVENUE", fields="methodology { key formula text }")

    assert found["methodology"] == {
        "key": "REVENUE",
        "formula": "R = F - S, same window",
        "text": "Fees kept by the fund.",
    }


@pytest.mark.parametrize("window", ["D1", "D7", "D30", "D90", "D180", "D365", "MTD", "QTD", "YTD", "TTM", "ALL"])
async def test_every_null_has_a_state_and_a_sentence(sqlite_store: Store, window: str) -> None:
    await open_market(sqlite_store)
    keys = [metric.name for metric in Metric]
    query = "query ($keys: [MetricKey!]!, $window: Window!) { protocols(level: ANY) { nodes {"
    query += " metrics(keys: $keys, window: $window) { key value state reason } } } }"

    data = await asked(sqlite_store, query, keys=keys, window=window)

    values = [value for node in data["protocols"]["nodes"] for value in node["metrics"]]
    assert len(values) == 5 * len(keys)
    assert [each for each in values if each["value"] is None and (each["state"] == "OK" or not each["reason"])] == []


async def test_days_that_may_still_be_revised_are_counted(store: Store) -> None:
    await open_market(store)

    found = await value_of(store, "hyperliquid", "REVENUE", "D7", "computedAt epoch coverage { provisionalDays }")

    assert found == {"computedAt": "2026-07-10T12:00:00Z", "epoch": 1, "coverage": {"provisionalDays": 2}}


async def test_a_sum_of_the_ledger_over_months_is_told_and_is_nobody_s_day(store: Store) -> None:
    months = {"window_start": days_ago(200), "window_end": days_ago(1), "usd": Decimal(26_081_121)}
    told = f"The ledger knows 26,081,121 USD only as a sum over {days_ago(200)} to {days_ago(1)}."
    whole = entry_fact("whole", "whole", at=NOON - timedelta(days=1), **months)
    partly = entry_fact("partly", "partly", at=NOON - timedelta(days=1), **months)
    day = entry_fact("day", "partly", at=NOON - timedelta(days=1), usd=Decimal(5))
    await published(store, protocol_fact("whole"), protocol_fact("partly"), whole, partly, day, recorded_at=NOON)

    found = [await value_of(store, slug, "BUYBACK_EXECUTED", "D1") for slug in ("whole", "partly")]

    assert found == [
        {"value": None, "state": "NOT_REPORTED", "reason": told},
        {"value": "5.000000", "state": "PARTIAL", "reason": told},
    ]


async def test_a_ledger_without_entries_says_so(store: Store) -> None:
    await open_market(store)

    told = "The ledger has no burns; sums that sources claim, if any, are in `claims`."
    assert (await value_of(store, "quiet", "BURNED"))["reason"] == told


async def test_what_begins_after_the_day_that_is_asked_about_says_when(store: Store) -> None:
    await published(store, protocol_fact("new"), daily("new", Metric.FEES, span(30, 5)), recorded_at=NOON)
    query = 'query ($at: AsOf) { protocol(by: {slug: "new"}, at: $at) { metric(key: FEES) { value state reason } } }'

    found = (await asked(store, query, at={"day": str(days_ago(90))}))["protocol"]["metric"]

    reason = f"The first known day is {days_ago(30)}."
    assert found == {"value": None, "state": "INSUFFICIENT_HISTORY", "reason": reason}


async def test_a_sum_says_how_many_of_its_protocols_are_in_it(store: Store) -> None:
    await open_market(store)
    asks = "metric(key: {}, window: D1) {{ value state reason coverage {{ reporting members }} }}"
    query = f"query ($at: AsOf) {{ market(at: $at) {{ {asks.format('FEES')} }} }}"

    rolled, by_day = [
        (await asked(store, query, at=at))["market"]["metric"] for at in (None, {"day": str(days_ago(1))})
    ]

    assert rolled == by_day
    assert rolled == {
        "value": "120.500000",
        "state": "PARTIAL",
        "reason": "The sum of the 1 of 3 protocols that report it.",
        "coverage": {"reporting": 1, "members": 3},
    }
