"""Where the upstreams are and how they may be asked: values that the settings pass down."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

KEY = "{key}"
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Host:
    """One upstream host; `url` and `headers` hold `{key}` where the key belongs, and are logged and stored like that.

    `per_minute` is its budget in requests, or in weights where it counts those; `timeout` ends one attempt,
    however slowly the answer drips.
    """

    url: str
    per_minute: int = 300
    concurrent: int = 4
    timeout: timedelta = timedelta(minutes=2)
    key: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def base(self) -> str:
        """The URL with the key put in: only for what goes over the wire."""
        return self.url.replace(KEY, quote(self.key or "", safe=""))

    def header_values(self) -> dict[str, str]:
        """The headers with the key put in: only for what goes over the wire."""
        return {name: value.replace(KEY, self.key or "") for name, value in self.headers}

    def redacted(self, text: str) -> str:
        """`text` with the key taken out, in whatever spelling it has."""
        if not self.key:
            return text
        return text.replace(self.key, KEY).replace(quote(self.key, safe=""), KEY)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often an answer is asked for, and how long to wait in between (growing from `first`, never above `longest`).

    `longest` also bounds what a Retry-After may ask for.
    """

    attempts: int = 5
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(seconds=60)
    jitter: timedelta = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Upstreams:
    """Every upstream host, how patient to be, and when a run gives up on what has not answered yet."""

    # The free hosts publish no limit; five a second leaves room for others behind the same address.
    defillama: Host = Host("https://api.llama.fi")
    defillama_coins: Host = Host("https://coins.llama.fi")
    # Of the paid interface alone: never asked without its key.
    defillama_pro: Host = Host(f"https://pro-api.llama.fi/{KEY}", per_minute=1000)
    # The demo plan was seen with 30 and with 100 a minute; the history it gives ends a year back.
    coingecko: Host = Host("https://api.coingecko.com/api/v3", per_minute=30, concurrent=2)
    coingecko_days: str = "365"
    # Weights, not requests, by address.
    hyperliquid: Host = Host("https://api.hyperliquid.xyz", per_minute=1200)
    # Clients of it keep to 20.
    sosovalue: Host = Host("https://api.sosovalue.xyz", per_minute=20, concurrent=1)
    growthepie: Host = Host("https://api.growthepie.com/v1", per_minute=60)
    patience: Patience = Patience()
    deadline: timedelta = timedelta(minutes=30)

    def with_defillama_key(self, key: str | None, url: str = "https://pro-api.llama.fi") -> "Upstreams":
        """The hosts of the pro plan, whose key is a segment of the path; unchanged for None."""
        if key is None:
            return self
        # 1000 requests a minute, says the pro plan.
        pro: dict[str, Any] = {"key": key, "per_minute": 1000, "concurrent": 8}
        return replace(
            self,
            defillama=replace(self.defillama, url=f"{url}/{KEY}/api", **pro),
            defillama_coins=replace(self.defillama_coins, url=f"{url}/{KEY}/coins", **pro),
            defillama_pro=replace(self.defillama_pro, url=f"{url}/{KEY}", **pro),
        )

    def with_coingecko_key(self, key: str | None, header: str = "x-cg-demo-api-key") -> "Upstreams":
        """The key of the demo plan, sent in a header; unchanged for None."""
        if key is None:
            return self
        return replace(self, coingecko=replace(self.coingecko, key=key, headers=((header, KEY),)))

    def with_coingecko_pro_key(self, key: str | None, url: str = "https://pro-api.coingecko.com/api/v3") -> "Upstreams":
        """The host of the paid plans, which alone takes their keys; unchanged for None."""
        if key is None:
            return self
        # 500 a minute is the least of the paid plans.
        pro = replace(self.coingecko, url=url, per_minute=500, concurrent=4)
        return replace(self, coingecko=pro, coingecko_days="max").with_coingecko_key(key, "x-cg-pro-api-key")

    def with_sosovalue_key(self, key: str | None) -> "Upstreams":
        """The key of SoSoValue, sent in a header; unchanged for None."""
        if key is None:
            return self
        return replace(self, sosovalue=replace(self.sosovalue, key=key, headers=(("x-soso-api-key", KEY),)))
