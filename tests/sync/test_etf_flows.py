"""Flows of funds: trading days alone, both shapes, either key."""

import json
from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from models.vocabulary import Metric
from sync.errors import Unintelligible, Unreachable
from sync.sources import etf_flows
from sync.sources.etf_flows import parse_chart, parse_flows, parse_snapshot
from sync.upstream import Upstreams
from tests.standin.elsewhere import Elsewhere, llama, sosovalue
from tests.standin.server import Answer, Fault, Standin, serving
from tests.sync.asking import AT_ONCE, USUAL, amounts, asked, at

NOW = datetime(2026, 8, 10, 9, 30, tzinfo=UTC)  # a Monday
TODAY = NOW.date()


@pytest.fixture
def world() -> Elsewhere:
    return Elsewhere(TODAY)


@pytest.fixture
def serve() -> Generator[Callable[[Answer], Standin], None, None]:
    with serving(lambda path, question: "") as standin:

        def serve(answer: Answer) -> Standin:
            standin.answer = answer
            return standin

        yield serve


def with_sosovalue(standin: Standin) -> Upstreams:
    return Upstreams(sosovalue=at(standin, USUAL.sosovalue), patience=AT_ONCE).with_sosovalue_key("s3cret")


def with_llama(standin: Standin) -> Upstreams:
    return Upstreams(patience=AT_ONCE, defillama_pro=at(standin, USUAL.defillama_pro, key="s3cret"))


@pytest.mark.parametrize("nested", [True, False])
async def test_flows_are_of_trading_days_and_of_the_current_day_there_are_none(
    serve: Callable[[Answer], Standin], world: Elsewhere, nested: bool
) -> None:
    world.nested = nested
    standin = serve(partial(sosovalue, world))

    reading = await asked(etf_flows.SOURCE, with_sosovalue(standin), NOW)

    days = [day for day in world.days[:-1] if day.weekday() < 5]
    flows = amounts(reading.facts, "bitcoin", Metric.FUND_NET_FLOW)
    assert reading.troubles == []
    assert flows == {day: world.flow("us-btc-spot", day) for day in days}
    assert min(flows.values()) < 0 < max(flows.values())
    assert set(amounts(reading.facts, "ethereum", Metric.FUND_AUM).values()) == {Decimal("100000000000.25")}
    assert {headers["x-soso-api-key"] for headers in standin.headers} == {"s3cret"}


async def test_with_a_key_of_defillama_there_are_flows_by_asset_and_fund(
    serve: Callable[[Answer], Standin], world: Elsewhere
) -> None:
    standin = serve(partial(llama, world))

    reading = await asked(etf_flows.SOURCE, with_llama(standin), NOW)

    yesterday = TODAY - timedelta(days=1)
    (fund,) = reading.facts.funds
    assert (fund.slug, fund.ticker, fund.name, fund.underlying.value, fund.fee_percent) == (
        "ibit",
        "IBIT",
        "iShares Bitcoin Trust",
        "bitcoin",
        Decimal("0.25"),
    )
    assert amounts(reading.facts, "IBIT", Metric.FUND_NET_FLOW) == {yesterday: world.flow("IBIT", yesterday)}
    assert amounts(reading.facts, "IBIT", Metric.FUND_AUM) == {yesterday: 87_276_718_199}
    assert amounts(reading.facts, "bitcoin", Metric.FUND_NET_FLOW) == {
        day: world.flow("bitcoin", day) for day in world.days[:-1]
    }


@pytest.mark.parametrize(("name", "odd"), [("pct_fee", "x"), ("pct_fee", "NaN"), ("timestamp", 10**18)])
async def test_a_fund_with_an_odd_value_is_refused_and_the_others_are_taken(
    serve: Callable[[Answer], Standin], world: Elsewhere, name: str, odd: object
) -> None:
    (sound,) = json.loads(llama(world, "/etfs/snapshot", {}))
    told = json.dumps([sound, {**sound, "ticker": "ODD", name: odd}])
    standin = serve(lambda path, query: told if path.endswith("snapshot") else llama(world, path, query))

    reading = await asked(etf_flows.SOURCE, with_llama(standin), NOW)

    assert (reading.troubles, [fund.ticker for fund in reading.facts.funds]) == ([], ["IBIT"])
    (refused,) = reading.facts.rejected
    assert refused.reason.startswith(f"{name}: Value error, no")


