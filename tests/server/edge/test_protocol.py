"""The head of a request: how long, how many headers, how slowly; over bare sockets."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from server.edge.protocol import STATE, limits_of
from tests.server.edge.conftest import Edge, Serving
from tests.server.edge.serve import SampleSettings
from tests.server.inside import listening

END = b"\r\n\r\n"


async def told(edge: Edge, sent: bytes) -> bytes:
    """All that the server says, up to the end of the connection."""
    host, _, port = edge.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent)
    async with asyncio.timeout(20):
        with suppress(ConnectionResetError):
            await writer.drain()
        said = await reader.read()
    writer.close()
    with suppress(ConnectionResetError, BrokenPipeError):
        await writer.wait_closed()
    return said


def head(*headers: bytes) -> bytes:
    lines = (b"GET /graphql?query={hello} HTTP/1.1", b"host: a", b"connection: close", *headers)
    return b"\r\n".join(lines) + END


def status(said: bytes) -> int:
    return int(said.split(b" ", 2)[1])


def padded(size: int) -> bytes:
    """A head of so many bytes, as they are counted: its line without the method and version, and its headers."""
    line = len(b"/graphql?query={hello}")
    return head(b"x: " + b"a" * (size - line - sum(map(len, (b"hosta", b"connectionclose", b"x"))) - 3 * 4))


@pytest.mark.parametrize(("size", "expected"), [(32_768, 200), (32_769, 431)])
async def test_a_head_may_have_so_many_bytes(edge: Edge, size: int, expected: int) -> None:
    assert status(await told(edge, padded(size))) == expected


@pytest.mark.parametrize(("count", "expected"), [(100, 200), (101, 431)])
async def test_a_request_may_have_so_many_headers(edge: Edge, count: int, expected: int) -> None:
    assert status(await told(edge, head(*(b"x%d: a" % number for number in range(count - 2))))) == expected


async def test_a_header_that_never_ends_is_cut_off_as_it_comes(edge: Edge) -> None:
    assert status(await told(edge, b"GET / HTTP/1.1\r\nx: " + b"a" * 40_000)) == 431


async def test_a_flood_of_a_header_is_cut_off(edge: Edge) -> None:
    assert status(await told(edge, padded(20_000_000))) == 431

    assert (await edge.ask("{ hello }")).status_code == 200


async def test_a_head_that_does_not_finish_is_given_up(serving: Serving) -> None:
    async with serving(header_seconds="0.3") as edge:
        assert status(await told(edge, b"GET /graphql HTTP/1.1\r\nhost: a\r\n")) == 408


async def test_a_silent_connection_is_closed(serving: Serving) -> None:
    async with serving(header_seconds="0.3") as edge:
        assert await told(edge, b"") == b""


async def test_the_second_head_of_a_connection_has_its_own_time(serving: Serving) -> None:
    async with serving(header_seconds="0.3") as edge:
        said = await told(edge, b"GET /graphql?query={hello} HTTP/1.1\r\nhost: a" + END + b"GET /graphql HTTP/1.1\r\n")

    assert said.count(b"HTTP/1.1 ") == 2
    assert b"HTTP/1.1 408" in said


async def test_a_body_that_does_not_finish_is_given_up(serving: Serving) -> None:
    async with serving(body_seconds="0.3") as edge:
        sent = b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50" + END + b"{"

        assert status(await told(edge, sent)) == 408


async def test_an_answer_that_nobody_reads_is_cut() -> None:
    gone = asyncio.Event()
    settings = SampleSettings(unread_seconds=0.2)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[dict[str, object], None]:
        yield {STATE: limits_of(settings)}

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.create_task(send_on(send))
        while (await receive())["type"] != "http.disconnect":
            continue
        sending.cancel()
        gone.set()

    app = Starlette(routes=[Mount("/", endless)], lifespan=lifespan)
    async with listening(app, settings) as server, asyncio.timeout(20):
        _, writer = await asyncio.open_connection(*server.url.removeprefix("http://").split(":"))
        writer.write(b"GET / HTTP/1.1\r\nhost: a" + END)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await gone.wait()
        writer.close()


async def send_on(send: Send) -> None:
    """An answer without an end."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": b"." * 100_000, "more_body": True})


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET /\xff HTTP/1.1\r\nhost: a\r\nconnection: close" + END]
)
async def test_what_is_not_http_is_400(edge: Edge, sent: bytes) -> None:
    assert status(await told(edge, sent)) == 400
