"""A bureau on a store with entries, on each engine or on one."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from models.store import Store
from tests.builders import published
from tests.server.export.bureau import Bureau, bureau_of, entries


@pytest.fixture(scope="session")
def filled_template(sqlite_template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file of SQLite with 230 entries of the ledger."""
    path = tmp_path_factory.mktemp("exports") / "store.db"
    shutil.copy(sqlite_template, path)

    async def fill() -> None:
        store = Store(f"sqlite+aiosqlite:///{path}")
        await published(store, *entries(230))
        await store.close()

    asyncio.run(fill())
    return str(path)


@pytest.fixture
async def filled_store(filled_template: str, tmp_path: Path) -> AsyncGenerator[Store, None]:
    shutil.copy(filled_template, tmp_path / "filled.db")
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/filled.db")
    yield store
    await store.close()


@pytest.fixture
async def bureau(filled_store: Store, tmp_path: Path) -> Bureau:
    """On SQLite, with files of 100 rows."""
    return await bureau_of(filled_store, tmp_path / "files", export_file_rows=100)


@pytest.fixture
async def any_bureau(store: Store, tmp_path: Path) -> Bureau:
    """On each engine, with a few entries."""
    await published(store, *entries(5))
    return await bureau_of(store, tmp_path / "files")
