"""Metrics made of others: by hand from a few numbers, and each state that says why one is missing."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from models.store import Store
from models.vocabulary import Disposition, EntityKind, LedgerKind, MechanismKind, Metric, SectorKey
from sync.facts import Ref
from tests.builders import (
    NOON,
    Fact,
    chain_fact,
    daily,
    days_ago,
    entry_fact,
    protocol_fact,
    published,
    token_fact,
    token_ref,
)
from tests.graph.asking import asked, refused
from tests.graph.world import span

SUPPLY = 1000


def dex(*more: Fact) -> list[Fact]:
    """A protocol that earns 10 dollars a day, with a thousand tokens at 2 dollars."""
    token = token_ref("dex")
    return [
        token_fact("dex"),
        protocol_fact("dex", token="dex", sectors=(SectorKey.SPOT_DEX,)),
        daily("dex", Metric.REVENUE, span(800, 10)),
        daily("dex", Metric.FEES, span(800, 40)),
        daily(token, Metric.PRICE, span(400, 2)),
        daily(token, Metric.CIRCULATING_SUPPLY, {days_ago(400): SUPPLY}),
        daily(token, Metric.TOTAL_SUPPLY, {days_ago(1): 2 * SUPPLY}),
        *more,
    ]


def entry(name: str, kind: LedgerKind, ago: int, tokens: int, **changed: Any) -> Fact:
    at, amount = NOON - timedelta(days=ago), Decimal(tokens)
    return entry_fact(name, "dex", kind, at=at, token=token_ref("dex"), tokens=amount, usd=2 * amount, **changed)


async def value_of(store: Store, key: str, window: str = "D30", slug: str = "dex", more: str = "") -> Any:
    query = f'{{ protocol(by: {{slug: "{slug}"}}) {{ metric(key: {key}, window: {window}{more}) '
    query += "{ value state reason asOf previous { value state } growth } } }"
    return (await asked(store, query))["protocol"]["metric"]


async def number(store: Store, key: str, window: str = "D30", **where: str) -> float:
    found = await value_of(store, key, window, **where)
    assert found["state"] == "OK", found
    return float(found["value"])


async def test_a_buyback_yields_what_was_bought_of_the_mean_capitalisation(store: Store) -> None:
    bought = [entry(f"buy-{n}", LedgerKind.PURCHASE, n, 1) for n in range(1, 31)]
    await published(store, *dex(*bought), recorded_at=NOON)

    # 60 dollars in 30 days, 730 a year, of 2,000 dollars.
    assert await number(store, "BUYBACK_YIELD") == pytest.approx(36.5)


async def test_a_net_buyback_takes_off_what_was_issued(store: Store) -> None:
    bought = entry("buy", LedgerKind.PURCHASE, 5, 90)
    emitted = daily(token_ref("dex"), Metric.EMISSIONS, span(60, 1))
    unlocked = daily(token_ref("dex"), Metric.UNLOCKS, span(60, 0))
    await published(store, *dex(bought, emitted, unlocked), recorded_at=NOON)

    # 60 tokens net in 30 days, 730 a year, of a float of 1,000 at the start.
    assert await number(store, "NET_BUYBACK_YIELD") == pytest.approx(73)
    assert await number(store, "NET_SUPPLY_CHANGE") == -60


async def test_bought_tokens_that_were_paid_out_again_are_not_removed(sqlite_store: Store) -> None:
    kept = entry("kept", LedgerKind.PURCHASE, 5, 10)
    paid = entry("paid", LedgerKind.PURCHASE, 5, 20, disposition=Disposition.DISTRIBUTED)
    twice = entry("twice", LedgerKind.BURN, 4, 10, mechanism=MechanismKind.BUYBACK_BURN)
    fees = entry("fees", LedgerKind.BURN, 4, 7, mechanism=MechanismKind.FEE_BURN)
    issued = [daily(token_ref("dex"), metric, span(30, 0)) for metric in (Metric.EMISSIONS, Metric.UNLOCKS)]
    await published(sqlite_store, *dex(kept, paid, twice, fees, *issued), recorded_at=NOON)

    assert await number(sqlite_store, "NET_SUPPLY_CHANGE") == -17


async def test_an_entry_that_reaches_out_of_the_window_makes_a_sum_partial(sqlite_store: Store) -> None:
    inside, across = (
        entry("in", LedgerKind.PURCHASE, 5, 10),
        entry("out", LedgerKind.PURCHASE, 2, 500, window_start=days_ago(200), window_end=days_ago(2)),
    )
    issued = [daily(token_ref("dex"), metric, span(30, 0)) for metric in (Metric.EMISSIONS, Metric.UNLOCKS)]
    await published(sqlite_store, *dex(inside, across, *issued), recorded_at=NOON)

    found = await value_of(sqlite_store, "NET_SUPPLY_CHANGE")

    assert (found["value"], found["state"]) == ("-10.000", "PARTIAL")


async def test_burned_tokens_are_a_share_of_all_ever_issued(store: Store) -> None:
    await published(store, *dex(entry("burn", LedgerKind.BURN, 100, 500)), recorded_at=NOON)

    assert await number(store, "BURN_SHARE", "ALL") == pytest.approx(20)


async def test_concentration_is_over_streams_and_says_how_much_they_explain(store: Store) -> None:
    swaps, loans = (
        daily("dex", Metric.REVENUE, span(60, 6), stream="swaps"),
        daily("dex", Metric.REVENUE, span(60, 4), stream="loans"),
    )
    await published(store, *dex(swaps, loans), recorded_at=NOON)

    found = await value_of(store, "HHI")

    assert (found["value"], found["reason"]) == ("5200", "By streams: 2 known, 100 % of the whole.")
    assert await number(store, "TOP1_SHARE") == 60


async def test_concentration_over_a_part_of_the_whole_is_partial(sqlite_store: Store) -> None:
    await published(
        sqlite_store,
        chain_fact("base"),
        *dex(daily("dex", Metric.REVENUE, span(60, 4), chain="base")),
        recorded_at=NOON,
    )

    found = await value_of(sqlite_store, "HHI")

    assert (found["state"], found["reason"]) == ("PARTIAL", "By chains: 1 known, 40 % of the whole.")


async def test_a_sector_is_concentrated_in_its_protocols(store: Store) -> None:
    other = protocol_fact("other", sectors=(SectorKey.SPOT_DEX,))
    await published(store, *dex(other, daily("other", Metric.REVENUE, span(60, 30))), recorded_at=NOON)

    data = await asked(store, "{ sector(key: SPOT_DEX) { metric(key: HHI) { value state } } }")

    assert data["sector"]["metric"] == {"value": "6250", "state": "OK"}


async def test_steady_revenue_has_no_volatility_and_no_drawdown(store: Store) -> None:
    await published(store, *dex(), recorded_at=NOON)

    assert await number(store, "REVENUE_VOLATILITY", "ALL") == 0
    assert await number(store, "MAX_DRAWDOWN", "D180") == 0


async def test_volatility_is_over_half_a_year_of_weeks_where_that_is_asked(sqlite_store: Store) -> None:
    settled = daily("settled", Metric.REVENUE, {**span(190, 5), **span(210, 50, ago=191)})
    await published(sqlite_store, protocol_fact("settled"), settled, recorded_at=NOON)

    assert await number(sqlite_store, "REVENUE_VOLATILITY", "D180", slug="settled") == 0
    assert await number(sqlite_store, "REVENUE_VOLATILITY", "TTM", slug="settled") > 0


@pytest.mark.parametrize(
    ("window", "first", "weeks", "read"),
    [("D180", "2026-01-05", 26, "D180"), ("TTM", "2025-07-07", 52, "TTM"), ("ALL", "2025-07-07", 52, "TTM")],
)
async def test_volatility_names_the_whole_weeks_that_it_is_over(
    sqlite_store: Store, window: str, first: str, weeks: int, read: str
) -> None:
    await published(sqlite_store, *dex(), recorded_at=NOON)
    fields = "windowStart windowEnd asOf coverage { expectedDays observedDays } provenance { inputs { key window } }"
    query = (
        f'{{ protocol(by: {{slug: "dex"}}) {{ metric(key: REVENUE_VOLATILITY, window: {window}) {{ {fields} }} }} }}'
    )

    found = (await asked(sqlite_store, query))["protocol"]["metric"]

    # Windows end on Thursday, 9 July.
    assert found == {
        "windowStart": first,
        "windowEnd": "2026-07-05",
        "asOf": "2026-07-05",
        "coverage": {"expectedDays": 7 * weeks, "observedDays": 7 * weeks},
        "provenance": {"inputs": [{"key": "REVENUE", "window": read}]},
    }


async def test_what_is_made_of_old_figures_says_how_old_they_are(sqlite_store: Store) -> None:
    old = [
        daily(token_ref("old"), Metric.TOTAL_SUPPLY, {days_ago(90): 80}),
        entry_fact("b", "old", LedgerKind.BURN, at=NOON - timedelta(9), token=token_ref("old"), tokens=Decimal(20)),
    ]
    fresh = daily(token_ref("new"), Metric.PRICE, span(3, 1))
    tokens = (token_fact("old"), token_fact("new"), protocol_fact("old", token="old"))
    await published(sqlite_store, *tokens, *old, fresh, recorded_at=NOON)

    found = await value_of(sqlite_store, "BURN_SHARE", "ALL", slug="old")

    assert (Decimal(found["value"]), found["state"], found["asOf"]) == (20, "STALE", str(days_ago(90)))


async def test_a_drawdown_is_from_the_highest_thirty_days(sqlite_store: Store) -> None:
    falling = daily("dip", Metric.REVENUE, {**span(60, 5), **span(60, 20, ago=61)})
    await published(sqlite_store, protocol_fact("dip"), falling, recorded_at=NOON)

    assert await number(sqlite_store, "MAX_DRAWDOWN", "ALL", slug="dip") == 75


async def test_growth_a_year_leads_from_the_first_year_to_the_last(sqlite_store: Store) -> None:
    rising = daily("up", Metric.REVENUE, {**span(365, 20), **span(365, 10, ago=366)})
    await published(sqlite_store, protocol_fact("up"), rising, recorded_at=NOON)

    assert await number(sqlite_store, "CAGR", "ALL", slug="up") == pytest.approx(100)


async def test_what_a_market_loses_is_compared_with_what_revenue_loses(sqlite_store: Store) -> None:
    """Prices halve and double by turns; revenue loses a quarter where they halve."""
    earned: dict[date, Decimal | int] = {}
    priced: dict[date, Decimal | int] = {}
    day = date(2025, 9, 1)
    while day <= days_ago(1):
        odd = day.month % 2
        earned[day] = (Decimal(400) if odd else Decimal(300)) / _length(day)
        priced[day] = 100 if odd else 50
        day += timedelta(days=1)
    bitcoin = token_fact("bitcoin", refs=(Ref(EntityKind.TOKEN, "coingecko", "bitcoin"),))
    facts: list[Fact] = [protocol_fact("beta"), daily("beta", Metric.REVENUE, earned), bitcoin]
    await published(sqlite_store, *facts, daily(token_ref("bitcoin"), Metric.PRICE, priced), recorded_at=NOON)

    assert await number(sqlite_store, "DOWNSIDE_CAPTURE", "ALL", slug="beta") == pytest.approx(0.5, abs=1e-6)


def _length(day: date) -> int:
    return ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day


async def test_a_metric_of_one_window_has_the_window_before(store: Store) -> None:
    spent = daily("dex", Metric.INCENTIVES, {**span(30, 4), **span(30, 5, ago=31)})
    await published(store, *dex(spent), recorded_at=NOON)

    found = await value_of(store, "EARNINGS")

    assert (found["value"], found["previous"]) == ("180.000000", {"value": "150.000000", "state": "OK"})
    assert found["growth"] == pytest.approx(0.2)


async def test_sums_over_different_days_are_not_set_against_each_other(sqlite_store: Store) -> None:
    await published(sqlite_store, *dex(daily("dex", Metric.HOLDERS_REVENUE, span(20, 9))), recorded_at=NOON)

    found = await value_of(sqlite_store, "PAYOUT_RATIO")

    assert (found["value"], found["state"]) == (None, "INSUFFICIENT_HISTORY")


async def test_conventions_are_the_callers_and_told_back(store: Store) -> None:
    await published(store, *dex(), recorded_at=NOON)
    fields = "{ value annualization supplyBasis }"
    query = f"""{{ protocol(by: {{slug: "dex"}}) {{ ttm: metric(key: PS, annualization: TTM) {fields}
        month: metric(key: ARR, annualization: RUN_RATE_30D_X12) {fields}
        diluted: metric(key: PS, annualization: TTM, supplyBasis: FULLY_DILUTED) {fields} }} }}"""

    found = (await asked(store, query))["protocol"]

    assert float(found["ttm"]["value"]) == pytest.approx(2000 / 3650)
    assert float(found["diluted"]["value"]) == pytest.approx(4000 / 3650)
    assert float(found["month"]["value"]) == 3600
    assert found["month"]["annualization"] == "RUN_RATE_30D_X12"
    assert found["diluted"]["supplyBasis"] == "FULLY_DILUTED"


async def test_outstanding_tokens_make_a_smaller_capitalisation(sqlite_store: Store) -> None:
    held = entry("held", LedgerKind.PURCHASE, 50, 500, disposition=Disposition.HELD)
    seen_as = entry("seen", LedgerKind.BURN_RECOGNITION, 40, 300)
    await published(sqlite_store, *dex(held, seen_as), recorded_at=NOON)

    more = ", annualization: TTM, supplyBasis: OUTSTANDING"

    assert await number(sqlite_store, "PS", more=more) == pytest.approx(2400 / 3650)


@pytest.mark.parametrize(
    ("key", "window", "state"),
    [
        ("HHI", "D30", "NOT_REPORTED"),
        ("BURN_SHARE", "ALL", "NOT_REPORTED"),
        ("NET_BUYBACK_YIELD", "D30", "NOT_REPORTED"),
        ("REVENUE_MULTIPLE", "D30", "NOT_REPORTED"),
        ("DOWNSIDE_CAPTURE", "ALL", "NOT_REPORTED"),
        ("MAX_DRAWDOWN", "D30", "INSUFFICIENT_HISTORY"),
        ("BUYBACK_YIELD", "ALL", "NOT_REPORTED"),
        ("MNAV", "D30", "NOT_APPLICABLE"),
    ],
)
async def test_what_a_formula_lacks_is_told_by_its_state(
    sqlite_store: Store, key: str, window: str, state: str
) -> None:
    await published(sqlite_store, *dex(), recorded_at=NOON)

    found = await value_of(sqlite_store, key, window)

    assert (found["value"], found["state"]) == (None, state)
    assert found["reason"]


@pytest.mark.parametrize("key", ["PS", "BURN_SHARE", "NET_SUPPLY_CHANGE", "HOLDER_YIELD"])
async def test_without_a_token_there_is_nothing_to_capitalise(sqlite_store: Store, key: str) -> None:
    emptied = [daily("bare", metric, span(400, 1)) for metric in (Metric.REVENUE, Metric.HOLDERS_REVENUE)]
    await published(sqlite_store, protocol_fact("bare"), *emptied, recorded_at=NOON)

    assert (await value_of(sqlite_store, key, slug="bare"))["state"] == "NO_TOKEN"


@pytest.mark.parametrize(
    ("revenue", "key", "state"),
    [(0, "PS", "ZERO_DENOMINATOR"), (-1, "PS", "NEGATIVE_DENOMINATOR"), (0, "REVENUE_VOLATILITY", "ZERO_DENOMINATOR")],
)
async def test_a_denominator_that_is_not_positive_is_told(
    sqlite_store: Store, revenue: int, key: str, state: str
) -> None:
    token = [
        daily(token_ref("odd"), Metric.PRICE, span(30, 2)),
        daily(token_ref("odd"), Metric.MARKET_CAP, span(30, 9)),
    ]
    odd: list[Fact] = [
        token_fact("odd"),
        protocol_fact("odd", token="odd"),
        daily("odd", Metric.REVENUE, span(400, revenue)),
    ]
    await published(sqlite_store, *odd, *token, recorded_at=NOON)

    assert (await value_of(sqlite_store, key, "ALL", slug="odd"))["state"] == state


async def test_a_short_history_is_scaled_as_an_estimate(sqlite_store: Store) -> None:
    await published(sqlite_store, protocol_fact("new"), daily("new", Metric.REVENUE, span(73, 10)), recorded_at=NOON)

    found = await value_of(sqlite_store, "ARR", slug="new")

    assert (float(found["value"]), found["state"]) == (3650, "ESTIMATED")
    assert (await value_of(sqlite_store, "CAGR", "ALL", slug="new"))["state"] == "INSUFFICIENT_HISTORY"


async def test_several_protocols_together_have_no_multiple_but_a_weighted_mean(store: Store) -> None:
    paid = daily("dex", Metric.HOLDERS_REVENUE, span(60, 5))
    other: list[Fact] = [
        protocol_fact("other", sectors=(SectorKey.SPOT_DEX,)),
        daily("other", Metric.REVENUE, span(60, 30)),
    ]
    others = daily("other", Metric.HOLDERS_REVENUE, span(60, 30))
    await published(store, *dex(paid, *other, others), recorded_at=NOON)
    query = """{ sector(key: SPOT_DEX) { metric(key: PS) { state } protocols { aggregate(key: PAYOUT_RATIO)
        { median weightedMean unit sum } } } }"""

    found = (await asked(store, query))["sector"]

    assert found["metric"]["state"] == "NOT_APPLICABLE"
    assert {name: found["protocols"]["aggregate"][name] for name in ("median", "weightedMean", "unit", "sum")} == {
        "median": "0.75",
        "weightedMean": "0.875",
        "unit": "RATIO",
        "sum": None,
    }


async def test_a_list_is_ordered_by_what_is_made_of_days(store: Store) -> None:
    wild = daily("wild", Metric.REVENUE, {day: 1 + day.toordinal() % 30 for day in span(400, 0)})
    await published(store, *dex(protocol_fact("wild"), wild), recorded_at=NOON)

    data = await asked(store, "{ protocols(orderBy: [{key: REVENUE_VOLATILITY, window: TTM}]) { nodes { slug } } }")

    assert [node["slug"] for node in data["protocols"]["nodes"]] == ["wild", "dex"]


async def series(store: Store, keys: str, more: str = "") -> Any:
    query = f"""{{ protocol(by: {{slug: "dex"}}) {{ series(keys: [{keys}], from: "2026-04-01", to: "2026-07-09",
        interval: MONTH{more}) {{ key unit points {{ start value state complete observedDays revision }} }} }} }}"""
    return (await asked(store, query))["protocol"]["series"]


async def test_a_derived_metric_has_a_series(store: Store) -> None:
    await published(store, *dex(daily("dex", Metric.HOLDERS_REVENUE, span(800, 5))), recorded_at=NOON)

    payout, ps, cap = await series(store, "PAYOUT_RATIO, PS, MARKET_CAP", ", annualization: TTM")

    assert payout["points"][-1] == {
        "start": "2026-06-01",
        "value": "0.5",
        "state": "OK",
        "complete": True,
        "observedDays": 30,
        "revision": 0,
    }
    assert [point["start"] for point in ps["points"]] == ["2026-04-01", "2026-05-01", "2026-06-01"]
    assert float(ps["points"][0]["value"]) == pytest.approx(2000 / 3650)
    assert [float(point["value"]) for point in cap["points"]] == [2000, 2000, 2000]


async def test_net_supply_changes_month_by_month(sqlite_store: Store) -> None:
    issued = [daily(token_ref("dex"), metric, span(400, 1)) for metric in (Metric.EMISSIONS, Metric.UNLOCKS)]
    bought = entry("buy", LedgerKind.PURCHASE, 20, 100)
    await published(sqlite_store, *dex(bought, *issued), recorded_at=NOON)

    [found] = await series(sqlite_store, "NET_SUPPLY_CHANGE")

    assert [(point["value"], point["state"]) for point in found["points"]] == [
        (None, "NOT_REPORTED"),
        (None, "NOT_REPORTED"),
        ("-40.000", "OK"),
    ]


async def test_a_derived_series_is_not_split(sqlite_store: Store) -> None:
    await published(sqlite_store, *dex(), recorded_at=NOON)
    query = """{ protocol(by: {slug: "dex"}) { series(keys: [PS], from: "2026-06-01", to: "2026-06-30",
        breakdownBy: STREAM) { key } } }"""

    code, message = await refused(sqlite_store, query)

    assert (code, message) == ("BAD_USER_INPUT", "PS is made of other metrics, which can be split; it can't be")


async def test_columns_are_the_points_as_lists(sqlite_store: Store) -> None:
    await published(sqlite_store, *dex(), recorded_at=NOON)
    query = """{ protocol(by: {slug: "dex"}) { series(keys: [REVENUE, PS], from: "2026-07-08", to: "2026-07-09")
        { points { start value } columns } } }"""

    for found in (await asked(sqlite_store, query))["protocol"]["series"]:
        columns = orjson.loads(orjson.dumps(found["columns"]))
        pairs = zip(columns["days"], columns["values"], strict=True)
        assert [{"start": day, "value": value} for day, value in pairs] == found["points"]
        assert len(found["points"]) == 2


@pytest.mark.parametrize(
    ("convention", "capital", "inputs"),
    [
        ("annualization: RUN_RATE_7D_365_7", [], ["REVENUE D7", "PRICE D30", "CIRCULATING_SUPPLY ALL"]),
        ("supplyBasis: FULLY_DILUTED", [], ["REVENUE TTM", "PRICE D30", "TOTAL_SUPPLY ALL"]),
        ("supplyBasis: CIRCULATING", [1], ["REVENUE TTM", "MARKET_CAP D30"]),
    ],
)
async def test_inputs_are_what_entered_the_formula(
    sqlite_store: Store, convention: str, capital: list[int], inputs: list[str]
) -> None:
    stated = [daily(token_ref("dex"), Metric.MARKET_CAP, {days_ago(ago): 5000}) for ago in capital]
    await published(sqlite_store, *dex(*stated), recorded_at=NOON)
    ratio = f"metric(key: PS, {convention}) {{ provenance {{ inputs {{ key window }} }} }}"

    found = await asked(sqlite_store, f'{{ protocol(by: {{slug: "dex"}}) {{ {ratio} }} }}')

    given = found["protocol"]["metric"]["provenance"]["inputs"]
    assert [f"{each['key']} {each['window']}" for each in given] == inputs
