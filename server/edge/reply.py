"""An answer as it goes over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graphql import GraphQLError
from starlette.types import Send

from server.edge.errors import of_fault
from server.edge.fault import Fault
from server.edge.negotiation import Media
from server.edge.written import refusal

VARY = "Accept, Accept-Encoding, Authorization, Origin, X-API-Key"
NOT_KEPT = "no-store"
# Of September 2026; its status for data with errors is its own, and no one else's.
EDITION_2026, PARTIAL, UNREAD = "2026", 294, "GRAPHQL_PARSE_FAILED"


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
    return {"content-type": f"{media.value}; charset=utf-8", "cache-control": NOT_KEPT, "vary": VARY, **named}


def status_of(media: Media, edition: str, errors: Sequence[GraphQLError], executed: bool) -> int:
    """The status of an answer that has data, or that is refused, by the edition of GraphQL over HTTP."""
    if media is not Media.RESPONSE or (executed and (edition != EDITION_2026 or not errors)):
        return 200
    if executed:
        return PARTIAL
    unread = any((error.extensions or {}).get("code") == UNREAD for error in errors)
    return 400 if unread or edition != EDITION_2026 else 422


def names(if_none_match: str | None, tag: str) -> bool:
    """Whether a request's `If-None-Match` names this tag, or any; a weak tag is as good as a strong one there."""
    named = [each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")]
    return named == ["*"] or tag.removeprefix("W/") in named


def reply_to(fault: Fault, media: Media) -> Reply:
    """The answer to a request that ended early; never an event stream."""
    media = Media.JSON if media is Media.EVENTS else media
    return Reply(fault.status, refusal([of_fault(fault)]), {**headers_of(media), **fault.headers})
