"""SIGTERM under load: what was taken is answered whole, and sockets are told to come again."""

import asyncio
import signal
import ssl

import httpx
import pytest

from server.edge import protocol
from tests.server.edge.conftest import Edge, served
from tests.server.edge.serve import SampleSettings, create_app
from tests.server.edge.test_sockets import closed, introduced, say
from tests.server.inside import listening

CLIENTS = 50


async def test_no_request_is_lost_or_cut_when_the_server_is_told_to_end(edge_url: str) -> None:
    answered: list[int] = []
    busy = asyncio.Event()
    # Made once: it takes longer than a request.
    trusted = ssl.create_default_context()

    async def ask_on(edge: Edge) -> None:
        """Ask until the server says that it closes: whoever goes then has lost nothing."""
        async with httpx.AsyncClient(timeout=120, verify=trusted) as http:
            told_to_leave = False
            while not told_to_leave:
                answer = await http.post(edge.path, json={"query": "{ slow(seconds: 0.05) }"})
                assert answer.json()["data"] == {"slow": "done"}
                told_to_leave = answer.headers.get("connection") == "close"
                answered.append(answer.status_code)
                if len(answered) >= 2 * CLIENTS:
                    busy.set()

    async with served(edge_url, {}) as edge:
        asking = [asyncio.create_task(ask_on(edge)) for _ in range(CLIENTS)]
        async with asyncio.timeout(120):
            await busy.wait()
            edge.end()
            await asyncio.gather(*asking)
            status = await edge.ended()

    assert set(answered) == {200}
    assert status == -signal.SIGTERM


async def test_a_socket_is_told_to_come_again(edge_url: str) -> None:
    async with served(edge_url, {}) as edge, introduced(edge) as socket:
        forever = {"query": "subscription { count(to: 1000000, every: 10) }"}
        await say(socket, {"id": "1", "type": "subscribe", "payload": forever})
        edge.end()

        assert await closed(socket) == 1012


async def test_an_event_stream_ends(edge_url: str) -> None:
    query = {"query": "subscription { count(to: 1000000, every: 0.05) }"}
    async with served(edge_url, {}) as edge:
        stream = edge.http.stream("POST", edge.path, json=query, headers={"accept": "text/event-stream"})
        async with stream as answer, asyncio.timeout(20):
            lines = answer.aiter_lines()
            await anext(lines)
            edge.end()
            async for _ in lines:
                pass
        assert await edge.ended() == -signal.SIGTERM


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
