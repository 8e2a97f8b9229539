"""A client that loads one server: so many connections, each with the next request as soon as it has an answer."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import cast
from urllib.parse import urlsplit

HEADER_END = b"\r\n\r\n"
LENGTH = b"content-length: "


class LoadError(Exception):
    """A server that does not answer as it should."""


@dataclass(slots=True)
class Result:
    """What came back: `latencies` in seconds, one per answer, and how long the whole took.

    `last` is an answer with its header, which ends at `start`.
    """

    latencies: list[float] = field(default_factory=list[float])
    elapsed: float = 0.0
    last: bytearray = field(default_factory=bytearray)
    start: int = 0

    @property
    def body(self) -> bytes:
        return bytes(self.last[self.start :])

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.elapsed

    def percentile_ms(self, percent: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000


async def load(url: str, requests: Iterator[bytes], connections: int, seconds: float) -> Result:
    """Send what `requests` gives until the time or they are over; raises LoadError at the first wrong answer."""
    result, loop = Result(), asyncio.get_running_loop()
    host, _, port = urlsplit(url).netloc.partition(":")
    started = perf_counter()
    made = [
        await loop.create_connection(lambda: _Connection(requests, result, started + seconds), host, int(port))
        for _ in range(connections)
    ]
    try:
        await asyncio.gather(*(protocol.done for _, protocol in made))
    finally:
        for transport, _ in made:
            transport.close()
    result.elapsed = perf_counter() - started
    return result


class _Connection(asyncio.Protocol):
    """One keep-alive connection with one request under way."""

    def __init__(self, requests: Iterator[bytes], result: Result, deadline: float) -> None:
        self.requests, self.result, self.deadline = requests, result, deadline
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = bytearray()
        # Where the answer's header ends, and how many bytes there are in all once that is known.
        self.header, self.expected = 0, cast("int | None", None)
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self.received += data
        if self.expected is None:
            self.header = self.received.find(HEADER_END)
            if self.header < 0:
                return
            start = self.received.find(LENGTH, 0, self.header) + len(LENGTH)
            length = int(self.received[start : self.received.find(b"\r", start)])
            self.expected = self.header + len(HEADER_END) + length
        if len(self.received) >= self.expected:
            self._answered(self.header + len(HEADER_END))

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or LoadError("the server closed the connection"))

    def _answered(self, start: int) -> None:
        now = perf_counter()
        self.result.latencies.append(now - self.sent_at)
        # Errors stand first in the product's answers and last in the reference's.
        wrong = self.received.startswith(b'{"errors"', start) or self.received.find(b'"errors":[', -300) >= start
        if wrong or not self.received.startswith(b"HTTP/1.1 200"):
            self.done.set_exception(LoadError(bytes(self.received[:1_000]).decode(errors="replace")))
            return
        self.result.last, self.result.start = self.received, start
        self.received, self.expected = bytearray(), None
        if now < self.deadline:
            self._send()
        else:
            self.done.set_result(None)

    def _send(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.done.set_result(None)
            return
        self.sent_at = perf_counter()
        self.transport.write(request)


def post(path: str, body: bytes) -> bytes:
    """A request as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\naccept: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body
