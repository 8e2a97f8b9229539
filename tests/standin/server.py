"""A stand-in upstream as a real HTTP server on a free port of this machine, with ETags and faults on demand."""

import asyncio
import hashlib
import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.types import Message, Receive, Scope, Send

from tests.standin.defillama import Unknown

# What is answered to a path with its query, or with the question that was posted to it.
Answer = Callable[[str, Mapping[str, Any]], str]
TEXT = [(b"content-type", b"text/plain")]
JSON = [(b"content-type", b"application/json")]


class Fault(Enum):
    """What can go wrong with an answer."""

    TOO_MANY_FOR_SECONDS = "429 with Retry-After in seconds"
    TOO_MANY_UNTIL_DATE = "429 with Retry-After as a date"
    UNAVAILABLE = "503"
    HANG = "nothing ever comes"
    TRUNCATED = "the connection ends in the middle"
    CUT = "half of a body, said to be whole"
    HTML = "HTML with 200"
    NULL = "null with 200"
    DRIFT = "another schema"
    NAN = "NaN for a number"
    SPIKE = "a number a thousandfold too large"
    DRIP = "a byte at a time"
    NOT_FOUND = "404"
    BROKEN = "500"
    MOVED = "a redirect to another machine"
    GONE = "410"


@dataclass(slots=True)
class Standin:
    """A running stand-in. `fault` decides on each request, by its path with the query and its number."""

    answer: Answer
    fault: Callable[[str, int], Fault | None] = lambda path, number: None
    etags: bool = True
    url: str = ""
    asked: list[str] = field(default_factory=list)
    answered: Counter[int] = field(default_factory=Counter)
    headers: list[dict[str, str]] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0

    def fail(self, fault: Fault, times: int = 1, where: str = "") -> None:
        """The next so many requests whose path and query hold `where` go wrong."""
        left = Counter({fault: times})

        def decide(path: str, _: int) -> Fault | None:
            if where not in path or not left[fault]:
                return None
            left[fault] -= 1
            return fault

        self.fault = decide

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = scope["query_string"].decode()
        path = scope["raw_path"].decode().split("?")[0]
        posted = await _posted(receive) if scope["method"] == "POST" else b""
        asked = f"{path}?{query}" if query else path + posted.decode()
        question = json.loads(posted) if posted else dict(parse_qsl(query))
        self.asked.append(asked)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.headers.append(headers)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await self._reply(path, question, asked, headers, receive, send)
        finally:
            self._now -= 1

    async def _reply(
        self, path: str, question: Any, asked: str, headers: dict[str, str], receive: Receive, send: Send
    ) -> None:
        fault = self.fault(asked, len(self.asked))
        if fault in REPLIES:
            self.answered[0] += 1
            await REPLIES[fault](send, receive)
            return
        try:
            body = self.answer(path, question)
        except Unknown as unknown:
            await self._send(send, unknown.status, unknown.text.encode(), TEXT)
            return
        body = CHANGES[fault](body) if fault in CHANGES else body
        tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
        if self.etags and headers.get("if-none-match") == tag:
            await self._send(send, 304, b"", [(b"etag", tag.encode())])
            return
        extra = [(b"etag", tag.encode())] if self.etags else []
        if fault in (Fault.TRUNCATED, Fault.DRIP):
            await _partly(send, receive, body.encode(), fault)
            return
        await self._send(send, 200, body.encode(), [*JSON, *extra])

    async def _send(self, send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self.answered[status] += 1
        await _send(send, status, body, headers)


async def _posted(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _send(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _too_many_for_seconds(send: Send, receive: Receive) -> None:
    await _send(send, 429, b"Too many requests", [*TEXT, (b"retry-after", b"30")])


async def _too_many_until_date(send: Send, receive: Receive) -> None:
    # A clock of its own, years behind: only the difference between the two counts.
    now = datetime(2020, 1, 1, tzinfo=UTC)
    until = format_datetime(now + timedelta(seconds=30), usegmt=True).encode()
    date = format_datetime(now, usegmt=True).encode()
    await _send(send, 429, b"Too many requests", [*TEXT, (b"date", date), (b"retry-after", until)])


async def _unavailable(send: Send, receive: Receive) -> None:
    await _send(send, 503, b"Service unavailable", TEXT)


async def _hang(send: Send, receive: Receive) -> None:
    message: Message = {"type": ""}
    while message["type"] != "http.disconnect":
        message = await receive()


async def _html(send: Send, receive: Receive) -> None:
    await _send(send, 200, b"<!doctype html><title>Just a moment...</title>", [(b"content-type", b"text/html")])


async def _null(send: Send, receive: Receive) -> None:
    await _send(send, 200, b"null", JSON)


async def _drift(send: Send, receive: Receive) -> None:
    await _send(send, 200, b'{"version":2,"data":{"items":[]}}', JSON)


async def _not_found(send: Send, receive: Receive) -> None:
    await _send(send, 404, b"404 page not found", TEXT)


async def _broken(send: Send, receive: Receive) -> None:
    await _send(send, 500, b"Traceback (most recent call last):", TEXT)


async def _moved(send: Send, receive: Receive) -> None:
    await _send(send, 307, b"", [(b"location", b"http://169.254.169.254/latest/meta-data")])


async def _gone(send: Send, receive: Receive) -> None:
    await _send(send, 410, b"", TEXT)


async def _partly(send: Send, receive: Receive, body: bytes, fault: Fault) -> None:
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [*JSON, (b"content-length", length)]})
    if fault is Fault.TRUNCATED:
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        return
    for place in range(len(body)):
        await send({"type": "http.response.body", "body": body[place : place + 1], "more_body": True})
        await asyncio.sleep(0.01)


REPLIES = {
    Fault.TOO_MANY_FOR_SECONDS: _too_many_for_seconds,
    Fault.TOO_MANY_UNTIL_DATE: _too_many_until_date,
    Fault.UNAVAILABLE: _unavailable,
    Fault.HANG: _hang,
    Fault.HTML: _html,
    Fault.NULL: _null,
    Fault.DRIFT: _drift,
    Fault.NOT_FOUND: _not_found,
    Fault.BROKEN: _broken,
    Fault.MOVED: _moved,
    Fault.GONE: _gone,
}

# Where the numbers of an answer stand, the first of these that it has: a chart's, a balance's, a named one, a pair's.
NUMBERS = (
    re.compile(r'("Venue 2":\s*)(\d{4,})'),
    re.compile(r'("HYPE"[^}]*?"(?:total|maxSupply)":\s*"?)(\d+(?:\.\d+)?)'),
    re.compile(
        r'("(?:px|total|circulatingSupply|current_price|price|total_holdings|totalNetInflow|total_flow_usd|flows'
        r'|amount|circSupply|mcap)":\s*"?)(\d+(?:\.\d+)?)'
    ),
    re.compile(r'(\[\d{9,13},\s*"?)(\d+(?:\.\d+)?)'),
)


def _first_number(body: str, changed: Callable[[str], str]) -> str:
    """The body with its first number changed."""
    place = next((place for place in NUMBERS if place.search(body)), None)
    return place.sub(lambda found: found[1] + changed(found[2]), body, count=1) if place else body


def _spiked(number: str) -> str:
    """More than a thousandfold, and more than any amount of a day."""
    return str(max(150_000_000_000, int(float(number)) * 2_000))


CHANGES: dict[Fault | None, Callable[[str], str]] = {
    Fault.CUT: lambda body: body[: len(body) // 2],
    Fault.NAN: lambda body: _first_number(body, lambda number: "NaN"),
    Fault.SPIKE: lambda body: _first_number(body, _spiked),
}


@contextmanager
def serving(answer: Answer) -> Generator[Standin, None, None]:
    """A stand-in, in a thread of its own, gone at the end."""
    standin = Standin(answer)
    listening = socket.create_server(("127.0.0.1", 0))
    standin.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config = uvicorn.Config(
        standin, log_config=None, access_log=False, lifespan="off", ws="none", loop="asyncio", date_header=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield standin
    finally:
        server.should_exit = server.force_exit = True
        thread.join()
        listening.close()
