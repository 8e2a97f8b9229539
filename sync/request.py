"""A question to an upstream: where it goes, and what its answer is remembered by."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from sync.upstream import NOTHING, Host


@dataclass(frozen=True, slots=True)
class Request:
    """What `source` asks. `address` is what the answer is remembered by: it never holds a key."""

    source: str
    host: Host
    method: str
    path: str
    params: Mapping[str, str]
    address: str
    weight: float = 0
    content: bytes | None = None

    @property
    def named(self) -> str:
        """Who asks for what, as errors begin."""
        return f"{self.source}: {self.address}"

    @property
    def described(self) -> dict[str, str]:
        """What a trace tells of it: not its whole address, there may be a key in it."""
        address = urlsplit(self.host.url).hostname or ""
        return {"http.request.method": self.method, "server.address": address, "url.path": self.path}


def address_of(host: Host, path: str, params: Mapping[str, str] = NOTHING) -> str:
    """What the answer to a GET is remembered by."""
    query = urlencode(dict(params))
    return f"{host.url}{path}" + (f"?{query}" if query else "")


def address_of_question(host: Host, path: str, question: Mapping[str, Any]) -> str:
    """What the answer to a question is remembered by."""
    return f"{address_of(host, path)}#{as_json(question)}"


def as_json(question: Mapping[str, Any]) -> str:
    return json.dumps(dict(question), sort_keys=True, separators=(",", ":"))
