"""The columns of a row: the leaves of a selection, whatever the rows hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from graphql import (
    FieldNode,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from graph.document import Document
from graph.export_document import fragments_of, rows_of
from graph.plan.selection import Selections


class Kind(Enum):
    """What a column holds. TEXT is anything that JSON has as a string: decimals, ids and words of closed sets too."""

    TEXT = "text"
    WHOLE = "whole"
    REAL = "real"
    TRUTH = "truth"
    DAY = "day"
    MOMENT = "moment"
    JSON = "json"


KINDS = {
    "Int": Kind.WHOLE,
    "Float": Kind.REAL,
    "Boolean": Kind.TRUTH,
    "Date": Kind.DAY,
    "DateTime": Kind.MOMENT,
    "Columns": Kind.JSON,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A leaf, by the keys that lead to it; a list is one, as JSON, with all below it."""

    path: tuple[str, ...]
    kind: Kind

    @property
    def name(self) -> str:
        return ".".join(self.path)

    def of(self, row: Mapping[str, Any]) -> Any:
        """Its JSON value in a row, None where anything on the way there is null or not of this type."""
        value: Any = row
        for key in self.path:
            value = value.get(key) if isinstance(value, dict) else None
        return value


def columns_of(schema: GraphQLSchema, document: Document, key: str, variables: Mapping[str, Any]) -> tuple[Column, ...]:
    """The columns of the rows of a page query, in the order of its fields; `variables` are coerced."""
    connection: Any = get_named_type(schema.query_type.fields[key].type) if schema.query_type else None
    walk = _Walk(schema, Selections(schema, fragments_of(document.node), variables))
    found: dict[tuple[str, ...], Kind] = {}
    for column in walk.below(get_named_type(connection.fields["nodes"].type), rows_of(document, key), ()):
        # Types of one interface or union share columns; validation holds these to one kind.
        found.setdefault(column.path, column.kind)
    return tuple(Column(path, kind) for path, kind in found.items())


@dataclass(frozen=True, slots=True)
class _Walk:
    schema: GraphQLSchema
    selections: Selections

    def below(self, type_: Any, nodes: list[FieldNode], path: tuple[str, ...]) -> Iterator[Column]:
        """The columns of an object, or of every type that an interface or union can be."""
        types = self.schema.get_possible_types(type_) if is_abstract_type(type_) else [type_]
        for each in types:
            for key, fields in self.selections.below(each, nodes).items():
                yield from self._field(each, fields, (*path, key))

    def _field(self, parent: GraphQLObjectType, nodes: list[FieldNode], path: tuple[str, ...]) -> Iterator[Column]:
        name = nodes[0].name.value
        if name == "__typename":
            yield Column(path, Kind.TEXT)
            return
        type_ = _nullable(parent.fields[name].type)
        if is_list_type(type_):
            yield Column(path, Kind.JSON)
        elif is_leaf_type(type_):
            yield Column(path, KINDS.get(type_.name, Kind.TEXT))
        elif is_object_type(type_) or is_abstract_type(type_):
            yield from self.below(type_, nodes, path)


def _nullable(type_: GraphQLOutputType) -> Any:
    return type_.of_type if is_non_null_type(type_) else type_
