"""The Assistance Fund: each of its trades once, whole days alone, and a gap where nothing can be read any more."""

import json
import re
from collections.abc import Callable, Generator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from models.epoch import rejected_fact
from models.ledger import ledger
from models.store import Store
from models.vocabulary import Metric
from sync.errors import Unintelligible
from sync.pipeline import sync
from sync.report import Report
from sync.sources import hyperliquid
from sync.sources.hyperliquid import BEGINNING, parse_spot
from sync.sources.hyperliquid_fills import Fills, Whole, bought, parse_fills
from sync.upstream import Upstreams
from tests.builders import published, token_fact
from tests.standin.hyperliquid import HYPE_ID, Fund, answer
from tests.standin.server import Fault, Standin, serving
from tests.sync.asking import AT_ONCE, USUAL, amounts, asked, at
from tests.sync.reading import rows_of

NOW = datetime(2026, 8, 10, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
Serve = Callable[[Fund], Standin]


@pytest.fixture
def serve() -> Generator[Serve, None, None]:
    """Serves a fund until the end of the test."""
    with serving(lambda path, question: "") as standin:

        def serve(fund: Fund) -> Standin:
            standin.answer = partial(answer, fund)
            return standin

        yield serve


def upstreams(standin: Standin) -> Upstreams:
    return Upstreams(hyperliquid=at(standin, USUAL.hyperliquid), patience=AT_ONCE)


async def synced(store: Store, standin: Standin, fund: Fund) -> Report:
    return await sync(store, upstreams(standin), [hyperliquid.SOURCE], clock=lambda: fund.now, accept=True)


async def with_hype(store: Store) -> None:
    await published(store, token_fact("hype", refs=(hyperliquid.HYPE,)))


async def entries(store: Store) -> dict[str, tuple[int, Decimal, Decimal | None]]:
    """What the ledger holds: trades, tokens and dollars by ref."""
    rows: list[dict[str, Any]] = await rows_of(store, ledger)
    return {row["ref"]: (row["trades"], row["tokens"], row["usd"]) for row in rows}


def truth(fund: Fund, days: list[date]) -> dict[str, tuple[int, Decimal, Decimal | None]]:
    """The same as the fund has it."""
    said: dict[str, tuple[int, Decimal, Decimal | None]] = {}
    for day in days:
        count, tokens, usd = fund.bought(day)
        said[f"hyperliquid:af:{day}"] = count, tokens, usd.quantize(Decimal("0.000001"))
        count, tokens, _ = fund.bought(day, ("@207",))
        if count:
            said[f"hyperliquid:af:{day}:UBTC"] = count, tokens, None
    return said


def days_before(day: date, count: int) -> list[date]:
    return [day - timedelta(days=ago) for ago in range(count, 0, -1)]


async def test_each_whole_day_is_an_entry_and_the_current_one_is_none(serve: Serve) -> None:
    fund = Fund(NOW, length=3, a_day=60)

    reading = await asked(hyperliquid.SOURCE, upstreams(serve(fund)), NOW)

    found = {entry.ref: (entry.trades, entry.tokens, entry.usd) for entry in reading.facts.ledger}
    assert reading.troubles == []
    assert found == truth(fund, days_before(TODAY, 3))


async def test_an_entry_says_how_it_came_about(serve: Serve) -> None:
    fund = Fund(NOW, length=1, a_day=30)
    mine = sorted(
        (trade for trade in fund.trades if trade["coin"] != "@207" and trade["time"] < NOW.timestamp() * 1000),
        key=lambda trade: (trade["time"], trade["tid"]),
    )
    mine = [trade for trade in mine if datetime.fromtimestamp(trade["time"] // 1000, UTC).date() < TODAY]

    reading = await asked(hyperliquid.SOURCE, upstreams(serve(fund)), NOW)

    entry = reading.facts.ledger[0]
    assert (entry.first_trade, entry.last_trade) == (str(mine[0]["tid"]), str(mine[-1]["tid"]))
    assert (entry.window_start, entry.window_end, entry.policy_ref) == (
        TODAY - timedelta(days=1),
        TODAY - timedelta(days=1),
        "hyperliquid:99",
    )
    assert (entry.kind.name, entry.mechanism.name, entry.funding.name, entry.disposition.name) == (
        "PURCHASE",
        "BUYBACK_HOLD",
        "PERIOD_REVENUE",
        "HELD",
    )
    assert entry.usd is not None
    assert entry.tokens is not None
    assert entry.price_usd == (entry.usd / entry.tokens).quantize(Decimal("0.000001"))


async def test_balance_and_supply_are_of_the_current_day(serve: Serve) -> None:
    reading = await asked(hyperliquid.SOURCE, upstreams(serve(Fund(NOW, length=1))), NOW)

    held = amounts(reading.facts, "parent#hyperliquid", Metric.TREASURY_HOLDING, "hype")
    assert held == {TODAY: Decimal("46229219.34")}
    assert amounts(reading.facts, "hyperliquid", Metric.MAX_SUPPLY) == {TODAY: 1_000_000_000}
    assert amounts(reading.facts, "hyperliquid", Metric.TOTAL_SUPPLY) == {TODAY: Decimal("999835000.5")}
    assert amounts(reading.facts, "hyperliquid", Metric.CIRCULATING_SUPPLY) == {}


@pytest.mark.parametrize("question", ["tokenDetails", "spotClearinghouseState"])
async def test_more_hype_than_there_is_is_refused(serve: Serve, question: str) -> None:
    standin = serve(Fund(NOW, length=1))
    standin.fault = lambda path, number: Fault.SPIKE if question in path else None

    reading = await asked(hyperliquid.SOURCE, upstreams(standin), NOW)

    assert [refusal.reason for refusal in reading.facts.rejected] == ["more HYPE than there is"]
    assert len(reading.facts.series) == 2


async def test_overlapping_runs_over_full_pages_give_each_trade_once(store: Store, serve: Serve) -> None:
    await with_hype(store)
    fund = Fund(NOW, length=5, a_day=1_500)
    standin = serve(fund)

    first = await synced(store, standin, fund)
    fund.advance(timedelta(hours=6))
    second = await synced(store, standin, fund)
    fund.advance(timedelta(days=1))
    third = await synced(store, standin, fund)

    days = days_before(TODAY + timedelta(days=1), 6)
    assert [report.exit_code for report in (first, second, third)] == [0, 0, 0]
    assert await entries(store) == truth(fund, days)
    pages = [path for path in standin.asked if "userFillsByTime" in path]
    assert len(pages) >= 7


async def test_a_run_asks_only_for_what_is_new_and_a_little_more(sqlite_store: Store, serve: Serve) -> None:
    fund = Fund(NOW, length=20, a_day=10)
    standin = serve(fund)
    await synced(sqlite_store, standin, fund)
    standin.asked.clear()
    fund.advance(timedelta(days=1))

    await synced(sqlite_store, standin, fund)

    (asked_for,) = [path for path in standin.asked if "userFillsByTime" in path]
    two_days_before = int(datetime(2026, 8, 8, tzinfo=UTC).timestamp() * 1000)
    assert f'"startTime":{two_days_before}' in asked_for


async def test_what_is_beyond_the_newest_fills_is_a_recorded_gap_and_never_a_smaller_day(
    store: Store, serve: Serve
) -> None:
    await with_hype(store)
    fund = Fund(NOW, length=3, a_day=1_500)
    standin = serve(fund)
    await synced(store, standin, fund)
    before = await entries(store)
    fund.advance(timedelta(days=12))

    report = await synced(store, standin, fund)
    after = await entries(store)
    again = await synced(store, standin, fund)

    first_kept = datetime.fromtimestamp(fund.trades[-10_000]["time"] // 1000, UTC).date()
    whole = [day for day in days_before(fund.now.date(), 12) if day > first_kept]
    assert after == before | truth(fund, whole)
    assert (report.epoch, report.exit_code, again.exit_code) == (3, 1, 0)
    assert report.lines[0].error == (
        f"hyperliquid: the purchases of {TODAY} to {first_kept} can't be read any more, "
        "they are beyond the 10,000 newest fills, which is all that is kept upstream"
    )
    gap = {"subject": "hyperliquid", "ledger": "PURCHASE", "day": str(TODAY), "until": str(first_kept)}
    assert gap in await rejected(store)


async def rejected(store: Store) -> list[dict[str, str]]:
    async with store.readers.connect() as connection:
        return [row.fact for row in await connection.execute(select(rejected_fact.c.fact))]


async def test_of_the_oldest_day_that_can_be_had_a_part_is_no_entry(serve: Serve) -> None:
    fund = Fund(NOW, length=8, a_day=1_500)
    first_kept = datetime.fromtimestamp(fund.trades[-10_000]["time"] // 1000, UTC).date()

    reading = await asked(hyperliquid.SOURCE, upstreams(serve(fund)), NOW)

    days = [entry.window_start for entry in reading.facts.ledger if entry.usd]
    assert days == [day for day in days_before(TODAY, 8) if day > first_kept]
    gap, *parts = sorted(reading.facts.rejected, key=lambda refusal: refusal.fact["day"])
    assert {refusal.fact["day"] for refusal in parts} == {str(first_kept)}
    assert {refusal.reason for refusal in parts} == {"only a part of the day's fills could be read"}
    assert (gap.fact["day"], gap.fact["until"], reading.troubles) == (str(BEGINNING), str(first_kept), [])
    assert gap.reason == "beyond the 10,000 newest fills, which is all that is kept upstream"


async def test_rows_that_are_none_are_kept_beside_the_others(serve: Serve) -> None:
    fund = Fund(NOW)
    standin = serve(fund)

    def odd(path: str, question: Any) -> str:
        body = json.loads(answer(fund, path, question))
        for name in {"tokens", "universe", "balances"}.intersection(body if isinstance(body, dict) else ()):
            body[name].append({"name": "odd"})
        return json.dumps(body)

    standin.answer = odd
    reading = await asked(hyperliquid.SOURCE, upstreams(standin), NOW)

    assert len(reading.facts.ledger) > 0
    assert sorted((refusal.fact["where"], refusal.reason) for refusal in reading.facts.rejected) == [
        ("spotClearinghouseState", "token: Field required"),
        ("spotMeta", "index: Field required"),
        ("spotMeta", "tokens: Field required"),
    ]


async def test_a_page_that_does_not_come_is_named_and_the_next_run_repairs_it(store: Store, serve: Serve) -> None:
    await with_hype(store)
    fund = Fund(NOW, length=4, a_day=1_500)
    standin = serve(fund)
    standin.fault = lambda path, number: Fault.UNAVAILABLE if beginning_of(path) > fund.trades[2_500]["time"] else None

    hurt = await synced(store, standin, fund)
    sound = await entries(store)
    standin.fault = lambda path, number: None
    healed = await synced(store, standin, fund)

    assert (hurt.exit_code, healed.exit_code, healed.epoch) == (1, 0, 3)
    assert hurt.lines[0].error is not None
    assert hurt.lines[0].error.endswith("answered 503: Service unavailable")
    assert sound.items() <= truth(fund, days_before(TODAY, 4)).items()
    assert await entries(store) == truth(fund, days_before(TODAY, 4))


def beginning_of(question: str) -> int:
    found = re.search(r'"startTime":(\d+)', question)
    return int(found[1]) if found else 0


def test_hype_is_known_by_its_id_and_never_by_its_name_or_number() -> None:
    body = {
        "tokens": [
            {"name": "HYPE", "index": 7, "tokenId": "0x07"},
            {"name": "USDC", "index": 0, "tokenId": "0x00"},
            {"name": "HYPE", "index": 150, "tokenId": HYPE_ID},
        ],
        "universe": [
            {"name": "@107", "tokens": [7, 0], "index": 107},
            {"name": "@300", "tokens": [150, 0], "index": 300},
            {"name": "@301", "tokens": [150, 99], "index": 301},
            {"name": "@302", "tokens": [0, 150], "index": 302},
        ],
    }

    spot = parse_spot(body)

    assert (spot.index, spot.quotes) == (150, {"@300": "USDC", "@301": "#99"})


@pytest.mark.parametrize("body", [[], {}, {"tokens": []}, {"tokens": [{"name": "HYPE", "index": 1, "tokenId": "0x1"}]}])
def test_a_spot_market_without_hype_is_not_understood(body: Any) -> None:
    with pytest.raises(Unintelligible):
        parse_spot(body)


def fill(**changes: Any) -> dict[str, Any]:
    at_noon = int(datetime(2026, 8, 1, 12, tzinfo=UTC).timestamp() * 1000)
    return {"coin": "@107", "px": "30.5", "sz": "2", "side": "B", "time": at_noon, "tid": 1, **changes}


WHOLE = Whole(date(2026, 8, 1), date(2026, 8, 2))


def folded(*raw: dict[str, Any]) -> tuple[list[Decimal | None], list[str]]:
    fills = Fills()
    fills.take(parse_fills(list(raw)))
    result = bought(fills, {"@107": "USDC"}, WHOLE)
    return [entry.usd for entry in result.entries], [reason for _, reason, _ in result.left_out]


def test_a_fill_that_is_answered_twice_counts_once() -> None:
    assert folded(fill(), fill(), fill(tid=2, sz="1")) == ([Decimal("91.5")], [])


def test_old_recordings_without_a_trade_id_are_told_apart_by_the_rest() -> None:
    old = {name: value for name, value in fill(hash="0x1", oid=5).items() if name != "tid"}

    assert folded({**old, "startPosition": "1"}, {**old, "startPosition": "3"}) == ([Decimal("122")], [])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (fill(tid=2, px="NaN"), "a fill of the day can't be read: "),
        (fill(tid=2, sz=None), "a fill of the day can't be read: "),
        (fill(tid=2, side="A"), "the fund sold on this day, and is known to buy only"),
        (fill(tid=2, sz="150000000000"), "more than there is, or a price ten times the day's"),
        (fill(tid=2, px="30500"), "more than there is, or a price ten times the day's"),
    ],
)
def test_a_day_with_a_fill_that_can_not_be_is_no_entry(bad: dict[str, Any], reason: str) -> None:
    found, reasons = folded(fill(), fill(tid=3), fill(tid=4), bad)

    assert (found, len(reasons)) == ([], 1)
    assert reasons[0].startswith(reason)


def test_other_coins_are_none_of_it() -> None:
    assert folded(fill(), fill(tid=2, coin="BTC"), fill(tid=3, coin="@232")) == ([Decimal(61)], [])


@pytest.mark.parametrize("body", [{}, [{"coin": "@107"}], [fill(time="yesterday")], ["fill"], [fill(time=0)]])
def test_what_is_no_list_of_fills_is_not_understood(body: Any) -> None:
    with pytest.raises(Unintelligible):
        parse_fills(body, first=1)


def test_the_policy_is_that_of_the_day() -> None:
    old, new = datetime(2025, 8, 30, 23, tzinfo=UTC), datetime(2025, 8, 31, tzinfo=UTC)
    fills = Fills()
    fills.take(parse_fills([fill(tid=n, time=int(at.timestamp() * 1000)) for n, at in enumerate((old, new))]))

    found = bought(fills, {"@107": "USDC"}, Whole(date(2025, 8, 1), date(2025, 9, 1)))

    assert [entry.policy_ref for entry in found.entries] == ["hyperliquid:97", "hyperliquid:99"]
