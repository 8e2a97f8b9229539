"""An answer as it goes over HTTP."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from starlette.types import Send

from server.edge.errors import of_fault
from server.edge.fault import Fault
from server.edge.negotiation import Media
from server.edge.written import refusal

VARY = "Accept, Accept-Encoding, Authorization, Origin, X-API-Key"
SAFE = {"vary": VARY, "x-content-type-options": "nosniff"}
NOT_KEPT = "no-store"
# Smaller bodies travel in one packet either way.
LEAST_PACKED = 1_400
QUICK = 5


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    async def send(self, send: Send, more: Mapping[str, str]) -> None:
        headers = {**self.headers, **more}
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        if self.status != 304:
            raw.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        await send({"type": "http.response.body", "body": self.body})


def packed(reply: Reply, accepted: str) -> Reply:
    """A reply as gzip, where the caller takes that and it is worth it."""
    if len(reply.body) < LEAST_PACKED or "gzip" not in accepted:
        return reply
    body = gzip.compress(reply.body, QUICK, mtime=0)
    return replace(reply, body=body, headers={**reply.headers, "content-encoding": "gzip"})


def headers_of(media: Media, **more: str) -> dict[str, str]:
    """Of an answer in that media type; not to be kept unless `more` says so."""
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return {"content-type": f"{media.value}; charset=utf-8", "cache-control": NOT_KEPT, **SAFE, **named}


def reply_to(fault: Fault, media: Media) -> Reply:
    """The answer to a request that ended early; never an event stream."""
    media = Media.JSON if media is Media.EVENTS else media
    return Reply(fault.status, refusal([of_fault(fault)]), {**headers_of(media), **fault.headers})
