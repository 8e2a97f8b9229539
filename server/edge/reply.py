"""An answer as it goes over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.types import Send

from server.edge.errors import of_fault
from server.edge.fault import Fault
from server.edge.negotiation import Media
from server.edge.written import refusal

VARY = "Accept, Accept-Encoding, Authorization, Origin, X-API-Key"
SAFE = {"vary": VARY, "x-content-type-options": "nosniff"}
NOT_KEPT = "no-store"


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


def headers_of(media: Media, **more: str) -> dict[str, str]:
    """Of an answer in that media type; not to be kept unless `more` says so."""
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return {"content-type": f"{media.value}; charset=utf-8", "cache-control": NOT_KEPT, **SAFE, **named}


def reply_to(fault: Fault, media: Media) -> Reply:
    """The answer to a request that ended early; never an event stream."""
    media = Media.JSON if media is Media.EVENTS else media
    return Reply(fault.status, refusal([of_fault(fault)]), {**headers_of(media), **fault.headers})
