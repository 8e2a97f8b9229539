"""The bundled dataset, loaded once per run and engine, for tests to copy."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from models.store import Store
from tests import databases
from tests.conftest import filled
from tests.databases import copy, drop, url_of


@pytest.fixture(scope="session")
def postgresql_bundled(postgresql_template: str) -> Generator[str, None, None]:
    name = asyncio.run(copy(postgresql_template))
    asyncio.run(filled(url_of(name)))
    yield name
    asyncio.run(drop(name))


@asynccontextmanager
async def copied(engine: str, template: str, folder: Path, dropping: Executor) -> AsyncGenerator[Store, None]:
    """A copy of a store."""
    if engine == "postgresql":
        async with databases.copied(template, dropping) as name:
            store = Store(url_of(name))
            yield store
            await store.close()
        return
    store = Store(f"sqlite+aiosqlite:///{shutil.copy(template, folder / 'copied.db')}")
    yield store
    await store.close()


@pytest.fixture
def bundled_template(engine: str, request: pytest.FixtureRequest) -> str:
    """A store with the bundled dataset: a path, or the name of a database."""
    name: str = request.getfixturevalue(f"{engine}_bundled")
    return name


@pytest.fixture
async def bundled(
    engine: str, bundled_template: str, tmp_path: Path, dropping: Executor
) -> AsyncGenerator[Store, None]:
    """A store of a test's own that holds the bundled dataset."""
    async with copied(engine, bundled_template, tmp_path, dropping) as store:
        yield store
