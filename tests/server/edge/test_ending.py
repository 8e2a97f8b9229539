"""SIGTERM under load: what was taken is answered whole, and sockets are told to come again."""

import asyncio
import signal

import httpx

from tests.server.edge.conftest import Edge, served
from tests.server.edge.test_sockets import closed, introduced, say

CLIENTS = 50


async def test_no_request_is_lost_or_cut_when_the_server_is_told_to_end(edge_url: str) -> None:
    answered: list[int] = []
    busy = asyncio.Event()

    async def ask_on(edge: Edge) -> None:
        """Ask until the server says that it closes: whoever goes then has lost nothing."""
        async with httpx.AsyncClient(timeout=30) as http:
            told_to_leave = False
            while not told_to_leave:
                answer = await http.post(edge.path, json={"query": "{ slow(seconds: 0.05) }"})
                assert answer.json()["data"] == {"slow": "done"}
                told_to_leave = answer.headers.get("connection") == "close"
                answered.append(answer.status_code)
                if len(answered) >= 4 * CLIENTS:
                    busy.set()

    async with served(edge_url, {}) as edge:
        asking = [asyncio.create_task(ask_on(edge)) for _ in range(CLIENTS)]
        async with asyncio.timeout(30):
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
