"""CoinGecko: what closes a day and what does not, and zeros that are none."""

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from models.store import Store
from models.vocabulary import EntityKind, Metric
from sync.errors import Refused, Unintelligible
from sync.facts import Ref
from sync.pipeline import sync
from sync.response import said_in
from sync.sources import coingecko
from sync.sources.coingecko_parse import parse_chart, parse_holders, parse_markets
from sync.sources.coingecko_treasuries import organisation
from sync.upstream import Upstreams
from tests.builders import published, token_fact
from tests.standin.coingecko import Coins, answer, holder
from tests.standin.defillama import Unknown
from tests.standin.server import Fault, Standin, serving
from tests.sync.asking import AT_ONCE, USUAL, amounts, asked, at

NOW = datetime(2026, 8, 10, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)
MIDNIGHT = 1_785_542_400_000  # 2026-08-01
DAY = 86_400_000


@pytest.fixture
def coins() -> Coins:
    companies = {
        "bitcoin": [holder("MicroStrategy", "NASDAQ:MSTR", 640_031), holder("Galaxy", "TSE: GLXY", 6_894.5)],
        "ethereum": [holder("Galaxy", "TSE:GLXY", 100)],
    }
    return Coins(NOW, companies=companies, governments={"bitcoin": [holder("United States", None, 325_447)]})


@pytest.fixture
def standin(coins: Coins) -> Generator[Standin, None, None]:
    with serving(partial(answer, coins)) as standin:
        yield standin


def upstreams(standin: Standin) -> Upstreams:
    return Upstreams(coingecko=at(standin, USUAL.coingecko), patience=AT_ONCE)


async def test_caps_and_supplies_are_of_the_day_they_were_updated(standin: Standin) -> None:
    reading = await asked(coingecko.SOURCE, upstreams(standin), NOW, ["bitcoin", "hyperliquid", "nobody-knows-it"])

    assert reading.troubles == []
    assert amounts(reading.facts, "bitcoin", Metric.MARKET_CAP)[TODAY] == 1_300_000_000_000
    assert amounts(reading.facts, "bitcoin", Metric.FDV) == {TODAY: Decimal("1300000000000.5")}
    assert amounts(reading.facts, "bitcoin", Metric.CIRCULATING_SUPPLY) == {TODAY: 19_599_200}
    assert amounts(reading.facts, "bitcoin", Metric.TOTAL_SUPPLY) == {TODAY: 21_000_000}


async def test_a_supply_without_a_cap_is_no_number(standin: Standin) -> None:
    reading = await asked(coingecko.SOURCE, upstreams(standin), NOW, ["bitcoin", "hyperliquid"])

    assert amounts(reading.facts, "bitcoin", Metric.MAX_SUPPLY) == {TODAY: 21_000_000}
    assert amounts(reading.facts, "hyperliquid", Metric.MAX_SUPPLY) == {}


async def test_closes_are_the_values_at_midnight_and_now_is_none(standin: Standin, coins: Coins) -> None:
    reading = await asked(coingecko.SOURCE, upstreams(standin), NOW, ["bitcoin"])

    prices = amounts(reading.facts, "bitcoin", Metric.PRICE)
    assert (min(prices), max(prices), len(prices)) == (TODAY - timedelta(days=365), YESTERDAY, 365)
    assert all(price == Decimal(str(coins.close("bitcoin", day))) for day, price in prices.items())
    assert amounts(reading.facts, "bitcoin", Metric.MARKET_CAP)[YESTERDAY] == coins.cap("bitcoin", YESTERDAY)


async def test_more_coins_than_fit_on_a_page_are_asked_for_in_pages(standin: Standin, coins: Coins) -> None:
    coins.caps = {f"coin-{number}": 0 for number in range(600)}

    reading = await asked(coingecko.SOURCE, upstreams(standin), NOW, coins.caps)

    pages = [path for path in standin.asked if path.startswith("/coins/markets")]
    found = {series.key.subject.value for series in reading.facts.series if series.key.metric is Metric.TOTAL_SUPPLY}
    assert (len(pages), found) == (3, set(coins.caps))
    assert sum("market_chart" in path for path in standin.asked) == coingecko.HISTORIES


