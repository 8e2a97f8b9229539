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
        )
