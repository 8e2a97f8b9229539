"""Values are coerced as graphql-core coerces them, whatever a client sends for an input type."""

import gc
from collections.abc import Callable
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLInputType, build_schema, is_input_type
from graphql.utilities import coerce_input_value
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import coercion
from graph.coercion import coercing
from graph.document import Documents
from graph.schema import schema

INPUTS = sorted(
    (each for each in schema._schema.type_map.values() if is_input_type(each) and not each.name.startswith("__")),
    key=lambda each: each.name,
)
NAMES = sorted({name for each in INPUTS for name in getattr(each, "fields", {})})
WORDS = sorted({word for each in INPUTS for word in getattr(each, "values", {})})

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from([*WORDS, "2026-01-01", "12.5", "2026-01-01T00:00:00Z"]),
)
values = st.recursive(
    leaves, lambda below: st.lists(below, max_size=2) | st.dictionaries(st.sampled_from(NAMES), below, max_size=2)
)


def outcome(coerce: Callable[[Any], Any], value: Any) -> str:
    """What came of it, in words: a value, or what Strawberry raises for an input that is one of several."""
    try:
        return repr(coerce(value))
    except GraphQLError as error:
        return str(error)


@settings(max_examples=200)
@given(type_=st.sampled_from(INPUTS), value=values)
def test_any_value_is_coerced_as_graphql_core_does(type_: GraphQLInputType, value: Any) -> None:
    assert outcome(coercing(type_), value) == outcome(lambda given: coerce_input_value(given, type_), value)


@settings(max_examples=200)
@given(data=st.data())
def test_an_object_of_its_own_fields_too(data: st.DataObject) -> None:
    type_ = data.draw(st.sampled_from([each for each in INPUTS if hasattr(each, "fields")]))
    value = data.draw(st.dictionaries(st.sampled_from([*type_.fields, "nope"]), values, max_size=3))

    assert outcome(coercing(type_), value) == outcome(lambda given: coerce_input_value(given, type_), value)


@pytest.mark.parametrize("name", ["ProtocolBy", "ProtocolWhere"])
def test_what_is_made_of_a_type_is_made_once(name: str) -> None:
    type_: Any = schema._schema.type_map[name]

    assert coercing(type_) is coercing(type_)


def coercers() -> int:
    """Those that are alive."""
    gc.collect()
    return sum(1 for each in gc.get_objects() if getattr(each, "__module__", None) == coercion.__name__)


@pytest.mark.many
def test_what_is_kept_does_not_grow_with_the_documents_that_are_read() -> None:
    documents = Documents(build_schema("type Query { named(a: Int!, b: [String!]!): String }"), most=2)
    text = "query Q%d($a: Int!, $b: [String!]!) { named(a: $a, b: $b) }"
    counts = []

    for numbers in (range(5), range(5, 30)):
        for number in numbers:
            documents.read(text % number)
        counts.append(coercers())

    assert counts[0] == counts[1]
