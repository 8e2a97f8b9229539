"""What browsers are told: which pages may call, and how an answer may be used."""

import pytest

from tests.server.edge.conftest import Edge, Serving

ASKING = {
    "origin": "https://ours.example",
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type,x-api-key",
}


async def test_any_page_may_call_without_credentials(edge: Edge) -> None:
    asked = await edge.http.options(edge.path, headers=ASKING)
    answer = await edge.http.post(edge.path, json={"query": "{ hello }"}, headers={"origin": "https://ours.example"})

    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == "*"
    assert asked.headers["access-control-max-age"] == "86400"
    assert {"content-type", "x-api-key"} <= set(asked.headers["access-control-allow-headers"].lower().split(", "))
    assert "access-control-allow-credentials" not in asked.headers
    assert "RateLimit" in answer.headers["access-control-expose-headers"]


async def test_only_the_allowed_pages_may_call(serving: Serving) -> None:
    async with serving(allowed_origins='["https://ours.example"]') as edge:
        ours = await edge.http.options(edge.path, headers=ASKING)
        theirs = await edge.http.options(edge.path, headers={**ASKING, "origin": "https://theirs.example"})

    assert ours.headers["access-control-allow-origin"] == "https://ours.example"
    assert theirs.status_code == 400
    assert "access-control-allow-origin" not in theirs.headers


@pytest.mark.parametrize("query", ["{ hello }", "{ nope }"])
async def test_an_answer_is_not_kept_unasked(edge: Edge, query: str) -> None:
    answer = await edge.ask(query)

    assert answer.headers["cache-control"] == "no-store"
    assert {"accept", "authorization", "origin", "x-api-key"} <= set(answer.headers["vary"].lower().split(", "))
    assert "server" not in answer.headers
