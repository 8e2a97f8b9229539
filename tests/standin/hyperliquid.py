"""What Hyperliquid would say of a made-up fund: the shapes of UPSTREAMS, *built*, no recorded answer."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tests.standin.defillama import Unknown

FUND = "0xfefefefefefefefefefefefefefefefefefefefe"
HYPE_ID = "0x0d01dc56dcaaca66ad901c959b4011ec"
TOKENS = ("USDC", "PURR", "UBTC", "USDH")
HYPE_INDEX = 150
# Name of the pair, its base and quote by index. Of two tokens called HYPE one is the real one.
PAIRS = (("PURR/USDC", 1, 0), ("@107", HYPE_INDEX, 0), ("@232", HYPE_INDEX, 3), ("@207", HYPE_INDEX, 2), ("@9", 7, 0))
PAGE, WINDOW = 2_000, 10_000

Trade = dict[str, Any]


@dataclass(slots=True)
class Fund:
    """A fund that has bought `a_day` times on each of `length` days up to `now`, and goes on."""

    now: datetime
    length: int = 8
    a_day: int = 40
    seed: int = 1
    trades: list[Trade] = field(default_factory=list)

    def __post_init__(self) -> None:
        end, self.now = self.now, datetime.combine(self.now.date() - timedelta(days=self.length), time(), UTC)
        self.advance(end - self.now)

    def advance(self, by: timedelta) -> None:
        """Time passes: the fund buys as often as it does, several times at one moment now and then."""
        draw = random.Random(f"{self.seed}/{self.now}")
        count = round(self.a_day * by.total_seconds() / 86_400)
        moments = sorted(draw.randrange(int(by.total_seconds() * 1000)) for _ in range(count))
        began = int(self.now.timestamp()) * 1000
        for place in range(count):
            # Every fifth goes with the one before.
            self.trades.append(self._trade(draw, began + moments[place - (place % 5 == 4)]))
        self.trades.sort(key=lambda trade: int(trade["time"]))
        self.now += by

    def _trade(self, draw: random.Random, moment: int) -> Trade:
        pair = draw.choices(("@107", "@232", "@207"), (90, 7, 3))[0]
        return {
            "coin": pair,
            "px": f"{draw.randrange(28_000, 32_000) / 1000:.3f}" if pair != "@207" else "0.000451",
            "sz": f"{draw.randrange(100, 20_000) / 100:.2f}",
            "side": "B",
            "time": moment,
            "startPosition": "40849362.9125551209",
            "dir": "Buy",
            "closedPnl": "0.0",
            "hash": "0x" + "0" * 64,
            "oid": draw.randrange(10**11),
            "crossed": False,
            "fee": "0.0",
            "tid": len(self.trades) * 1_000 + draw.randrange(1_000),
            "feeToken": "HYPE",
            "twapId": None,
        }

    def bought(self, day: date, pairs: tuple[str, ...] = ("@107", "@232")) -> tuple[int, Decimal, Decimal]:
        """The truth of a day: how many trades, of how much, for how many dollars."""
        mine = [trade for trade in self.trades if _day(trade) == day and trade["coin"] in pairs]
        amounts = [(Decimal(trade["sz"]), Decimal(trade["px"])) for trade in mine]
        tokens = sum((size for size, _ in amounts), Decimal())
        return len(mine), tokens, sum((size * price for size, price in amounts), Decimal())


def _day(trade: Trade) -> date:
    return datetime.fromtimestamp(trade["time"] // 1000, UTC).date()


def answer(fund: Fund, path: str, question: Mapping[str, Any]) -> str:
    """The body for a question; raises Unknown."""
    if path != "/info":
        raise Unknown(404, "404 page not found")
    match question["type"]:
        case "spotMeta":
            return json.dumps(_meta())
        case "userFillsByTime":
            return json.dumps(_fills(fund, question))
        case "spotClearinghouseState":
            balance = {"coin": "HYPE", "token": HYPE_INDEX, "total": "46229219.34", "hold": "0.0", "entryNtl": "0.0"}
            usdc = {"coin": "USDC", "token": 0, "total": "2.77363", "hold": "0.0", "entryNtl": "0.0"}
            return json.dumps({"balances": [usdc, balance]})
        case "tokenDetails":
            return json.dumps(
                {"name": "HYPE", "maxSupply": "1000000000.0", "totalSupply": "999835000.5", "circulatingSupply": None}
            )
        case _:
            raise Unknown(422, "Failed to deserialize the JSON body into the target type")


def _meta() -> dict[str, Any]:
    tokens = [{"name": name, "index": index, "tokenId": f"0x{index:032x}"} for index, name in enumerate(TOKENS)]
    tokens.append({"name": "HYPE", "index": 7, "tokenId": "0x" + "7" * 32})
    tokens.append({"name": "HYPE", "index": HYPE_INDEX, "tokenId": HYPE_ID, "szDecimals": 2, "weiDecimals": 8})
    universe = [
        {"name": name, "tokens": [base, quote], "index": number, "isCanonical": name == "PURR/USDC"}
        for number, (name, base, quote) in enumerate(PAIRS)
    ]
    return {"universe": universe, "tokens": tokens}


def _fills(fund: Fund, question: Mapping[str, Any]) -> list[Trade]:
    """From the moment on, oldest first; of all there ever were only the newest can be had."""
    newest = fund.trades[-WINDOW:] if question["user"] == FUND else []
    return [trade for trade in newest if trade["time"] >= question["startTime"]][:PAGE]
