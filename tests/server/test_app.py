"""The application's own routes, on stores in every condition."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from asgi_lifespan import LifespanManager
from pydantic import SecretStr

from models.store import Store
from server import pages
from server.app import create_app
from server.pages import SDL
from server.settings import Settings
from sync.generate import SYNTHETIC, World, facts_of
from sync.publish import publish
from tests.builders import TODAY


@asynccontextmanager
async def client_of(url: str) -> AsyncGenerator[httpx.AsyncClient, None]:
    app = create_app(Settings(database_url=SecretStr(url)))
    async with (
        LifespanManager(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client,
    ):
        yield client


@pytest.fixture
async def filled(store: Store) -> Store:
    async with store.publishing() as publication:
        await publish(publication, {SYNTHETIC: facts_of(World(3, 40, 2, TODAY))}, note=SYNTHETIC)
    return store


async def test_a_filled_store_is_ready_and_says_how_fresh_it_is(filled: Store, url: str) -> None:
    async with client_of(url) as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], body["reason"], body["epoch"]) == ("ready", None, 1)
    assert body["dataThrough"]["REVENUE"] == TODAY.isoformat()
    assert body["publishedAt"].endswith("+00:00")


async def test_an_empty_store_is_not_ready(store: Store, url: str) -> None:
    async with client_of(url) as client:
        answer = await client.get("/readyz")

    assert (answer.status_code, answer.json()["reason"]) == (503, "nothing is published yet")


async def test_a_store_without_tables_is_not_ready(tmp_path: Path) -> None:
    async with client_of(f"sqlite+aiosqlite:///{tmp_path}/bare.db") as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["reason"].startswith("the store's schema is missing, this program needs ")


async def test_an_unreachable_store_is_not_ready_and_its_address_is_not_told() -> None:
    async with client_of("postgresql+asyncpg://somebody:hunter2@127.0.0.1:1/nowhere") as client:
        ready, alive, metrics = [await client.get(path) for path in ("/readyz", "/livez", "/metrics")]

    assert (ready.status_code, ready.json()["reason"]) == (503, "the store can't be reached")
    assert "127.0.0.1" not in ready.text
    assert alive.status_code == 200
    assert "accrual_ready 0.0" in metrics.text


async def test_a_query_of_an_empty_store_is_refused_with_a_code(store: Store, url: str) -> None:
    async with client_of(url) as client:
        answer = await client.post("/graphql", json={"query": "{ meta { epoch { number } } }"})

    assert answer.status_code == 503
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["BEFORE_FIRST_EPOCH"]


async def test_metrics_count_requests_by_route_and_never_by_what_was_asked_for(filled: Store, url: str) -> None:
    async with client_of(url) as client:
        await client.get("/livez")
        await client.get("/made/up/path")
        await client.request("BREW", "/livez")
        text = (await client.get("/metrics")).text

    assert 'accrual_http_requests_total{method="GET",route="/livez",status="200"}' in text
    assert 'accrual_http_requests_total{method="GET",route="other",status="404"}' in text
    assert 'accrual_http_requests_total{method="other",route="/livez",status="405"}' in text
    assert "made/up" not in text
    assert "BREW" not in text
    assert "accrual_epoch 1.0" in text
    assert "accrual_ready 1.0" in text


async def test_the_schema_is_served_as_text(tmp_path: Path) -> None:
    async with client_of(f"sqlite+aiosqlite:///{tmp_path}/bare.db") as client:
        answer = await client.get("/schema.graphql")

    assert answer.text == SDL
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/", "/graphiql", "/docs", "/p/hyperliquid", "/status"])
async def test_where_the_pages_were_not_built_the_server_says_so(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "STATIC", tmp_path / "nothing")
    async with client_of(f"sqlite+aiosqlite:///{tmp_path}/bare.db") as client:
        answer = await client.get(path)

    assert answer.status_code == 503
    assert "make web" in answer.text


@pytest.mark.parametrize("name", ["../app.py", "..%2f..%2fapp.py", "%2e%2e/%2e%2e/pages.py", "kept/", "nothing.js"])
async def test_nothing_but_the_built_files_is_served(name: str, tmp_path: Path) -> None:
    async with client_of(f"sqlite+aiosqlite:///{tmp_path}/bare.db") as client:
        answer = await client.get(f"/assets/{name}")

    assert answer.status_code == 404


@pytest.mark.parametrize("sent", ["0af7651916cd43dd", "a-b_c.D", "x" * 64])
async def test_a_sound_request_id_goes_back(sent: str, tmp_path: Path) -> None:
    async with client_of(f"sqlite+aiosqlite:///{tmp_path}/bare.db") as client:
        answer = await client.get("/livez", headers={"X-Request-ID": sent})

    assert answer.headers["x-request-id"] == sent


@pytest.mark.parametrize("sent", [None, "", "x" * 65, "two words", "new\tline", 'quote"'])
async def test_otherwise_a_request_gets_an_id_of_ours(sent: str | None, tmp_path: Path) -> None:
    async with client_of(f"sqlite+aiosqlite:///{tmp_path}/bare.db") as client:
        answer = await client.get("/livez", headers={} if sent is None else {"X-Request-ID": sent})

    assert answer.headers["x-request-id"] != sent
    assert len(answer.headers["x-request-id"]) == 32
