"""Every upstream at once, each under a path of its own on one stand-in, and all of them of one day."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sync.upstream import Host, Patience, Upstreams
from tests.standin import coingecko, defillama, elsewhere, hyperliquid
from tests.standin.server import Standin
from tests.standin.world import World

USUAL = Upstreams()


@dataclass(slots=True)
class Everywhere:
    """The worlds of all upstreams, at half past nine of the day of the first."""

    world: World = field(default_factory=lambda: World(size=12, length=20))
    fund: hyperliquid.Fund = field(init=False)
    coins: coingecko.Coins = field(init=False)
    rest: elsewhere.Elsewhere = field(init=False)

    def __post_init__(self) -> None:
        self.fund = hyperliquid.Fund(self.now, length=6, a_day=350)
        caps = {listing.gecko_id: 5_000_000 for listing in self.world.listings.values() if listing.gecko_id}
        self.coins = coingecko.Coins(self.now, caps={**caps, "hyperliquid": 15_000_000_000})
        self.coins.companies["bitcoin"] = [coingecko.holder("Strategy", "NASDAQ:MSTR", 640_031)]
        self.rest = elsewhere.Elsewhere(self.world.today)

    @property
    def now(self) -> datetime:
        return datetime.combine(self.world.today, time(9, 30), UTC)

    def advance(self) -> None:
        """A day passes everywhere."""
        self.world.advance()
        self.fund.advance(timedelta(days=1))
        self.coins.now, self.rest.today = self.now, self.world.today

    def answer(self, path: str, question: Mapping[str, Any]) -> str:
        """The body for a path; raises Unknown."""
        _, upstream, rest = path.split("/", 2)
        rest = f"/{rest}"
        match upstream:
            case "hyperliquid":
                return hyperliquid.answer(self.fund, rest, question)
            case "coingecko":
                return coingecko.answer(self.coins, rest, question)
            case "sosovalue":
                return elsewhere.sosovalue(self.rest, rest, question)
            case "growthepie":
                return elsewhere.growthepie(self.rest, rest, question)
            case "pro":
                return elsewhere.llama(self.rest, rest, question)
            case _:
                return defillama.answer(self.world, rest, question)


def upstreams(standin: Standin, patience: Patience, timeout: timedelta, deadline: timedelta) -> Upstreams:
    """Every host at the stand-in, with keys where they are needed."""

    def at(host: Host, name: str, key: str | None = None) -> Host:
        return replace(host, url=f"{standin.url}/{name}", per_minute=10_000_000, timeout=timeout, key=key)

    return Upstreams(
        defillama=at(USUAL.defillama, "defillama", "s3cret"),
        defillama_coins=at(USUAL.defillama_coins, "prices"),
        defillama_pro=at(USUAL.defillama_pro, "pro", "s3cret"),
        coingecko=at(USUAL.coingecko, "coingecko"),
        hyperliquid=at(USUAL.hyperliquid, "hyperliquid"),
        sosovalue=at(USUAL.sosovalue, "sosovalue", "s3cret"),
        growthepie=at(USUAL.growthepie, "growthepie"),
        patience=patience,
        deadline=deadline,
    )
