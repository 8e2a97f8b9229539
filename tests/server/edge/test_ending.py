"""SIGTERM under load: what was taken is answered whole, and sockets are told to come again."""

import asyncio
import signal
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from server.edge import protocol
from tests.server.edge.conftest import Edge, served_product
from tests.server.edge.serve import SampleSettings, create_app
from tests.server.edge.test_sockets import closed, introduced, say
from tests.server.inside import listening

CLIENTS = 50
LISTED = "{ protocols(first: 3) { nodes { slug revenue { value } } } }"
EPOCHS = {"query": "subscription { epochPublished { number } }"}


@pytest.fixture
async def product(market_url: str, tmp_path: Path) -> AsyncGenerator[Edge, None]:
    """Of the test's own: it is told to end."""
    async with served_product(market_url, tmp_path) as edge:
        yield edge


async def test_no_request_is_lost_or_cut_when_the_server_is_told_to_end(product: Edge) -> None:
    """With a socket and an event stream beside, which are told to come again."""
    answered: list[int] = []
    busy = asyncio.Event()
    # Made once: it takes longer than a request.
    trusted = ssl.create_default_context()

    async def ask_on(number: int) -> None:
        """Ask until the server says that it closes: whoever goes then has lost nothing."""
        async with httpx.AsyncClient(timeout=120, verify=trusted) as http:
            told_to_leave = False
            while not told_to_leave:
                answer = await asked(http, product, number + len(answered))
                assert answer.json()["data"]["protocols"]["nodes"][0]["slug"] == "hyperliquid"
                told_to_leave = answer.headers.get("connection") == "close"
                answered.append(answer.status_code)
                if len(answered) >= 4 * CLIENTS:
                    busy.set()

    async with asyncio.timeout(120), introduced(product) as socket, streaming(product) as lines:
        await say(socket, {"id": "1", "type": "subscribe", "payload": EPOCHS})
        asking = [asyncio.create_task(ask_on(number)) for number in range(CLIENTS)]
        await busy.wait()
        product.end()
        left = await closed(socket)
        said = [line async for line in lines]
        await asyncio.gather(*asking)
        status = await product.ended()

    assert set(answered) == {200}
    assert (left, said) == (1012, [])
    assert status == -signal.SIGTERM


async def asked(http: httpx.AsyncClient, edge: Edge, number: int) -> httpx.Response:
    """By turns a query that is kept, one that is new, and the long way."""
    if number % 3 == 0:
        return await http.get(edge.path, params={"query": LISTED})
    return await http.post(edge.path, json={"query": LISTED if number % 3 == 1 else f"{LISTED}#{number}"})


@asynccontextmanager
async def streaming(edge: Edge) -> AsyncGenerator[AsyncIterator[str], None]:
    """The lines of an event stream that has begun."""
    async with edge.http.stream("POST", edge.path, json=EPOCHS, headers={"accept": "text/event-stream"}) as answer:
        yield answer.aiter_lines()


async def test_a_request_that_was_sent_when_the_server_ended_is_answered(
    edge_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a connection that was kept open, and in two parts."""
    monkeypatch.setattr(protocol, "LINGER_SECONDS", 3_600)
    settings, request = SampleSettings(), b"GET /graphql?query={hello} HTTP/1.1\r\nhost: a\r\n\r\n"
    async with listening(create_app(edge_url, settings), settings) as server, asyncio.timeout(20):
        reader, writer = await asyncio.open_connection(*server.url.removeprefix("http://").split(":"))
        writer.write(request)
        first = await reader.readuntil(b"}}}")
        for connection in list(server.server_state.connections):
            connection.shutdown()
        writer.write(request[:20])
        await writer.drain()
        writer.write(request[20:])
        rest = await reader.read()
        writer.close()

    assert [said.count(b'"data":{"hello":"world"}') for said in (first, rest)] == [1, 1]


async def test_a_connection_on_which_nothing_comes_is_closed_at_the_end(
    edge_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "LINGER_SECONDS", 0)
    settings = SampleSettings()
    async with listening(create_app(edge_url, settings), settings) as server, asyncio.timeout(20):
        reader, writer = await asyncio.open_connection(*server.url.removeprefix("http://").split(":"))
        writer.write(b"GET /graphql?query={hello} HTTP/1.1\r\nhost: a\r\n\r\n")
        await reader.readuntil(b"}}}")
        for connection in list(server.server_state.connections):
            connection.shutdown()
        assert await reader.read() == b""
        writer.close()
