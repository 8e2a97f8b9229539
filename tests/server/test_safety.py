"""What every answer tells a browser, whatever its route and status."""

from collections.abc import AsyncGenerator

import httpx
import pytest
from asgi_lifespan import LifespanManager
from pydantic import SecretStr
from starlette.types import ASGIApp

from models.store import Store
from server.app import create_app
from server.settings import Settings
from tests.builders import protocol_fact, published

PATHS = {
    "/": {200, 503},
    "/graphiql": {200, 503},
    "/docs": {200, 503},
    "/assets/nothing.js": {404},
    "/schema.graphql": {200},
    "/graphql": {400},
    "/graphql?query={meta{snapshot}}": {200},
    "/exports/1/1": {403, 404},
    "/livez": {200},
    "/readyz": {200},
    "/metrics": {200},
    "/nowhere": {404},
}
SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}
OVER_TLS = "strict-transport-security"


@pytest.fixture
async def app(sqlite_store: Store) -> AsyncGenerator[ASGIApp, None]:
    await published(sqlite_store, protocol_fact("one"))
    async with LifespanManager(create_app(settings_of(sqlite_store))) as manager:
        yield manager.app


def settings_of(store: Store, public_url: str | None = None) -> Settings:
    return Settings(database_url=SecretStr(store.url.render_as_string(hide_password=False)), public_url=public_url)


def client_of(app: ASGIApp, scheme: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"{scheme}://t")


async def test_every_answer_is_safe_in_a_browser(app: ASGIApp) -> None:
    async with client_of(app, "http") as client:
        answers = {path: await client.get(path) for path in PATHS}

    assert {path: answers[path].status_code in statuses for path, statuses in PATHS.items()} == dict.fromkeys(
        PATHS, True
    )
    for path, answer in answers.items():
        assert SAFE.items() <= dict(answer.headers).items(), path
        assert OVER_TLS not in answer.headers, path


async def test_over_tls_a_browser_is_told_to_stay_there(app: ASGIApp) -> None:
    """Also what is answered from what was kept, whatever it was kept of."""
    said = []
    for scheme in ("http", "https") * 3:
        async with client_of(app, scheme) as client:
            answer = await client.post("/graphql", json={"query": "{ protocols { nodes { slug } } }"})
            assert SAFE.items() <= dict(answer.headers).items()
            said.append(answer.headers.get(OVER_TLS))

    assert said == [None, "max-age=31536000"] * 3


async def test_a_server_that_is_said_to_be_reached_over_tls_tells_it_always(sqlite_store: Store) -> None:
    app = create_app(settings_of(sqlite_store, "https://api.example"))
    async with client_of(app, "http") as client:
        answer = await client.get("/livez")

    assert answer.headers[OVER_TLS] == "max-age=31536000"