async def test_a_store_that_knows_no_coin_asks_for_none(standin: Standin) -> None:
    await asked(coingecko.SOURCE, upstreams(standin), NOW)

    assert [path for path in standin.asked if "public_treasury" not in path] == []


async def test_holders_are_organisations_with_what_they_hold_now(standin: Standin) -> None:
    reading = await asked(coingecko.SOURCE, upstreams(standin), NOW)

    assert [(fact.slug, fact.name, fact.kind, fact.ticker) for fact in reading.facts.organisations] == [
        ("strategy", "MicroStrategy", "TREASURY_COMPANY", "MSTR"),
        ("galaxy-digital-holdings-ltd", "Galaxy", "TREASURY_COMPANY", "GLXY"),
        ("united-states", "United States", "GOVERNMENT", None),
    ]
    holding = partial(amounts, reading.facts, metric=Metric.TREASURY_HOLDING)
    assert holding("NASDAQ:MSTR", stream="btc") == {TODAY: 640_031}
    assert holding("TSE:GLXY", stream="btc") == {TODAY: Decimal("6894.5")}
    assert holding("TSE:GLXY", stream="eth") == {TODAY: 100}
    assert holding("United States", stream="btc") == {TODAY: 325_447}


async def test_a_holding_has_its_cost_and_worth_and_no_cost_of_zero(standin: Standin, coins: Coins) -> None:
    paid = holder("Paid", "NYSE:PAID", 5) | {"total_entry_value_usd": 99.5}
    coins.companies["bitcoin"] = [paid, holder("Unsaid", "NYSE:UNSAID", 7)]

    reading = await asked(coingecko.SOURCE, upstreams(standin), NOW)

    held = {fact.organisation.value: fact for fact in reading.facts.holdings if fact.token.value == "bitcoin"}
    assert (held["NYSE:PAID"].amount, held["NYSE:PAID"].cost_usd, held["NYSE:PAID"].value_usd) == (
        5,
        Decimal("99.5"),
        1234,
    )
    assert (held["NYSE:UNSAID"].cost_usd, held["NYSE:UNSAID"].day) == (None, TODAY)


async def test_holders_are_read_page_by_page(standin: Standin, coins: Coins) -> None:
    coins.companies["bitcoin"] = [holder(f"Company {number}", f"NYSE:C{number}", number + 1) for number in range(260)]

    reading = await asked(coingecko.SOURCE, upstreams(standin), NOW)

    assert len([fact for fact in reading.facts.organisations if fact.name.startswith("Company")]) == 260


async def test_a_coin_without_a_page_is_left_out(standin: Standin) -> None:
    standin.fail(Fault.NOT_FOUND, where="market_chart")

    reading = await asked(coingecko.SOURCE, upstreams(standin), NOW, ["bitcoin"])

    assert (reading.troubles, amounts(reading.facts, "bitcoin", Metric.PRICE)) == ([], {})


async def test_the_first_answer_that_does_not_come_ends_the_reading(standin: Standin) -> None:
    standin.fail(Fault.TOO_MANY_FOR_SECONDS, times=1000, where="market_chart")

    reading = await asked(coingecko.SOURCE, upstreams(standin), NOW, ["bitcoin", "hyperliquid"])

    assert len(reading.troubles) == 1
    assert reading.troubles[0].endswith("answered 429: Too many requests")
    assert sum("market_chart" in path for path in standin.asked) == AT_ONCE.attempts
    assert amounts(reading.facts, "bitcoin", Metric.TOTAL_SUPPLY) == {TODAY: 21_000_000}


