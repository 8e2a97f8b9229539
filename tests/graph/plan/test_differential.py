"""Whatever is asked, both executions answer with the same bytes."""

import asyncio
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from graphql import parse, validate
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from graph.document import RULES
from graph.plan.kept import Kept
from models.store import Store
from resolvers.paging import encoded
from tests.graph.plan.batches import BATCHES
from tests.graph.plan.both import Pair, Reply, Spoil
from tests.graph.plan.operations import Asked, operations
from tests.graph.plan.sample import schema

POOLS: dict[str, list[Any]] = {
    "Int": [0, 1, 2, 3, 7],
    "String": ["", "1", "p3", "p5", "p99", "TK", "é", encoded(1, [3]), encoded(2, [4]), encoded(9, [1]), "eHh4"],
    "ID": ["protocol:1", "protocol:3", "protocol:6", "token:4", "token:5", "nothing"],
    "Date": ["2024-01-01", "2024-01-09", "2024-02-01"],
    "DateTime": ["2024-03-01T00:00:00Z", "2024-03-01T12:00:00+00:00", "2023-01-01T00:00:00Z"],
    "Boolean": [True, False],
}

drawn = operations(schema._schema, POOLS)
some = settings(
    deadline=None,
    max_examples=350,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


def a_null(values: list[Any]) -> list[Any]:
    # Every value: a fault by position would depend on how keys are grouped into calls, which differs.
    return [None] * len(values)


def an_error(values: list[Any]) -> list[Any]:
    return [ValueError("no such row")] * len(values)


def too_few(values: list[Any]) -> list[Any]:
    return values[1:]


def hollow(values: list[Any]) -> list[Any]:
    """Rows without their first column and without their last."""
    return [_hollow(value) for value in values]


def _hollow(value: Any) -> Any:
    if isinstance(value, list):
        return [_hollow(item) for item in value]
    if isinstance(value, tuple) and hasattr(value, "_replace"):
        return value._replace(**{value._fields[0]: None, value._fields[-1]: None})
    if not is_dataclass(value) or isinstance(value, type):
        return value
    names = [column.name for column in fields(value)]
    return replace(value, **{names[0]: None, names[-1]: None})


def no_answer(values: list[Any]) -> list[Any]:
    raise LookupError("the store is gone")


faulty: st.SearchStrategy[dict[str, Spoil]] = st.dictionaries(
    st.sampled_from(BATCHES),
    st.sampled_from([a_null, an_error, too_few, hollow, no_answer]),
    min_size=1,
    max_size=3,
)


@pytest.fixture(scope="module")
def pair(sample_store: Store) -> Pair:
    return Pair(schema, sample_store)


@pytest.fixture(scope="module")
def keeping(sample_store: Store) -> Pair:
    """Its caches are so small that entries leave while the examples run."""
    return Pair(schema, sample_store, Kept(100_000, 200_000, 200_000))


def assert_alike(reference: Reply, product: Reply) -> None:
    """Errors are graphql-core's own in both, but which of several is met first depends on the store."""
    event("has errors" if reference.failed else "no errors")
    assert product.data == reference.data
    assert reference.failed == product.failed
    assert reference.failed == (product.fell_back is not None)


@pytest.mark.many
@some
@given(asked=drawn)
def test_drawn_operations_are_valid(asked: Asked) -> None:
    assert validate(schema._schema, parse(asked.text), RULES) == []


@pytest.mark.many
@some
@given(asked=drawn, epoch=st.sampled_from([1, 2]))
def test_both_executions_give_the_same_bytes(runner: asyncio.Runner, pair: Pair, asked: Asked, epoch: int) -> None:
    reference, product = runner.run(pair.both(asked, epoch))

    assert_alike(reference, product)


@pytest.mark.many
@some
@given(asked=drawn, faults=faulty)
def test_both_executions_report_the_same_errors(
    runner: asyncio.Runner, pair: Pair, asked: Asked, faults: dict[str, Spoil]
) -> None:
    reference, product = runner.run(pair.both(asked, faults=faults))

    assert_alike(reference, product)


@pytest.mark.many
@some
@given(asked=drawn, epoch=st.sampled_from([1, 2]))
def test_warm_caches_give_the_same_bytes(runner: asyncio.Runner, keeping: Pair, asked: Asked, epoch: int) -> None:
    reference, cold = runner.run(keeping.both(asked, epoch))
    warm = runner.run(keeping.product(asked, epoch))

    assert cold.data == reference.data
    assert warm.data == reference.data


REFUSED = {
    "a null condition": Asked("query Q($b: Boolean = true) { protocols { nodes { id @skip(if: $b) } } }", {"b": None}),
    "row of another type": Asked('{ protocol(by: {id: "token:1"}) { name } }'),
    "key refuses": Asked("{ protocols(first: 2) { nodes { name entries(first: -1) { usd } } } }"),
    "root key refuses": Asked("{ protocols(first: 101) { nodes { id } } }"),
    "epoch that is not there": Asked("{ a: protocols(at: {epoch: 9}) { nodes { id } } b: __typename }"),
    "epoch and moment": Asked('{ protocols(at: {epoch: 1, knownAt: "2024-03-01T00:00:00Z"}) { nodes { id } } }'),
    "cursor of nothing": Asked('{ protocols(after: "eHh4") { nodes { id } } }'),
    "introspection": Asked("{ __schema { queryType { name } } }"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_plan_does_not_take_is_answered_by_graphql_core(runner: asyncio.Runner, pair: Pair, name: str) -> None:
    reference, product = runner.run(pair.both(REFUSED[name]))

    assert product.data == reference.data
    assert product.errors == reference.errors
    assert product.fell_back is not None
    assert reference.failed or name == "introspection"
