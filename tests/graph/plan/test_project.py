"""A projector completes a leaf exactly as graphql-core does, or refuses where that reports an error."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    graphql_sync,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.plan.project import Cell, projector
from models.vocabulary import ProtocolKind, Window
from tests.graph.plan.rows import State
from tests.graph.plan.sample import schema

LEAVES = ["String", "ID", "Int", "Float", "Boolean", "Date", "Decimal", "ProtocolKind"]

ODD: list[Any] = [
    None,
    True,
    "",
    "1",
    "é",
    "exchange",
    b"1",
    [],
    {},
    Undefined,
    ValueError("odd"),
    2**31,
    -(2**31),
    1.0,
    1.5,
]
ODD += [
    float("nan"),
    float("inf"),
    Decimal("1.50"),
    Decimal("NaN"),
    date(2024, 1, 2),
    datetime(2024, 1, 2, tzinfo=UTC),
]

leaf: st.SearchStrategy[Any] = st.sampled_from(LEAVES).map(lambda name: schema._schema.type_map[name])
types = st.one_of(
    leaf,
    leaf.map(lambda type_: GraphQLNonNull(type_)),
    leaf.map(lambda type_: GraphQLList(type_)),
    leaf.map(lambda type_: GraphQLNonNull(GraphQLList(GraphQLNonNull(type_)))),
)
scalars = st.one_of(
    st.sampled_from([*ODD, *ProtocolKind, *State, *Window]),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.decimals(),
)
values = st.one_of(scalars, st.lists(scalars, max_size=3), st.tuples(scalars))


def completed(type_: Any, value: Any) -> Any:
    """What graphql-core makes of a value; raises when it reports an error."""
    query = GraphQLObjectType("Query", {"key": GraphQLField(type_, resolve=lambda *_: value)})
    result = graphql_sync(GraphQLSchema(query), "{ key }")
    if result.errors:
        raise ValueError(str(result.errors[0]))
    return result.data


def attempt(make: Any) -> str:
    """The outcome as text, which tells 1 from True and NaN from itself."""
    try:
        return repr(make())
    except Exception:
        return "refused"


@settings(deadline=None)
@given(type_=types, value=values)
def test_a_leaf_is_completed_as_by_graphql_core(type_: Any, value: Any) -> None:
    assert_completed_alike(type_, value)


@pytest.mark.parametrize("name", LEAVES)
def test_odd_values_are_completed_as_by_graphql_core(name: str) -> None:
    type_: Any = schema._schema.type_map[name]

    for value in [*ODD, *ProtocolKind, *State, *Window]:
        assert_completed_alike(type_, value)
        assert_completed_alike(GraphQLNonNull(type_), value)


def assert_completed_alike(type_: Any, value: Any) -> None:
    project = projector([Cell("key", attribute="value", type=type_)])

    made = attempt(lambda: project([SimpleNamespace(value=value)], [])[0])

    expected = attempt(lambda: completed(type_, value))
    # A refusal only costs time: graphql-core iterates over any iterable.
    assert made in (expected, "refused") if isinstance(value, dict) else made == expected
