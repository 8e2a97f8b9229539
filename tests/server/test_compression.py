"""Answers as small as their reader can take them."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest
from asgi_lifespan import LifespanManager
from pydantic import SecretStr
from starlette.types import ASGIApp

from models.store import Store
from server.app import create_app
from server.settings import Settings
from tests.builders import protocol_fact, published
from tests.server.processes import serving

INTROSPECTION = {"query": "{ __schema { types { name description fields { name } } } }"}
PROTOCOLS = {"query": "{ protocols(first: 100) { nodes { id name slug } } }"}
SMALL = {"query": "{ __typename }"}


async def filled(store: Store) -> str:
    """The address of a store with so much in it that answers are worth compressing."""
    await published(store, *(protocol_fact(f"protocol-{number}") for number in range(100)))
    return store.url.render_as_string(hide_password=False)


@pytest.fixture
async def app(sqlite_store: Store) -> AsyncGenerator[ASGIApp, None]:
    app = create_app(Settings(database_url=SecretStr(await filled(sqlite_store))))
    async with LifespanManager(app) as running:
        yield running.app


@pytest.fixture
async def client(app: ASGIApp) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client:
        yield client


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("br", "br"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=0.5, br;q=0.9", "br"),
        ("gzip;q=1.0, br;q=0.9, zstd;q=0.1", "gzip"),
        ("GZIP, zstd;q=0.5, *;q=0.1", "gzip"),
        ("*;q=0.5, gzip;q=0.9", "gzip"),
        ("identity;q=0.5, gzip;q=0.1", None),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("gzip;q=nonsense", None),
        ("gzip, br;q=0, zstd;q=0", "gzip"),
        ("*", "zstd"),
        ("identity", None),
        ("gzip;q=0", None),
        ("notgzip", None),
        ("", None),
    ],
)
async def test_an_answer_has_an_encoding_that_its_reader_takes(
    client: httpx.AsyncClient, accepted: str, encoding: str | None
) -> None:
    answer = await client.post("/graphql", json=INTROSPECTION, headers={"accept-encoding": accepted})

    assert answer.headers.get("content-encoding") == encoding
    assert "Accept-Encoding" in answer.headers["vary"]
    assert answer.json()["data"]["__schema"]["types"]


async def test_an_answer_to_a_get_in_the_other_media_type_is_compressed_too(client: httpx.AsyncClient) -> None:
    headers = {"accept": "application/graphql-response+json", "accept-encoding": "gzip"}

    answer = await client.get("/graphql", params=INTROSPECTION, headers=headers)
    again = await client.get(
        "/graphql", params=INTROSPECTION, headers={**headers, "if-none-match": answer.headers["etag"]}
    )

    assert (answer.headers["content-encoding"], answer.headers["content-type"].partition(";")[0]) == (
        "gzip",
        "application/graphql-response+json",
    )
    assert (again.status_code, again.content) == (304, b"")


async def test_a_small_answer_goes_as_it_is(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json=SMALL, headers={"accept-encoding": "gzip"})

    assert "content-encoding" not in answer.headers


async def test_events_are_not_compressed(client: httpx.AsyncClient) -> None:
    headers = {"accept": "text/event-stream", "accept-encoding": "gzip, br, zstd"}

    answer = await client.post("/graphql", json=INTROSPECTION, headers=headers)

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in answer.headers
    assert answer.text.startswith("event: next")


async def test_an_answer_given_again_is_encoded_for_its_reader(sqlite_store: Store, tmp_path: Path) -> None:
    url = await filled(sqlite_store)

    async with serving(url, cwd=tmp_path) as server, httpx.AsyncClient(base_url=server.url) as client:
        answers = [
            await client.post("/graphql", json=PROTOCOLS, headers={"accept-encoding": accepted})
            for accepted in ("gzip", "br", "identity") * 4
        ]
        metrics = (await client.get("/metrics")).text

    assert [answer.headers.get("content-encoding") for answer in answers] == ["gzip", "br", None] * 4
    assert len({answer.text.partition('"extensions"')[0] for answer in answers}) == 1
    again = re.search(r'^accrual_cache_hits_total{cache="sent"} (.+)$', metrics, re.MULTILINE)
    assert again is not None
    assert float(again[1]) >= 3