async def test_a_source_has_failed_when_none_of_its_answers_came(sqlite_store: Store, standin: Standin) -> None:
    await published(sqlite_store, token_fact("hype", refs=(Ref(EntityKind.TOKEN, "coingecko", "hyperliquid"),)))
    standin.fail(Fault.UNAVAILABLE, times=1000, where="/")

    report = await sync(sqlite_store, upstreams(standin), (coingecko.SOURCE,), clock=lambda: NOW)

    assert [(line.status, line.fetched) for line in report.lines] == [("failed", 0)]
    assert report.lines[0].error is not None
    assert (report.epoch, report.exit_code) == (None, 1)


async def test_a_token_once_followed_is_followed_and_only_its_last_days_are_asked_for(
    sqlite_store: Store, standin: Standin, coins: Coins
) -> None:
    bitcoin = Ref(EntityKind.TOKEN, "coingecko", "bitcoin")
    await published(sqlite_store, token_fact("btc", refs=(bitcoin,)))
    hosts = upstreams(standin)
    await sync(sqlite_store, hosts, [coingecko.SOURCE], clock=lambda: coins.now)
    again = await sync(sqlite_store, hosts, [coingecko.SOURCE], clock=lambda: coins.now)
    coins.now += timedelta(days=1)
    standin.asked.clear()

    report = await sync(sqlite_store, hosts, [coingecko.SOURCE], clock=lambda: coins.now)

    assert (again.epoch, report.exit_code) == (None, 0)
    (chart,) = [path for path in standin.asked if "market_chart" in path]
    assert chart == "/coins/bitcoin/market_chart?vs_currency=usd&interval=daily&days=5"


@pytest.mark.parametrize(
    ("hosts", "header", "days"),
    [
        (USUAL, None, "365"),
        (USUAL.with_coingecko_key("s3cret"), "x-cg-demo-api-key", "365"),
        (USUAL.with_coingecko_pro_key("s3cret"), "x-cg-pro-api-key", "max"),
        (USUAL.with_coingecko_key("demo").with_coingecko_pro_key("s3cret"), "x-cg-pro-api-key", "max"),
    ],
)
async def test_each_plan_has_its_header_and_its_history(
    standin: Standin, hosts: Upstreams, header: str | None, days: str
) -> None:
    hosts = replace(hosts, coingecko=at(standin, hosts.coingecko))

    await asked(coingecko.SOURCE, hosts, NOW, ["bitcoin"])

    sent = {name: value for name, value in standin.headers[-1].items() if name.startswith("x-cg")}
    assert sent == ({header: "s3cret"} if header else {})
    (chart,) = [path for path in standin.asked if "market_chart" in path]
    assert chart.endswith(f"days={days}")
    assert "s3cret" not in str(standin.asked)


def test_the_paid_plans_have_a_host_of_their_own() -> None:
    assert USUAL.with_coingecko_pro_key("k").coingecko.base == "https://pro-api.coingecko.com/api/v3"
    assert USUAL.with_coingecko_key("k").coingecko.base == "https://api.coingecko.com/api/v3"


@pytest.mark.parametrize(
    "body",
    [
        b'{"error":"Missing parameter vs_currency"}',
        b'{"status":{"error_code":429,"error_message":"Missing parameter vs_currency"}}',
        b'{"error":{"status":{"error_code":10005,"error_message":"Missing parameter vs_currency"}}}',
        b"Missing  parameter\nvs_currency",
    ],
)
def test_an_error_has_its_sentence_in_each_of_its_bodies(body: bytes) -> None:
    assert said_in(body) == "Missing parameter vs_currency"


@pytest.mark.parametrize("body", [b"", b"[1]", b'{"a":1}', b"{" * 100_000])
def test_an_error_that_says_nothing_is_quoted(body: bytes) -> None:
    assert said_in(body) == body[:200].decode()


async def test_a_plan_that_lacks_it_is_a_refusal(standin: Standin) -> None:
    def refuse(path: str, query: object) -> str:
        raise Unknown(401, '{"status":{"error_code":10005,"error_message":"This request is limited to PRO"}}')

    standin.answer = refuse

    with pytest.raises(Refused, match="answered 401: This request is limited to PRO"):
        await asked(coingecko.SOURCE, upstreams(standin), NOW, ["bitcoin"])


