"""The edge over a real store in a real uvicorn process."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from models.store import Store
from tests.builders import protocol_fact, published
from tests.graph.world import open_market
from tests.product import running
from tests.server.edge.serve import SampleSettings, create_app
from tests.server.inside import listening

Serving = Callable[..., AbstractAsyncContextManager["Edge"]]


@dataclass(frozen=True, slots=True)
class Edge:
    """A served edge, and a client for it."""

    url: str
    http: httpx.AsyncClient
    process: subprocess.Popen[Any] | None = None

    @property
    def path(self) -> str:
        return f"{self.url}/graphql"

    def end(self) -> None:
        assert self.process is not None
        self.process.terminate()

    async def ended(self) -> int:
        """How the server ended, once it has."""
        assert self.process is not None
        return await asyncio.to_thread(self.process.wait, 30)

    async def ask(self, query: str, **request: object) -> httpx.Response:
        return await self.http.post(self.path, json={"query": query, **request})


@pytest.fixture(scope="session")
async def edge(edge_url: str) -> AsyncGenerator[Edge, None]:
    """Served with the defaults, by one process for all tests that change nothing."""
    async with served(edge_url, {}) as edge:
        yield edge


@pytest.fixture(scope="session")
def serving(edge_url: str) -> Serving:
    """`async with serving(max_depth="3") as edge`: in the test's own process, by the names of settings."""

    def serve(**settings: str) -> AbstractAsyncContextManager[Edge]:
        return served_inside(edge_url, settings)

    return serve


@pytest.fixture
async def published_url(store: Store) -> str:
    """A store with one epoch, on each engine."""
    await published(store, protocol_fact("one"))
    return store.url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
async def edge_url(sqlite_template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with one epoch."""
    path = tmp_path_factory.mktemp("edge") / "store.db"
    shutil.copy(sqlite_template, path)
    store = Store(f"sqlite+aiosqlite:///{path}")
    await published(store, protocol_fact("one"))
    await store.close()
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(scope="session")
async def market_url(sqlite_template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with a small market, for tests that only read it."""
    path = tmp_path_factory.mktemp("market") / "store.db"
    shutil.copy(sqlite_template, path)
    store = Store(f"sqlite+aiosqlite:///{path}")
    await open_market(store)
    await store.close()
    return f"sqlite+aiosqlite:///{path}"


@asynccontextmanager
async def served_inside(database_url: str, settings: dict[str, str]) -> AsyncGenerator[Edge, None]:
    said: dict[str, Any] = {name: json.loads(value) if value[:1] == "[" else value for name, value in settings.items()}
    made = SampleSettings(**said)
    async with (
        listening(create_app(database_url, made), made) as server,
        httpx.AsyncClient(timeout=30) as http,
    ):
        yield Edge(server.url, http)


@asynccontextmanager
async def served_product(database_url: str, folder: Path) -> AsyncGenerator[Edge, None]:
    """What users run: `accrual serve`."""
    with running(folder, database_url) as product:
        async with httpx.AsyncClient(timeout=30) as http:
            yield Edge(product.url, http, product.process)


@asynccontextmanager
async def served(database_url: str, settings: dict[str, str]) -> AsyncGenerator[Edge, None]:
    process = started(database_url, settings)
    assert process.stdout is not None
    port = int(await asyncio.to_thread(process.stdout.readline))
    try:
        async with httpx.AsyncClient(timeout=30) as http:
            yield Edge(f"http://127.0.0.1:{port}", http, process)
    finally:
        process.terminate()
        await asyncio.to_thread(process.communicate, timeout=30)


def started(database_url: str, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    """Not a process of asyncio's: a fixture of the whole session outlives the loops that other fixtures run."""
    named = {f"ACCRUAL_{name.upper()}": value for name, value in settings.items()}
    environment = {**os.environ, "ACCRUAL_DATABASE_URL": database_url, **named}
    command = [sys.executable, "-m", "tests.server.edge.serve"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
