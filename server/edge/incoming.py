"""A request as it comes over HTTP: its headers and its body, read within bounds."""

import asyncio
from collections.abc import Mapping

from starlette.types import Receive, Scope

from server.edge.fault import Fault, bad_request


class Gone(Exception):
    """The caller hung up; nobody is left to answer."""


class Incoming:
    """One request. Headers that came several times are joined, as HTTP means them."""

    __slots__ = ("_receive", "headers", "method", "query_string", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope, self._receive = scope, receive
        self.method: str = scope["method"]
        self.query_string: bytes = scope["query_string"]
        self.headers: Mapping[bytes, bytes] = _joined(scope["headers"])

    def header(self, name: bytes) -> str | None:
        found = self.headers.get(name)
        return None if found is None else found.decode("latin-1")

    async def body(self, most: int, seconds: float) -> bytes:
        """All of it; raises Fault 413 for one that is too long, 408 for one that is too slow, and Gone."""
        try:
            async with asyncio.timeout(seconds):
                return await self._read(most)
        except TimeoutError as error:
            raise Fault(408, "REQUEST_TIMEOUT", "The body did not arrive in time.", CLOSING) from error

    async def _read(self, most: int) -> bytes:
        """What is too long is read on without keeping it: one who is still sending would not hear the answer."""
        parts: list[bytes] = []
        length, more = 0, True
        while more and length <= max(most, DISCARDED):
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Gone
            part: bytes = message.get("body", b"")
            more, length = message.get("more_body", False), length + len(part)
            if length <= most:
                parts.append(part)
        if length > most:
            raise Fault(413, "PAYLOAD_TOO_LARGE", f"A body may have {most} bytes.", CLOSING)
        return b"".join(parts)

    def check_json(self) -> None:
        """Raises Fault where the body is anything but JSON in plain UTF-8."""
        if self.headers.get(b"content-encoding", b"identity").lower() != b"identity":
            raise Fault(415, "UNSUPPORTED_MEDIA_TYPE", "Bodies are taken uncompressed.")
        name, *parameters = (part.strip().lower() for part in (self.header(b"content-type") or "").split(";"))
        charsets = [part.partition("=")[2].strip('" ') for part in parameters if part.startswith("charset")]
        if name != "application/json" or any(charset not in ("utf-8", "utf8") for charset in charsets):
            raise Fault(415, "UNSUPPORTED_MEDIA_TYPE", "A body is application/json in UTF-8.")


# Ends the connection: what is left of a body that was not read would be taken for the next request.
CLOSING = {"connection": "close"}
# Of a body that is too long, before its sender is cut off.
DISCARDED = 16_000_000


def utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise bad_request("The body is not UTF-8.") from error


def _joined(raw: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    joined: dict[bytes, bytes] = {}
    for name, value in raw:
        joined[name] = joined[name] + b", " + value if name in joined else value
    return joined
