"""What CoinGecko would say of made-up coins: the shapes of UPSTREAMS, *built*, no recorded answer."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.standin.defillama import Unknown

SUPPLY = 19_599_200.0


@dataclass(slots=True)
class Coins:
    """Coins by id with their market caps, and the treasuries of some companies and governments."""

    now: datetime
    caps: dict[str, int] = field(default_factory=lambda: {"bitcoin": 1_300_000_000_000, "hyperliquid": 15_000_000_000})
    companies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    governments: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    largest_page: int = 250

    def close(self, coin: str, day: date) -> float:
        """The price at the end of a day."""
        return round(random.Random(f"{coin}/{day}").uniform(1, 100_000), 6)

    def cap(self, coin: str, day: date) -> int:
        """The market cap at the end of a day, in dollars."""
        return self.caps[coin] + day.toordinal()


def answer(coins: Coins, path: str, query: Mapping[str, Any]) -> str:
    """The body for a path; raises Unknown."""
    match path.strip("/").split("/"):
        case ["coins", "markets"]:
            return json.dumps(_markets(coins, query))
        case ["coins", coin, "market_chart"] if coin in coins.caps:
            return json.dumps(_chart(coins, coin, query))
        case ["coins", _, "market_chart"]:
            raise Unknown(404, '{"error":"coin not found"}')
        case ["companies", "public_treasury", coin]:
            return _holders(coins, coins.companies, "companies", coin, query)
        case ["governments", "public_treasury", coin]:
            return _holders(coins, coins.governments, "governments", coin, query)
        case _:
            raise Unknown(404, '{"error":{"status":{"error_code":404,"error_message":"Not found"}}}')


def _markets(coins: Coins, query: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Unknown ids are left out; a cap of null is no cap."""
    asked = query["ids"].split(",")[: int(query["per_page"])]
    return [
        {
            "id": coin,
            "symbol": coin[:3],
            "name": coin.title(),
            "current_price": round(coins.caps[coin] / SUPPLY, 8),
            "market_cap": coins.caps[coin],
            "fully_diluted_valuation": coins.caps[coin] + 0.5,
            "circulating_supply": SUPPLY,
            "total_supply": 21_000_000,
            "max_supply": 21_000_000 if coin == "bitcoin" else None,
            "roi": None,
            "last_updated": coins.now.isoformat().replace("+00:00", ".000Z"),
        }
        for coin in asked
        if coin in coins.caps
    ]


def _chart(coins: Coins, coin: str, query: Mapping[str, Any]) -> dict[str, Any]:
    """A point at each midnight, which closes the day before, and one of now."""
    days = 500 if query["days"] == "max" else int(query["days"])
    midnights = [coins.now.date() - timedelta(days=ago) for ago in range(days - 1, -1, -1)]
    closes = [(_milliseconds(day), day - timedelta(days=1)) for day in midnights]
    now = int(coins.now.timestamp() * 1000)
    prices = [[moment, coins.close(coin, day)] for moment, day in closes]
    caps = [[moment, coins.cap(coin, day)] for moment, day in closes]
    return {
        "prices": [*prices, [now, 123.456]],
        "market_caps": [*caps, [now, 1]],
        "total_volumes": [[moment, 1.5] for moment, _ in closes],
    }


def _milliseconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp()) * 1000


def _holders(
    coins: Coins, of: Mapping[str, list[dict[str, Any]]], kind: str, coin: str, query: Mapping[str, Any]
) -> str:
    if coin not in of:
        raise Unknown(404, '{"error":"coin not found"}')
    size = min(int(query["per_page"]), coins.largest_page)
    first = (int(query["page"]) - 1) * size
    page = of[coin][first : first + size]
    return json.dumps({"total_holdings": 31146.0, "total_value_usd": 1.5, "market_cap_dominance": 0.03, kind: page})


def holder(name: str, symbol: str | None, holds: float) -> dict[str, Any]:
    """A row of a treasury; what was paid for it is not known, which upstream says as 0."""
    return {
        "name": name,
        "symbol": symbol,
        "country": "US",
        "total_holdings": holds,
        "total_entry_value_usd": 0,
        "total_current_value_usd": 1_234,
        "percentage_of_total_supply": 0.026,
    }
