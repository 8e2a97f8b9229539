"""Flows of funds: fund by fund, in all, ranked, corrected, and never zero for what is not reported."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from models.store import Store
from models.vocabulary import Metric
from sync.facts import FundFact, OrganisationFact
from tests.builders import (
    NOON,
    Fact,
    claim_fact,
    daily,
    days_ago,
    fund_ref,
    organisation_ref,
    published,
    source_fact,
    token_fact,
    token_ref,
)
from tests.conftest import Recording
from tests.graph.asking import asked, refused

BTC = token_ref("btc")
MILLION = 1_000_000
FLOWS = Metric.FUND_NET_FLOW


def fund(slug: str) -> FundFact:
    return FundFact((fund_ref(slug),), slug, slug.upper(), slug.title(), BTC, organisation_ref("issuer"))


def flows(slug: str, values: dict[int, Decimal | int], **options: Any) -> Fact:
    """Millions of dollars by days before TODAY."""
    return daily(fund_ref(slug), FLOWS, {days_ago(ago): value * MILLION for ago, value in values.items()}, **options)


def totals(values: dict[int, Decimal | int], **options: Any) -> Fact:
    return daily(BTC, FLOWS, {days_ago(ago): value * MILLION for ago, value in values.items()}, **options)


def world() -> list[Fact]:
    return [
        source_fact(),
        source_fact("press", precedence=50),
        source_fact("seed", precedence=90),
        OrganisationFact((organisation_ref("issuer"),), "issuer", "Issuer", "FUND_ISSUER"),
        token_fact("btc"),
        fund("ibit"),
        fund("fbtc"),
        flows("ibit", {5: 300, 4: -50, 3: 200}),
        flows("fbtc", {5: 100, 4: 0, 2: 70}),
        totals({5: 400, 4: -50, 3: 200}),
        totals({5: 410, 30: 742}, source="press"),
        claim_fact(
            "seed", BTC, topic=f"fund-flow:btc:{days_ago(30)}", value="757000000", unit="USD, about", source="seed"
        ),
    ]


QUERY = """query ($from: Date!, $to: Date!, $interval: Interval! = DAY, $at: AsOf) {
    fundFlows(underlying: "btc", from: $from, to: $to, interval: $interval, at: $at) {
        on end netUsd state reason reportedUsd statedUsd
        byFund { netUsd state revision shareOfDay { value state } fund { ticker issuer { name } } source { slug } }
        rivals { value source { slug } differencePct } claims { value } } }"""


async def days_of(store: Store, first: int, last: int, **variables: Any) -> list[Any]:
    span = {"from": str(days_ago(first)), "to": str(days_ago(last))}
    found: list[Any] = (await asked(store, QUERY, **span, **variables))["fundFlows"]
    return found


async def test_a_day_adds_up_over_its_funds(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    [day] = await days_of(store, 5, 5)

    assert (Decimal(day["netUsd"]), day["state"], day["reason"]) == (400 * MILLION, "OK", None)
    assert [(each["fund"]["ticker"], Decimal(each["netUsd"])) for each in day["byFund"]] == [
        ("FBTC", 100 * MILLION),
        ("IBIT", 300 * MILLION),
    ]
    assert [Decimal(each["shareOfDay"]["value"]) for each in day["byFund"]] == [Decimal("0.25"), Decimal("0.75")]
    assert day["byFund"][0]["fund"]["issuer"] == {"name": "Issuer"}
    assert [(each["source"]["slug"], Decimal(each["value"]), each["differencePct"]) for each in day["rivals"]] == [
        ("press", 410 * MILLION, 2.5)
    ]


async def test_a_reported_zero_is_a_zero_and_a_missing_fund_is_not(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    _, zero, missing, _ = await days_of(store, 5, 2)

    assert [(each["netUsd"] and Decimal(each["netUsd"]), each["state"]) for each in zero["byFund"]] == [
        (0, "OK"),
        (-50 * MILLION, "OK"),
    ]
    assert (zero["state"], missing["state"]) == ("OK", "PARTIAL")
    assert missing["reason"] == "Not reported yet: FBTC."
    assert (missing["byFund"][0]["netUsd"], missing["byFund"][0]["state"]) == (None, "NOT_REPORTED")
    assert missing["byFund"][0]["shareOfDay"] == {"value": None, "state": "NOT_REPORTED"}
    assert missing["byFund"][0]["source"] is None


async def test_a_share_of_nothing_is_no_number(store: Store) -> None:
    await published(store, *world(), flows("ibit", {1: 10}), flows("fbtc", {1: -10}), recorded_at=NOON)

    [day] = await days_of(store, 1, 1)

    assert (Decimal(day["netUsd"]), day["state"]) == (0, "OK")
    assert {each["shareOfDay"]["state"] for each in day["byFund"]} == {"ZERO_DENOMINATOR"}


async def test_days_without_any_record_are_left_out(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    assert [day["on"] for day in await days_of(store, 29, 4)] == [str(days_ago(5)), str(days_ago(4))]


async def test_a_total_without_its_funds_says_so_and_has_its_rivals(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    [day] = await days_of(store, 30, 30)

    assert (Decimal(day["netUsd"]), day["reportedUsd"], day["byFund"]) == (742 * MILLION, None, [])
    assert (day["state"], day["reason"][:21]) == ("PARTIAL", "No fund's own figure ")
    [rival] = day["rivals"]
    assert (rival["source"]["slug"], Decimal(rival["value"])) == ("seed", 757 * MILLION)
    assert round(rival["differencePct"], 2) == 2.02
    assert day["claims"] == [{"value": "757000000"}]


async def test_funds_that_do_not_add_up_to_the_total_are_partial(store: Store) -> None:
    await published(store, *world(), flows("ibit", {1: 10}), flows("fbtc", {1: 20}), totals({1: 100}), recorded_at=NOON)

    [day] = await days_of(store, 1, 1)

    assert (Decimal(day["netUsd"]), day["state"]) == (100 * MILLION, "PARTIAL")
    assert Decimal(day["reportedUsd"]) == 30 * MILLION


async def test_a_fund_that_fell_silent_long_ago_is_not_waited_for(store: Store) -> None:
    await published(store, *world(), fund("gone"), flows("gone", {90: 1}), recorded_at=NOON)

    [day] = await days_of(store, 5, 5)

    assert [each["fund"]["ticker"] for each in day["byFund"]] == ["FBTC", "IBIT"]


async def test_a_correction_is_read_as_it_was_before_and_after(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)
    later = [flows("fbtc", {3: 40}), flows("ibit", {3: 210}), totals({3: 250})]
    await published(store, *later, recorded_at=NOON + timedelta(hours=1))

    [before] = await days_of(store, 3, 3, at={"epoch": 1})
    [after] = await days_of(store, 3, 3)

    assert (Decimal(before["netUsd"]), before["state"]) == (200 * MILLION, "PARTIAL")
    assert (Decimal(after["netUsd"]), after["state"]) == (250 * MILLION, "OK")
    assert [(each["fund"]["ticker"], each["revision"]) for each in after["byFund"]] == [("FBTC", 0), ("IBIT", 1)]


async def test_a_day_has_its_rank_among_days_that_are_on_record_but_for_a_holiday(store: Store) -> None:
    # Of the days from 31 May to 9 July 2026, all but 19 June; a day of the world has a total of its own.
    more = {ago: 1000 + ago for ago in range(1, 41) if ago != 21}
    await published(store, *world(), flows("ibit", more), flows("fbtc", dict.fromkeys(more, 0)), recorded_at=NOON)

    query = """query ($on: Date!, $long: Date!, $short: Date!, $gap: Date!) {
        fundFlows(underlying: "btc", from: $on, to: $on) { long: rankSince(since: $long) short: rankSince(since: $short)
          gap: rankSince(since: $gap) before: rankSince(since: "2026-01-01") none: rankSince(since: "2030-01-01") } }"""
    days = {"on": str(days_ago(10)), "long": str(days_ago(40)), "short": str(days_ago(20)), "gap": str(days_ago(24))}
    [found] = (await asked(store, query, **days))["fundFlows"]

    assert found == {"long": 29, "short": 11, "gap": None, "before": None, "none": None}


async def test_a_longer_bucket_sums_and_says_how_many_days_are_not_complete(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    found = await days_of(store, 5, 2, interval="YEAR")

    [year] = found
    assert (year["on"], year["end"]) == ("2026-01-01", "2026-12-31")
    # 400 - 50 + 200, the 70 of FBTC alone, and the 742 of the press.
    assert Decimal(year["netUsd"]) == 1362 * MILLION
    assert (year["state"], year["reason"]) == ("PARTIAL", "3 of 5 trading days are not complete.")


async def test_an_unknown_token_has_no_flows_and_a_wrong_span_is_refused(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    query = 'query ($to: Date!) { fundFlows(underlying: "none", from: "2026-01-01", to: $to) { on } }'
    assert await asked(store, query, to="2026-02-01") == {"fundFlows": []}
    code, _ = await refused(store, query, to="2025-01-01")
    assert code == "BAD_USER_INPUT"


async def test_more_days_and_funds_take_no_more_statements(store: Store, statements: Recording) -> None:
    more = [fund(f"fund-{n}") for n in range(10)]
    numbers = [flows(f"fund-{n}", dict.fromkeys(range(1, 200), n)) for n in range(10)]
    await published(store, *world(), *more, *numbers, recorded_at=NOON)
    await days_of(store, 5, 5)

    counts = []
    for first in (5, 200):
        with statements(store.readers) as seen:
            await days_of(store, first, 1)
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 15


async def test_what_an_issuer_issues_is_listed(store: Store) -> None:
    await published(store, *world(), recorded_at=NOON)

    query = '{ organisation(by: {slug: "issuer"}) { funds { ticker } } }'

    assert (await asked(store, query))["organisation"]["funds"] == [{"ticker": "FBTC"}, {"ticker": "IBIT"}]
