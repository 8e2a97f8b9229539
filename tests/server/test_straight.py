"""A query that needs no waiting is answered straight: in the words, with the headers and the price of the long way."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from asgi_lifespan import LifespanManager
from pydantic import SecretStr
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.testing import capture_logs

from graph.execution import Job
from models.store import Store
from resolvers.caller import Caller
from server.app import create_app
from server.edge.parameters import Parameters
from server.edge.straight import Straight
from server.edge.strictjson import StrictJson
from server.settings import Settings
from tests.builders import protocol_fact, published

# One leaf under a name of its own makes a document that was never asked.
TEXT = "query Q($n: Int) { protocols(first: $n) { nodes { %s: slug name } } }"
AGENTS = {"browser": {"accept-encoding": "gzip, br", "origin": "https://a.example"}, "program": {}}


@pytest.fixture
async def client(sqlite_store: Store) -> AsyncGenerator[httpx.AsyncClient, None]:
    """Of a server that knows its epoch."""
    await published(sqlite_store, *(protocol_fact(f"protocol-{number}") for number in range(60)))
    app: Any = create_app(Settings(database_url=SecretStr(sqlite_store.url.render_as_string(hide_password=False))))
    async with LifespanManager(app) as running:
        transport = httpx.ASGITransport(at_once(running.app))
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as client, asyncio.timeout(30):
            client.headers.pop("accept-encoding")
            while app.front.epoch() is None:
                await client.get("/readyz")
            yield client


def at_once(app: ASGIApp) -> ASGIApp:
    """An application given each body in one message, as uvicorn does where it came in one."""

    async def whole(scope: Scope, receive: Receive, send: Send) -> None:
        parts = [await receive()] if scope["type"] == "http" else []
        while parts and parts[-1].get("more_body"):
            parts.append(await receive())
        body = {"type": "http.request", "body": b"".join(part["body"] for part in parts), "more_body": False}

        async def given() -> Message:
            return body

        await app(scope, given, send)

    return whole


async def ask(client: httpx.AsyncClient, text: str, count: Any = 50, **headers: str) -> httpx.Response:
    return await client.post("/graphql", json={"query": text, "variables": {"n": count}}, headers=headers)


def straight(answer: httpx.Response, other: httpx.Response) -> bool:
    """Whether both were: the ids that are given out there begin alike."""
    return answer.headers["x-request-id"][:24] == other.headers["x-request-id"][:24]


@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("count", [1, 50])
async def test_it_differs_from_the_long_way_in_nothing_but_its_id(
    client: httpx.AsyncClient, agent: str, count: int
) -> None:
    headers = AGENTS[agent]
    await ask(client, TEXT % "warm", count, **headers)

    # Whoever names an id is answered the long way.
    long = await ask(client, TEXT % "first", count, **headers, **{"x-request-id": "mine"})
    short, another = [await ask(client, TEXT % name, count, **headers) for name in ("third", "fifth")]

    assert straight(short, another)
    assert short.json() == {**long.json(), "data": _renamed(long.json()["data"], "third")}
    told: list[dict[str, Any]] = [{**answer.headers} for answer in (short, long)]
    for each in told:
        # The one body is as long as the other until it is compressed.
        del each["x-request-id"], each["content-length"]
        each["vary"] = str(sorted(each["vary"].split(", ")))
    assert told[0] == told[1]
    assert len(set(short.headers["vary"].split(", "))) == len(short.headers["vary"].split(", "))
    assert len(short.json()["data"]["protocols"]["nodes"]) == count


def _renamed(data: Any, name: str) -> Any:
    nodes = [{name: node["first"], "name": node["name"]} for node in data["protocols"]["nodes"]]
    return {"protocols": {"nodes": nodes}}


async def test_what_was_asked_before_costs_a_point_and_then_nothing_of_ours(client: httpx.AsyncClient) -> None:
    await ask(client, TEXT % "warm")

    costs = [(await ask(client, TEXT % "a")).json()["extensions"]["cost"]["actualQueryCost"] for _ in range(3)]

    assert costs[0] > 1
    assert costs[1:] == [1, 1]


@pytest.mark.parametrize(
    ("text", "count", "code"),
    [
        ("{ nope }", 1, "GRAPHQL_VALIDATION_FAILED"),
        (TEXT % "b", "many", "BAD_USER_INPUT"),
        (TEXT % "b", 101, "BAD_USER_INPUT"),
        ('query Q($n: Int) { protocols(first: $n, after: "x") { nodes { slug } } }', 1, "BAD_USER_INPUT"),
    ],
)
async def test_a_mistake_has_the_same_words(client: httpx.AsyncClient, text: str, count: Any, code: str) -> None:
    await ask(client, TEXT % "warm", 1)

    long = await ask(client, text, count, **{"x-request-id": "mine"})
    short = await ask(client, text, count)

    assert short.json()["errors"] == long.json()["errors"]
    assert short.json()["errors"][0]["extensions"]["code"] == code


async def test_an_integer_of_more_than_64_bits_is_no_failure(client: httpx.AsyncClient) -> None:
    body = {"query": TEXT % "wide", "variables": {"n": 1, "x": 2**64}}

    posted = await client.post("/graphql", json=body)
    got = await client.get("/graphql", params={"query": body["query"], "variables": json.dumps(body["variables"])})

    assert [answer.status_code for answer in (posted, got)] == [200, 200]
    assert posted.json()["data"] == got.json()["data"]
    assert len(posted.json()["data"]["protocols"]["nodes"]) == 1


async def test_the_clock_and_the_caller_are_never_answered_from_memory(client: httpx.AsyncClient) -> None:
    await ask(client, TEXT % "warm", 1)
    text = "{ rateLimit { cost } meta { epoch { number } } }"

    first, second = [await client.post("/graphql", json={"query": text}) for _ in range(2)]

    assert not straight(first, second)
    assert first.json()["data"] == second.json()["data"]


async def test_it_is_counted_like_any_request(client: httpx.AsyncClient) -> None:
    await ask(client, TEXT % "warm", 2)
    before = await counted(client)

    await ask(client, TEXT % "c", 2)

    assert await counted(client) == before + 1


async def test_it_is_logged_like_any_request(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "server.requests")
    await ask(client, TEXT % "warm", 2)

    with capture_logs() as logged:
        long = await ask(client, TEXT % "logged", 2, **{"x-request-id": "mine"})
        short = await ask(client, TEXT % "logged", 2)

    lines = [each for each in logged if each["event"] == "request"]
    assert len(lines) == 2
    assert lines[1].pop("request_id") == short.headers["x-request-id"] != long.headers["x-request-id"]
    for line in lines:
        assert line.pop("milliseconds") >= 0
        line.pop("request_id", None)
    assert lines[0] == lines[1]
    assert (lines[1]["operation"], lines[1]["key"], lines[1]["status"]) == ("Q", None, 200)


def test_a_failure_to_look_at_a_request_is_logged_and_a_mistake_is_not() -> None:
    def found(request: Parameters, caller: Caller) -> Job:
        raise KeyError(request.query)

    operations: Any = SimpleNamespace(settings=Settings(), found=found)
    broken: Any = Straight(operations, StrictJson(), operations, lambda caller: operations)

    with capture_logs() as logged:
        assert broken.answer(b"[]", Caller("someone")) is None
        assert logged == []
        assert broken.answer(b'{"query":"{ meta }"}', Caller("someone")) is None

    assert [each["event"] for each in logged] == ["a request can't be looked at straight"]


async def counted(client: httpx.AsyncClient) -> float:
    """POST requests that were answered."""
    line = 'accrual_http_requests_total{method="POST",route="/graphql",status="200"} '
    return sum(float(each[len(line) :]) for each in (await client.get("/metrics")).text.splitlines() if line in each)
