"""A loop and a store for the whole session: drawn examples are many, and a store per example would be slow."""

import asyncio
from collections.abc import Generator

import pytest

from models.store import Store
from tests.graph.plan.batches import JOURNAL
from tests.graph.plan.rows import filled


@pytest.fixture(scope="session")
def runner() -> Generator[asyncio.Runner, None, None]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session")
def sample_store(runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Generator[Store, None, None]:
    """The sample's two epochs. Its connections belong to the loop of `runner`."""
    store = runner.run(filled(tmp_path_factory.mktemp("sample") / "sample.db"))
    yield store
    runner.run(store.close())


@pytest.fixture(autouse=True)
def empty_journal() -> Generator[None, None, None]:
    JOURNAL.clear()
    yield
    JOURNAL.clear()
