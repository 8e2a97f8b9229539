"""Over the whole schema of the product, both executions answer with the same bytes. `make fuzz` draws far more."""

import asyncio
import os
import shutil
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, seed, settings

from graph.plan.kept import Kept
from graph.schema import schema
from models.store import Store
from resolvers.identity import global_id
from resolvers.paging import encoded
from tests.builders import TODAY, published
from tests.graph.plan.both import Pair, Reply
from tests.graph.plan.operations import Asked, operations
from tests.graph.world import market, open_market

# Where a field fails, graphql-core leaves its siblings' coroutines as they are.
pytestmark = [
    pytest.mark.filterwarnings(
        "ignore:coroutine .* was never awaited:RuntimeWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
    ),
    pytest.mark.many,
]

CASES = int(os.environ.get("ACCRUAL_TEST_CASES", "250"))
# They tell the time, or who asks: their answers differ from one moment to the next.
VOLATILE = frozenset({"exportJob", "meta", "rateLimit", "viewer"})

NAMES = ["", "hyperliquid", "aave", "hype", "ethereum", "coingecko", "hyper-liquid", "perps", "é"]
CURSORS = ["eHh4", encoded(1, [2]), encoded(2, [3]), encoded(9, [1])]
POOLS: dict[str, list[Any]] = {
    "Int": [1, 2, 3, 10, 50, 101],
    "Float": [0.0, 0.5, 2],
    "String": [*NAMES, *CURSORS],
    "ID": ["nothing", *(global_id(name, n) for name in ("Protocol", "Token", "Chain") for n in (1, 2, 5, 9))],
    "Date": [str(TODAY), "2026-07-01", "2026-07-20", "2025-12-31"],
    "DateTime": [f"{TODAY}T12:00:00Z", "2020-01-01T00:00:00+02:00"],
    "Decimal": ["0", "1000", "-1", "12.5"],
    "URL": ["https://example.org"],
    "Boolean": [True, False],
}

drawn = operations(schema._schema, POOLS, depth=5, without=VOLATILE)
many = settings(
    deadline=None,
    max_examples=CASES,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@pytest.fixture(scope="module")
def world(
    runner: asyncio.Runner, sqlite_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Store, None, None]:
    """The market at two epochs: in the second a protocol has left out what it said before."""
    path = tmp_path_factory.mktemp("world") / "store.db"
    shutil.copy(sqlite_template, path)
    store = Store(f"sqlite+aiosqlite:///{path}")
    runner.run(open_market(store))
    runner.run(published(store, *_later()))
    yield store
    runner.run(store.close())


def _later() -> list[Any]:
    return market()[:-1]


@pytest.fixture(scope="module")
def pair(world: Store) -> Pair:
    return Pair(schema, world)


@pytest.fixture(scope="module")
def keeping(world: Store) -> Pair:
    """Its caches are so small that entries leave while the examples run."""
    return Pair(schema, world, Kept(1_000_000, 2_000_000, 1_000_000))


@seed(20261123)
@many
@given(asked=drawn)
def test_both_executions_answer_alike(runner: asyncio.Runner, pair: Pair, asked: Asked) -> None:
    reference, product = runner.run(pair.both(asked, epoch=1))

    assert_alike(reference, product)


@seed(20261124)
@many
@given(asked=drawn)
def test_what_is_kept_is_answered_alike(runner: asyncio.Runner, keeping: Pair, asked: Asked) -> None:
    reference, cold = runner.run(keeping.both(asked, epoch=1))
    warm = runner.run(keeping.product(asked, epoch=1))

    assert_alike(reference, cold)
    assert warm.data == reference.data


def assert_alike(reference: Reply, product: Reply) -> None:
    event("has errors" if reference.failed else "no errors")
    assert product.data == reference.data
    assert reference.failed == product.failed
    assert reference.failed == (product.fell_back is not None)
