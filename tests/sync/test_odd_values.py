"""One odd value anywhere in an answer: a source's error or facts come of it, and nothing that ends the run."""

import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sync.errors import SourceError
from sync.response import numbers_as_written
from sync.sources import (
    coingecko_parse,
    defillama_parse,
    emissions,
    etf_flows,
    ethereum_activity,
    hyperliquid,
    hyperliquid_fills,
    treasuries,
)
from tests.standin.coingecko import Coins, holder
from tests.standin.coingecko import answer as coingecko
from tests.standin.defillama import answer as defillama
from tests.standin.elsewhere import Elsewhere, growthepie, llama, sosovalue
from tests.standin.hyperliquid import FUND, Fund
from tests.standin.hyperliquid import answer as info
from tests.standin.world import World

NOW = datetime(2026, 8, 10, 9, 30, tzinfo=UTC)
ODD = (5, None, "x", "NaN", 10**18, -(10**18), 10**400, "1e999999", "²", True, [], {}, [[]], {"a": {}})

WORLD, COINS, REST = World(size=6, length=3), Coins(NOW), Elsewhere(NOW.date(), length=2)
FIRST = next(listing for listing in WORLD.listings.values() if listing.gecko_id)
COINS.companies["bitcoin"] = [holder("Strategy", "NASDAQ:MSTR", 640_031)]


def fills(body: Any) -> object:
    read = hyperliquid_fills.Fills()
    read.take(hyperliquid_fills.parse_fills(body))
    return hyperliquid_fills.bought(read, {"@107": "USDC"}, read.whole(date(2024, 11, 29), NOW.date()))


def schedule(body: Any) -> object:
    return list(emissions.unlocked(emissions.parse_schedule(body)))


def markets(body: Any) -> object:
    return [(row.day, row.doubt) for row in coingecko_parse.parse_markets(body).rows]


ANSWERS: dict[str, tuple[Callable[[Any], object], str]] = {
    "overview": (defillama_parse.parse_overview, defillama(WORLD, "/overview/fees", {})),
    "summary": (defillama_parse.parse_summary, defillama(WORLD, f"/summary/fees/{FIRST.slug}", {})),
    "profile": (defillama_parse.parse_profile, defillama(WORLD, f"/summary/fees/{FIRST.slug}", {})),
    "protocols": (defillama_parse.parse_protocols, defillama(WORLD, "/protocols", {})),
    "prices": (
        defillama_parse.parse_prices,
        defillama(WORLD, f"/chart/coingecko:{FIRST.gecko_id}", {"start": "1785542400", "span": "2"}),
    ),
    "markets": (markets, coingecko(COINS, "/coins/markets", {"ids": "bitcoin,hyperliquid", "per_page": "250"})),
    "closes": (coingecko_parse.parse_chart, coingecko(COINS, "/coins/bitcoin/market_chart", {"days": "2"})),
    "holders": (
        coingecko_parse.parse_holders,
        coingecko(COINS, "/companies/public_treasury/bitcoin", {"per_page": "250", "page": "1"}),
    ),
    "history": (ethereum_activity.parse_history, growthepie(REST, "/metrics/chains/ethereum/daa.json", {})),
    "fundamentals": (ethereum_activity.parse_fundamentals, growthepie(REST, "/fundamentals.json", {})),
    "chart": (etf_flows.parse_chart, sosovalue(REST, "/openapi", {"type": "us-btc-spot"})),
    "flows": (etf_flows.parse_flows, llama(REST, "/etfs/flows", {})),
    "snapshot": (etf_flows.parse_snapshot, llama(REST, "/etfs/snapshot", {})),
    "institutions": (treasuries.parse_companies, llama(REST, "/dat/institutions", {})),
    "tokens": (emissions.parse_tokens, llama(REST, "/api/emissions", {})),
    "schedule": (schedule, llama(REST, "/api/emission/hyperliquid", {})),
    "documented": (schedule, json.loads(llama(REST, "/api/emission/hyperliquid", {}))["body"].join(('{"body":', "}"))),
    "spot": (hyperliquid.parse_spot, info(Fund(NOW, length=1), "/info", {"type": "spotMeta"})),
    "balances": (hyperliquid.parse_balances, info(Fund(NOW), "/info", {"type": "spotClearinghouseState"})),
    "details": (hyperliquid.parse_details, info(Fund(NOW), "/info", {"type": "tokenDetails"})),
    "fills": (
        fills,
        info(Fund(NOW, length=2, a_day=3), "/info", {"type": "userFillsByTime", "user": FUND, "startTime": 0}),
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_odd_value_is_a_sources_error_or_left_out(name: str) -> None:
    parse, text = ANSWERS[name]
    body = numbers_as_written(zlib.compress(text.encode()))
    parse(body)

    for path in places(body):
        for odd in ODD:
            with suppress(SourceError):
                parse(with_value(body, path, odd))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in an answer; of the rows of a list the first two."""
    yield path
    if isinstance(value, dict | list):
        for key in list(value)[:40] if isinstance(value, dict) else range(len(value))[:2]:
            yield from places(value[key], (*path, key))


def with_value(body: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """A copy in which one place says something else; () is all of it."""
    whole = [deepcopy(body)]
    here: Any = whole
    *inner, last = 0, *path
    for key in inner:
        here = here[key]
    here[last] = odd
    return whole[0]
