"""graphql-sse in distinct connections mode, from a real server."""

import asyncio

import httpx
import pytest

from tests.server.edge.conftest import Edge, Serving

EVENTS = {"accept": "text/event-stream"}


async def events(edge: Edge, query: str, method: str = "POST") -> httpx.Response:
    if method == "GET":
        return await edge.http.get(edge.path, params={"query": query}, headers=EVENTS)
    return await edge.http.post(edge.path, json={"query": query}, headers=EVENTS)


def parts(answer: httpx.Response) -> list[tuple[str, str]]:
    """Kind and data of each event; LF alone ends lines."""
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert "\r" not in answer.text
    found = []
    for event in answer.text.split("\n\n")[:-1]:
        kind, data = event.split("\n")
        found.append((kind.removeprefix("event: "), data.removeprefix("data: ")))
    return found


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_subscription_is_a_stream_of_events(edge: Edge, method: str) -> None:
    found = parts(await events(edge, "subscription { count(to: 2) }", method))

    assert [kind for kind, _ in found] == ["next", "next", "complete"]
    assert [data[:20] for _, data in found] == ['{"data":{"count":1},', '{"data":{"count":2},', ""]


async def test_a_query_is_one_event(edge: Edge) -> None:
    found = parts(await events(edge, "{ hello }"))

    assert [kind for kind, _ in found] == ["next", "complete"]
    assert found[0][1].startswith('{"data":{"hello":"world"},')


@pytest.mark.parametrize("query", ["{", "{nope}", "subscription {count(to: true)}"])
async def test_a_refusal_is_an_event_too(edge: Edge, query: str) -> None:
    answer = await events(edge, query)

    assert answer.status_code == 200
    assert [kind for kind, _ in parts(answer)] == ["next", "complete"]
    assert "errors" in parts(answer)[0][1]


async def test_an_error_in_an_event_is_masked_and_ends_the_stream(edge: Edge) -> None:
    found = parts(await events(edge, "subscription { fail }"))

    assert [kind for kind, _ in found] == ["next", "next", "complete"]
    assert "Internal server error." in found[1][1]
    assert "psycopg" not in found[1][1]


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json", "*/*"])
async def test_a_subscription_needs_a_stream(edge: Edge, accept: str) -> None:
    answer = await edge.http.post(edge.path, json={"query": "subscription { count }"}, headers={"accept": accept})

    assert answer.status_code == (200 if accept == "*/*" else 406)


async def test_an_idle_stream_is_kept_awake(serving: Serving) -> None:
    async with serving(heartbeat_seconds="0.1") as edge:
        answer = await events(edge, "subscription { count(to: 1, every: 0.5) }")

    assert answer.text.count(":\n\n") >= 3
    assert "event: complete" in answer.text


async def test_a_stream_ends_when_its_time_is_over(serving: Serving) -> None:
    async with serving(socket_seconds="0.2") as edge:
        answer = await events(edge, "subscription { count(to: 100, every: 0.05) }")

    assert "event: next" in answer.text
    assert "event: complete" not in answer.text


async def test_more_streams_than_allowed_are_429(serving: Serving) -> None:
    query = "subscription { count(to: 10, every: 0.2) }"
    async with serving(max_sockets="1") as edge:
        held = edge.http.stream("POST", edge.path, json={"query": query}, headers=EVENTS)
        async with held as first:
            lines = first.aiter_lines()
            await anext(lines)
            refused = await events(edge, query)
        async with asyncio.timeout(5):
            while (await events(edge, "{ hello }")).status_code == 429:
                continue

    assert refused.status_code == 429
    assert refused.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_CONNECTIONS"