async def test_one_that_fails_leaves_the_other(serve: Callable[[Answer], Standin], world: Elsewhere) -> None:
    standin = serve(lambda path, question: (sosovalue if path.startswith("/openapi") else llama)(world, path, question))
    standin.fail(Fault.UNAVAILABLE, times=100, where="/openapi")
    both = replace(with_llama(standin), sosovalue=with_sosovalue(standin).sosovalue)

    reading = await asked(etf_flows.SOURCE, both, NOW)

    assert len(reading.troubles) == 2
    assert amounts(reading.facts, "bitcoin", Metric.FUND_NET_FLOW)


async def test_a_refusal_that_comes_with_200_is_one(serve: Callable[[Answer], Standin]) -> None:
    standin = serve(lambda path, question: '{"code": 40101, "msg": "invalid key", "data": null}')

    with pytest.raises(Unintelligible, match="says code 40101: invalid key"):
        await asked(etf_flows.SOURCE, with_sosovalue(standin), NOW)


async def test_nothing_is_stated_when_nobody_answers(serve: Callable[[Answer], Standin]) -> None:
    standin = serve(lambda path, question: "{}")
    hosts = with_sosovalue(standin)
    gone = replace(hosts, sosovalue=replace(hosts.sosovalue, url="http://127.0.0.1:9"))

    with pytest.raises(Unreachable):
        await asked(etf_flows.SOURCE, gone, NOW)


async def test_flows_larger_than_the_funds_are_refused(serve: Callable[[Answer], Standin]) -> None:
    day = '{"date": "2026-08-07", "totalNetInflow": 900, "totalNetAssets": 800.5}'
    standin = serve(lambda path, question: f'{{"code": 0, "data": [{day}]}}')

    reading = await asked(etf_flows.SOURCE, with_sosovalue(standin), NOW)

    assert {refusal.reason for refusal in reading.facts.rejected} == {"flows larger than the funds"}
    assert reading.facts.series == []


async def test_a_flow_larger_than_its_fund_is_refused(serve: Callable[[Answer], Standin]) -> None:
    day = (NOW - timedelta(days=1)).timestamp()
    fund = f'{{"ticker": "IBIT", "timestamp": {day:.0f}, "asset": "bitcoin", "flows": -150000000000, "aum": 800.5}}'
    standin = serve(lambda path, question: f"[{fund}]" if path.endswith("/etfs/snapshot") else "[]")

    reading = await asked(etf_flows.SOURCE, with_llama(standin), NOW)

    (refusal,) = reading.facts.rejected
    assert (refusal.reason, refusal.fact["where"]) == ("flows larger than the funds", "/etfs/snapshot")
    assert (reading.facts.series, [fund.slug for fund in reading.facts.funds]) == ([], ["ibit"])


def test_a_number_may_be_a_text_and_a_day_without_one_says_nothing() -> None:
    rows, refused = parse_chart(
        {
            "code": "0",
            "data": [{"date": "2026-08-07", "totalNetInflow": "-5.25"}, {"date": "2026-08-06"}, {"date": "?"}],
        }
    )

    assert [(row.date, row.total_net_inflow) for row in rows] == [
        (date(2026, 8, 7), "-5.25"),
        (date(2026, 8, 6), None),
    ]
    assert len(refused) == 1


@pytest.mark.parametrize("body", [[], {"code": 0}, {"code": 0, "data": {}}, {"code": 0, "data": [{"day": 1}]}])
def test_what_is_no_chart_is_not_understood(body: Any) -> None:
    with pytest.raises(Unintelligible):
        parse_chart(body)


@pytest.mark.parametrize("parse", [parse_flows, parse_snapshot])
def test_what_is_no_list_is_not_understood(parse: Callable[[Any], Any]) -> None:
    with pytest.raises(Unintelligible):
        parse({"data": []})
