"""graphql-transport-ws, message by message, from a real server."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from tests.server.edge.conftest import Edge, Serving

PROTOCOL = Subprotocol("graphql-transport-ws")
COUNT = {"query": "subscription { count(to: 2) }"}
FOREVER = {"query": "subscription { count(to: 1000000, every: 10) }"}


@asynccontextmanager
async def opened(edge: Edge, **options: Any) -> AsyncGenerator[ClientConnection, None]:
    address = edge.path.replace("http", "ws", 1)
    async with connect(address, subprotocols=[PROTOCOL], ping_interval=None, **options) as socket:
        yield socket


@asynccontextmanager
async def introduced(edge: Edge) -> AsyncGenerator[ClientConnection, None]:
    async with opened(edge) as socket:
        await say(socket, {"type": "connection_init"})
        assert await heard(socket) == {"type": "connection_ack"}
        yield socket


async def say(socket: ClientConnection, message: Any) -> None:
    await socket.send(message if isinstance(message, str | bytes) else json.dumps(message))


async def heard(socket: ClientConnection) -> Any:
    async with asyncio.timeout(10):
        return json.loads(await socket.recv())


async def closed(socket: ClientConnection) -> int | None:
    """The code the server closes with, whatever it says before; pings are answered."""
    async with asyncio.timeout(10):
        with suppress(ConnectionClosed):
            while True:
                if json.loads(await socket.recv())["type"] == "ping":
                    await say(socket, {"type": "pong"})
    return socket.close_code


async def test_a_subscription_sends_its_events_and_completes(edge: Edge) -> None:
    async with introduced(edge) as socket:
        await say(socket, {"id": "1", "type": "subscribe", "payload": COUNT})
        messages = [await heard(socket) for _ in range(3)]

    assert [message["type"] for message in messages] == ["next", "next", "complete"]
    assert [message["payload"]["data"] for message in messages[:2]] == [{"count": 1}, {"count": 2}]
    assert messages[0]["payload"]["extensions"]["epoch"] == 1


async def test_a_query_is_answered_and_completed(edge: Edge) -> None:
    async with introduced(edge) as socket:
        await say(socket, {"id": "1", "type": "subscribe", "payload": {"query": "{ hello }"}})
        messages = [await heard(socket) for _ in range(2)]

    assert messages[0]["payload"]["data"] == {"hello": "world"}
    assert messages[1] == {"id": "1", "type": "complete"}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{nope}"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query A {hello} query B {hello}"}, "OPERATION_RESOLUTION_FAILURE"),
        ({"query": "{books(first: 9000) {title}}"}, "COST_LIMIT_EXCEEDED"),
        ({"documentId": "sha256:" + "0" * 64}, "PERSISTED_DOCUMENT_NOT_FOUND"),
    ],
)
async def test_a_refused_operation_is_an_error_and_the_socket_lives(
    edge: Edge, payload: dict[str, Any], code: str
) -> None:
    async with introduced(edge) as socket:
        await say(socket, {"id": "1", "type": "subscribe", "payload": payload})
        refused = await heard(socket)
        await say(socket, {"id": "1", "type": "subscribe", "payload": {"query": "{ hello }"}})
        answered = await heard(socket)

    assert (refused["type"], refused["id"]) == ("error", "1")
    assert [error["extensions"]["code"] for error in refused["payload"]] == [code]
    assert answered["payload"]["data"] == {"hello": "world"}


@pytest.mark.parametrize(
    "message",
    [
        "1",
        "null",
        "[]",
        '"x"',
        "true",
        "{",
        "[" * 50_000,
        '{"type": 1}',
        '{"type": "nope"}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "1", "payload": null}',
        '{"type": "subscribe", "id": "1", "payload": "x"}',
        '{"type": "subscribe", "id": "1", "payload": {}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{hello}", "variables": []}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{hello}", "operationName": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{hello}", "extensions": "x"}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{hello}", "variables": {"a": ' + "1" * 5_000 + "}}}",
        '{"type": "subscribe", "id": {}, "payload": {"query": "{hello}"}}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{hello}"}}',
        '{"type": "complete"}',
        '{"type": "ping", "payload": "x"}',
        b"\x00\x01",
        '{"type": "ping", "type": "ping"}',
    ],
)
async def test_a_message_that_is_not_sound_closes_with_4400(edge: Edge, message: str | bytes) -> None:
    async with introduced(edge) as socket:
        await say(socket, message)

        assert await closed(socket) == 4400


async def test_a_message_that_is_too_long_closes_with_1009(edge: Edge) -> None:
    async with introduced(edge) as socket:
        await say(socket, '{"type": "ping"}' + " " * 262_144)

        assert await closed(socket) == 1009


async def test_a_payload_of_null_opens_the_conversation(edge: Edge) -> None:
    async with opened(edge) as socket:
        await say(socket, {"type": "connection_init", "payload": None})

        assert await heard(socket) == {"type": "connection_ack"}


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "subscribe", "id": "1", "payload": COUNT}], 4401),
        ([{"type": "complete", "id": "1"}], 4401),
        ([{"type": "connection_init", "payload": "x"}], 4400),
        ([{"type": "connection_init", "payload": {"X-API-Key": "accrual_live_nope"}}], 4403),
        ([{"type": "connection_init", "payload": {"Authorization": "Basic eDp5"}}], 4403),
        ([{"type": "connection_init"}, {"type": "connection_init"}], 4429),
        (
            [
                {"type": "connection_init"},
                {"type": "subscribe", "id": "1", "payload": FOREVER},
                {"type": "subscribe", "id": "1", "payload": FOREVER},
            ],
            4409,
        ),
    ],
)
async def test_breaking_the_protocol_closes_with_its_code(edge: Edge, messages: list[Any], code: int) -> None:
    async with opened(edge) as socket:
        for message in messages:
            await say(socket, message)

        assert await closed(socket) == code


async def test_a_ping_is_answered_before_and_after_the_introduction(edge: Edge) -> None:
    async with opened(edge) as socket:
        await say(socket, {"type": "ping", "payload": {"a": 1}})
        before = await heard(socket)
        await say(socket, {"type": "connection_init"})
        await heard(socket)
        await say(socket, {"type": "ping"})
        after = await heard(socket)

    assert (before, after) == ({"type": "pong", "payload": {"a": 1}}, {"type": "pong"})


async def test_an_id_is_free_once_its_operation_is_completed(edge: Edge) -> None:
    async with introduced(edge) as socket:
        await say(socket, {"id": "1", "type": "subscribe", "payload": FOREVER})
        await say(socket, {"id": "1", "type": "complete"})
        await say(socket, {"id": "1", "type": "subscribe", "payload": {"query": "{ hello }"}})
        answered = await heard(socket)

    assert answered["payload"]["data"] == {"hello": "world"}


async def test_operations_of_a_socket_run_beside_each_other(edge: Edge) -> None:
    async with introduced(edge) as socket:
        await say(socket, {"id": "slow", "type": "subscribe", "payload": {"query": "{ slow(seconds: 5) }"}})
        await say(socket, {"id": "fast", "type": "subscribe", "payload": {"query": "{ hello }"}})
        first = await heard(socket)

    assert first["id"] == "fast"


async def test_an_error_in_an_event_is_masked(edge: Edge) -> None:
    async with introduced(edge) as socket:
        await say(socket, {"id": "1", "type": "subscribe", "payload": {"query": "subscription { fail }"}})
        messages = [await heard(socket) for _ in range(2)]

    assert messages[0]["payload"]["data"] == {"fail": 1}
    assert "psycopg" not in json.dumps(messages)
    assert messages[1]["payload"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"


async def test_another_subprotocol_closes_with_4406(edge: Edge) -> None:
    address = edge.path.replace("http", "ws", 1)
    async with connect(address, subprotocols=[Subprotocol("graphql-ws")], ping_interval=None) as socket:
        assert await closed(socket) == 4406


async def test_silence_at_the_start_closes_with_4408(serving: Serving) -> None:
    async with serving(socket_init_seconds="0.2") as edge, opened(edge) as socket:
        assert await closed(socket) == 4408


async def test_silence_later_ends_the_socket(serving: Serving) -> None:
    async with serving(socket_ping_seconds="0.1") as edge, introduced(edge) as socket:
        assert await heard(socket) == {"type": "ping"}

        with pytest.raises(ConnectionClosed):
            await heard(socket)
        assert socket.close_code == 1001


async def test_a_socket_that_answers_pings_lives_until_it_is_to_reconnect(serving: Serving) -> None:
    async with serving(socket_ping_seconds="0.1", socket_seconds="0.7") as edge, introduced(edge) as socket:
        for _ in range(3):
            assert await heard(socket) == {"type": "ping"}
            await say(socket, {"type": "pong"})

        assert await closed(socket) == 1012


async def test_more_operations_than_allowed_are_refused_at_once(serving: Serving) -> None:
    async with serving(max_socket_operations="2") as edge, introduced(edge) as socket:
        for number in range(3):
            await say(socket, {"id": str(number), "type": "subscribe", "payload": FOREVER})
        refused = await heard(socket)

    assert (refused["id"], refused["payload"][0]["extensions"]["code"]) == ("2", "TOO_MANY_OPERATIONS")


async def test_more_sockets_than_allowed_are_closed(serving: Serving) -> None:
    async with serving(max_sockets="1") as edge, introduced(edge), opened(edge) as second:
        await say(second, {"type": "connection_init"})

        assert await closed(second) == 4429


async def test_a_foreign_origin_is_turned_away(serving: Serving) -> None:
    async with serving(allowed_origins='["https://ours.example"]') as edge:
        async with opened(edge, origin="https://ours.example"):
            pass
        with pytest.raises(InvalidStatus) as refused:
            async with opened(edge, origin="https://theirs.example"):
                pass

    assert refused.value.response.status_code == 403
