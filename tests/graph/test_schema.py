"""The schema as it is committed and as it reads."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
)

from graph.schema import schema
from graph.words import Undescribed, Words
from models.vocabulary import Window
from resolvers.declare import declaration_of

TYPES = [kind for name, kind in schema._schema.type_map.items() if not name.startswith("__")]
BUILT_IN = ("String", "Int", "Float", "Boolean", "ID")


def elements(kind: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """(coordinate, description) of a type and everything in it."""
    yield kind.name, kind.description
    if isinstance(kind, GraphQLEnumType):
        yield from ((f"{kind.name}.{name}", value.description) for name, value in kind.values.items())
    if isinstance(kind, GraphQLInputObjectType):
        yield from ((f"{kind.name}.{name}", field.description) for name, field in kind.fields.items())
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in kind.fields.items():
            yield f"{kind.name}.{name}", field.description
            yield from ((f"{kind.name}.{name}({each}:)", one.description) for each, one in field.args.items())


def test_the_committed_schema_is_the_one_served() -> None:
    committed = Path(__file__).parents[2] / "schema.graphql"

    assert committed.read_text(encoding="utf-8") == schema.as_str() + "\n", "run: make schema"


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind.name not in BUILT_IN], ids=str)
def test_every_element_is_described_in_a_sentence(kind: GraphQLNamedType) -> None:
    bare = [where for where, text in elements(kind) if not text or not text.strip().endswith((".", ".”"))]

    assert bare == []


@pytest.mark.parametrize("kind", [kind for kind in TYPES if isinstance(kind, GraphQLScalarType)], ids=str)
def test_every_scalar_of_our_own_says_where_it_is_specified(kind: GraphQLScalarType) -> None:
    assert kind.name in BUILT_IN or kind.specified_by_url


def test_every_root_field_is_a_batch_that_takes_at() -> None:
    fields = schema.get_type_by_name("Query").fields  # type: ignore[union-attr]
    declared = {field.python_name: declaration_of(field.base_resolver.wrapped_func) for field in fields}

    # Relay knows of a node with an id alone; the others tell of the caller, who is not of any epoch.
    plain = [name for name, found in declared.items() if not (found and found.at)]
    assert plain == ["node", "rate_limit", "viewer", "export_job"]


def test_an_enum_with_a_member_that_nothing_is_said_of_is_refused() -> None:
    with pytest.raises(Undescribed, match="Window"):
        Words(Window, "A window.", {"D1": "A day."}).register()