def chart(*points: list[Any]) -> dict[date, Any]:
    return parse_chart({"prices": list(points)}).prices


def test_the_point_nearest_to_midnight_closes_the_day_before() -> None:
    closes = chart([MIDNIGHT - 300_000, 1], [MIDNIGHT + 60_000, 2], [MIDNIGHT + 500_000, 3], [MIDNIGHT + DAY, 4])

    assert closes == {date(2026, 7, 31): 2, date(2026, 8, 1): 4}


def test_a_point_far_from_midnight_closes_nothing_and_leaves_a_gap() -> None:
    closes = chart([MIDNIGHT, 1], [MIDNIGHT + DAY + 3_600_000, 2], [MIDNIGHT + 2 * DAY, 3])

    assert closes == {date(2026, 7, 31): 1, date(2026, 8, 2): 3}


def test_zero_and_null_say_that_it_is_not_known() -> None:
    assert chart([MIDNIGHT, 0], [MIDNIGHT + DAY, None], [MIDNIGHT + 2 * DAY, "0.0"]) == {}


@pytest.mark.parametrize("body", [[], {}, {"prices": None}, {"prices": [["soon", 1]]}, {"prices": [1]}])
def test_what_is_no_chart_is_not_understood(body: Any) -> None:
    with pytest.raises(Unintelligible):
        parse_chart(body)


@pytest.mark.parametrize("body", [{}, {"error": "x"}, "text", [{"name": "no id"}]])
def test_what_are_no_markets_is_not_understood(body: Any) -> None:
    with pytest.raises(Unintelligible):
        parse_markets(body)


@pytest.mark.parametrize("body", [[], {}, {"companies": {}}, {"companies": [{"symbol": "X"}]}])
def test_what_are_no_holders_is_not_understood(body: Any) -> None:
    with pytest.raises(Unintelligible):
        parse_holders(body)


def test_a_row_that_is_none_is_kept_beside_those_that_are() -> None:
    read = parse_markets([{"id": "bitcoin", "last_updated": "2026-08-10T00:00:00.000Z"}, {"id": None}, "row"])

    assert ([row.id for row in read.rows], len(read.refused)) == (["bitcoin"], 2)


async def test_a_market_without_its_moment_is_refused(standin: Standin) -> None:
    bare = '[{"id": "bitcoin", "market_cap": 5}]'
    standin.answer = lambda path, query: bare if "markets" in path else '{"prices":[]}'

    reading = await asked(coingecko.SOURCE, upstreams(standin), NOW, ["bitcoin"])

    assert [refusal.reason for refusal in reading.facts.rejected] == ["without the moment it is of"]


@pytest.mark.parametrize(
    ("said", "doubt"),
    [
        ({"market_cap": 1_000_000}, None),
        ({"market_cap": None}, None),
        ({"market_cap": 0}, None),
        ({"market_cap": 1_000_000_000}, "the market cap is not the price times the supply"),
        ({"circulating_supply": "1000.5"}, "the market cap is not the price times the supply"),
        ({"fully_diluted_valuation": 2_000_000}, None),
        ({"fully_diluted_valuation": 2}, "the fully diluted value is not the price times a supply"),
    ],
)
def test_a_cap_that_is_not_its_price_times_a_supply_is_doubted(said: dict[str, Any], doubt: str | None) -> None:
    row = {"id": "x", "current_price": "2.5", "market_cap": 2_500_000, "circulating_supply": 1_000_000, **said}

    (read,) = parse_markets([{**row, "total_supply": 900_000, "max_supply": None}]).rows

    assert read.doubt == doubt


def test_a_holder_without_a_symbol_goes_by_its_name() -> None:
    assert organisation("El Salvador", None, "GOVERNMENT").refs[0].value == "El Salvador"
    assert organisation("Fold Inc.", "NASDAQ: FLD", "TREASURY_COMPANY").refs[0].value == "NASDAQ:FLD"
    assert organisation("Fold Inc.", "NASDAQ: FLD", "TREASURY_COMPANY").slug == "fold-inc"
