"""A migrated, empty store on each engine, each test's its own."""

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage
from sqlalchemy import Connection, Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine

from models.migrate import migrate
from models.store import Store
from sync.bundle import load_bundled
from tests.databases import PREFIX, Databases, administer, drop, url_of
from tests.product import Product, running


class Compiled(dict[Any, Any]):
    """Statements compiled for one engine, ready for all others of its kind: each test has its own."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[1:], value)


compiled: dict[str, Compiled] = {}


@event.listens_for(Engine, "engine_connect")
def share_compiled(connection: Connection) -> None:
    cache = compiled.setdefault(connection.dialect.name, Compiled())
    connection.execution_options(compiled_cache=cache)


def pytest_collection_finish() -> None:
    """All modules are loaded and stay: the collector need not look at them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Coverage looks away from a test that is `many`."""
    tracer = Coverage.current() if item.get_closest_marker("many") else None
    if tracer is None:
        return (yield)
    tracer.stop()
    try:
        return (yield)
    finally:
        tracer.start()


Recording = Callable[[AsyncEngine], AbstractContextManager[list[str]]]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def product(sqlite_bundled: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product over its bundled data, for all tests whose clients are programs of their own."""
    folder = tmp_path_factory.mktemp("product")
    shutil.copy(sqlite_bundled, folder / "accrual.db")
    with running(folder) as product:
        yield product


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """The engine a test runs on: each test that asks for it runs on both."""
    name: str = request.param
    return name


@pytest.fixture
def empty(engine: str, request: pytest.FixtureRequest) -> str | Databases:
    """Where migrated, empty stores come from: the path of one, or databases."""
    found: str | Databases = request.getfixturevalue({"sqlite": "sqlite_template"}.get(engine, "databases"))
    return found


@pytest.fixture
async def url(empty: str | Databases, tmp_path: Path) -> AsyncGenerator[str, None]:
    """The URL of a migrated, empty store of the test's own."""
    if isinstance(empty, str):
        shutil.copy(empty, tmp_path / "store.db")
        yield f"sqlite+aiosqlite:///{tmp_path}/store.db"
        return
    async with empty.one() as name:
        yield url_of(name)


@pytest.fixture
async def store(url: str) -> AsyncGenerator[Store, None]:
    store = Store(url)
    yield store
    await store.close()


@pytest.fixture
async def sqlite_store(sqlite_template: str, tmp_path: Path) -> AsyncGenerator[Store, None]:
    """A store on SQLite alone, for tests of what lies above the store."""
    shutil.copy(sqlite_template, tmp_path / "only.db")
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/only.db")
    yield store
    await store.close()


@pytest.fixture
def statements() -> Recording:
    """`with statements(store.readers) as seen:` lists the text of every statement that engine runs meanwhile."""
    return recorded_statements


@contextmanager
def recorded_statements(engine: AsyncEngine) -> Generator[list[str], None, None]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        # A driver asks the catalog for a type when it first meets it.
        if "pg_catalog" not in statement:
            seen.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine.sync_engine, "before_cursor_execute", note)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("template") / "store.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{path}"))
    return str(path)


@pytest.fixture(scope="session")
def sqlite_bundled(sqlite_template: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with the bundled dataset, to copy: the first worker that asks loads it for all, which takes a while."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    path = shared / "bundled.db"
    with (shared / "bundled.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not path.exists():
            loading = shutil.copy(sqlite_template, shared / "loading.db")
            asyncio.run(filled(f"sqlite+aiosqlite:///{loading}"))
            loading.rename(path)
    return str(path)


async def filled(url: str) -> None:
    """Load the bundled dataset into a store."""
    store = Store(url)
    await load_bundled(store)
    await store.close()


@pytest.fixture(scope="session")
def postgresql_template() -> Generator[str, None, None]:
    name = f"{PREFIX}_template"
    try:
        asyncio.run(administer(f"CREATE DATABASE {name}"))
    except OSError as error:
        if os.environ.get("CI"):
            pytest.fail(f"no PostgreSQL at ACCRUAL_TEST_POSTGRES_URL: {error}")
        pytest.skip(f"no PostgreSQL at ACCRUAL_TEST_POSTGRES_URL: {error}")
    asyncio.run(migrate(url_of(name)))
    yield name
    asyncio.run(drop(name))


@pytest.fixture(scope="session")
def dropping() -> Generator[Executor, None, None]:
    """Where databases that tests are done with are dropped, each of which waits for a checkpoint."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture(scope="session")
def databases(postgresql_template: str) -> Generator[Databases, None, None]:
    with ThreadPoolExecutor(1) as wiping:
        databases = Databases(postgresql_template, wiping)
        yield databases
        asyncio.run(databases.close())
