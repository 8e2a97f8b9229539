"""What the smaller upstreams would say of made-up funds, networks, companies and schedules: *built*, nothing recorded.

SoSoValue, growthepie, and DefiLlama's paid interface.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from tests.standin.defillama import Unknown


@dataclass(slots=True)
class Elsewhere:
    """`today`: the current day, of which all of them say something already."""

    today: date
    length: int = 20
    nested: bool = True
    history: bool = True

    @property
    def days(self) -> list[date]:
        """The days told of, the current one last."""
        return [self.today - timedelta(days=ago) for ago in range(self.length, -1, -1)]

    def flow(self, of: str, day: date) -> int:
        """Net flow of a fund or of all funds of an asset, in dollars."""
        return random.Random(f"{of}/{day}").randrange(-900_000_000, 900_000_000)

    def count(self, metric: str, day: date) -> int:
        return random.Random(f"{metric}/{day}").randrange(500_000, 2_000_000)


def sosovalue(world: Elsewhere, path: str, question: Mapping[str, Any]) -> str:
    """Newest first, and a refusal with 200."""
    kind = question.get("type")
    if kind not in ("us-btc-spot", "us-eth-spot"):
        return json.dumps({"code": 40001, "msg": "unknown type", "data": None})
    rows = [
        {
            "date": day.isoformat(),
            "totalNetInflow": world.flow(kind, day),
            "totalValueTraded": 5_000_000_000,
            "totalNetAssets": 100_000_000_000.25,
            "cumNetInflow": 50_000_000_000,
        }
        for day in reversed(world.days)
        if day.weekday() < 5
    ]
    return json.dumps({"code": 0, "msg": None, "data": {"list": rows} if world.nested else rows})


def growthepie(world: Elsewhere, path: str, query: Mapping[str, Any]) -> str:
    match path.strip("/").split("/"):
        case ["metrics", "chains", "ethereum", name] if world.history:
            key = name.removesuffix(".json")
            data = [[_seconds(day) * 1000, world.count(key, day)] for day in world.days]
            daily = {"types": ["unix", "value"], "data": data}
            return json.dumps({"details": {"timeseries": {"daily": daily}}, "last_updated_utc": "2026-08-10"})
        case ["fundamentals.json"]:
            return json.dumps(
                [
                    {"metric_key": key, "origin_key": origin, "date": day.isoformat(), "value": world.count(key, day)}
                    for key in ("txcount", "daa", "fees_paid_usd")
                    for origin in ("ethereum", "base")
                    for day in world.days
                ]
            )
        case _:
            raise Unknown(404, "<Error><Code>NoSuchKey</Code></Error>")


def llama(world: Elsewhere, path: str, query: Mapping[str, Any]) -> str:
    """DefiLlama's paid interface, the key already taken from the path."""
    match path.strip("/").split("/"):
        case ["etfs", "flows"]:
            return json.dumps([_flow(world, day) for day in world.days])
        case ["etfs", "snapshot"]:
            return json.dumps([_snapshot(world)])
        case ["dat", "institutions"]:
            return json.dumps(_institutions(world))
        case ["api", "emissions"]:
            return json.dumps(
                [
                    {"gecko_id": "hyperliquid", "name": "Hyperliquid", "circSupply": 333928180, "maxSupply": 1e9},
                    {"gecko_id": None, "name": "Unlisted"},
                ]
            )
        case ["api", "emission", "hyperliquid"]:
            return json.dumps({"body": json.dumps(_schedule(world))})
        case _:
            raise Unknown(404, "404 page not found")


def _flow(world: Elsewhere, day: date) -> dict[str, Any]:
    return {"gecko_id": "bitcoin", "day": f"{day}T00:00:00.000Z", "total_flow_usd": world.flow("bitcoin", day)}


def _snapshot(world: Elsewhere) -> dict[str, Any]:
    yesterday = world.today - timedelta(days=1)
    return {
        "ticker": "IBIT",
        "timestamp": _seconds(yesterday) + 3_600,
        "asset": "bitcoin",
        "issuer": "Blackrock",
        "etf_name": "iShares Bitcoin Trust",
        "pct_fee": 0.25,
        "flows": world.flow("IBIT", yesterday),
        "aum": 87_276_718_199,
        "volume": 453_293_317.85,
    }


def _institutions(world: Elsewhere) -> dict[str, Any]:
    """Amounts as numbers and as texts."""
    holdings = {"bitcoin": {"amount": "640031.5", "avgPrice": "66384.56", "usdValue": 1, "cost": None}}
    one = {"institutionId": 7, "ticker": "MSTR", "name": "Strategy, Inc. (Formerly: MicroStrategy Inc.)"}
    return {
        "institutionMetadata": {"7": {**one, "type": "Stock", "price": 1.5, "holdings": holdings}, "8": {"name": None}},
        "assetMetadata": {"bitcoin": {"name": "Bitcoin", "ticker": "BTC", "geckoId": "bitcoin"}},
        "institutions": [{"institutionId": 7}],
        "flows": {"bitcoin": [[1_755_612_389_000, 1, 1, 0, 1.5]]},
        "lastUpdated": f"{world.today}T08:00:00.000Z",
    }


def _schedule(world: Elsewhere) -> dict[str, Any]:
    """Two recipients, counted on; it goes on beyond the current day."""
    ahead = [world.today + timedelta(days=days) for days in (1, 2)]
    days = list(enumerate([*world.days, *ahead]))
    team = [{"timestamp": _seconds(day), "unlocked": 1_000 + 10 * number, "burned": 0} for number, day in days]
    users = [{"timestamp": _seconds(day), "unlocked": 0.5 * number, "burned": 0} for number, day in days]
    recipients = [{"label": "Team", "data": team}, {"label": "Community", "data": users}]
    return {"documentedData": {"data": recipients}, "metadata": {"token": "coingecko:hyperliquid"}}


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
