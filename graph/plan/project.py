"""Rows become ready dicts: one generated function per selection, leaves completed in place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, TypeAlias

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLEnumType,
    GraphQLLeafType,
    GraphQLOutputType,
    Undefined,
    is_list_type,
    is_non_null_type,
)

from graph.plan.fallback import Unexpected
from graph.plan.place import LISTS

Complete: TypeAlias = Callable[[Any], Any]
Projector: TypeAlias = Callable[[Sequence[Any], Sequence[Sequence[Any]]], list[dict[str, Any]]]
"""(rows, columns) -> one dict per row; columns in the order of the cells that have no attribute."""

# What needs no completing, by the name of a specified scalar: `v` is the value read off the row.
READY = {
    "String": "v.__class__ is str",
    "ID": "v.__class__ is str",
    "Boolean": "v.__class__ is bool",
    "Int": f"v.__class__ is int and {GRAPHQL_MIN_INT} <= v <= {GRAPHQL_MAX_INT}",
    "Float": "v.__class__ is float and v - v == 0.0",  # neither infinite nor NaN
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One key of the answer: a constant, an attribute of the row, or the next column.

    `type`: the GraphQL type of a leaf; None where the column holds ready values. `made_for`: the Python class that a
    custom scalar is made for, where it is known.
    """

    key: str
    constant: str | None = None
    attribute: str | None = None
    type: GraphQLOutputType | None = None
    made_for: Any = None


def projector(cells: Sequence[Cell]) -> Projector:
    """The function that answers one selection of one concrete type.

    It raises Unexpected, or whatever a scalar's serializer raises, where graphql-core reports an error.
    """
    names: dict[str, Any] = {}
    columns: list[str] = []
    lines: list[str] = []
    entries: list[str] = []
    for number, cell in enumerate(cells):
        variable = f"v{number}"
        entries.append(f"{cell.key!r}: {variable if cell.constant is None else repr(cell.constant)}")
        if cell.attribute is not None:
            lines.append(f"{variable} = row.{cell.attribute}")
        elif cell.constant is None:
            columns.append(variable)
        if cell.type is not None:
            lines += _completion(variable, cell, cell.type, names)
    source = _SOURCE.format(
        loop=f"for {', '.join(['row', *columns])} in zip(rows, *columns):" if columns else "for row in rows:",
        body="".join(f"        {line}\n" for line in lines),
        entries=", ".join(entries),
    )
    exec(source, names)  # noqa: S102 - made of numbers and names of the schema, never of text from a client
    project: Projector = names["project"]
    return project


_SOURCE = """\
def project(rows, columns):
    ready = []
    append = ready.append
    {loop}
{body}        append({{{entries}}})
    return ready
"""


def _completion(variable: str, cell: Cell, type_: GraphQLOutputType, names: dict[str, Any]) -> list[str]:
    """Statements that complete a leaf: the common class inline, everything else by `completer`."""
    slow = f"complete_{variable}"
    names[slow] = completer(type_)
    leaf: Any = type_.of_type if is_non_null_type(type_) else type_
    if is_list_type(leaf):
        return [f"{variable} = {slow}({variable})"]
    if leaf.name in READY:
        ready = READY[leaf.name].replace("v", variable)
        return [f"if not ({ready}): {variable} = {slow}({variable})"]
    class_: Any = cell.made_for or _enum_class(leaf)
    if class_ is None:
        return [f"{variable} = {slow}({variable})"]
    names[f"class_{variable}"] = class_
    if isinstance(leaf, GraphQLEnumType):
        names[f"names_{variable}"] = {member.name: leaf.coerce_output_value(member) for member in class_}
        fast = [f"    {variable} = names_{variable}[{variable}._name_]"]
    else:
        names[f"coerce_{variable}"] = leaf.coerce_output_value
        # A serializer that answers None is an error even where null is allowed: `complete` says so.
        fast = [
            f"    ready_{variable} = coerce_{variable}({variable})",
            f"    {variable} = {slow}({variable}) if ready_{variable} is None else ready_{variable}",
        ]
    return [
        f"if {variable}.__class__ is class_{variable}:",
        *fast,
        "else:",
        f"    {variable} = {slow}({variable})",
    ]


def _enum_class(leaf: GraphQLLeafType) -> type | None:
    definition = (leaf.extensions or {}).get("strawberry-definition")
    origin = getattr(definition, "origin", None)
    return origin if isinstance(leaf, GraphQLEnumType) and isinstance(origin, type) else None


def completer(type_: GraphQLOutputType) -> Complete:
    """CompleteValue of the specification for leaves and lists of leaves; raises where it has an error."""
    if is_non_null_type(type_):
        return _required(completer(type_.of_type))
    if is_list_type(type_):
        return _each(completer(type_.of_type))
    leaf: Any = type_
    return _leaf(leaf)


def _required(inner: Complete) -> Complete:
    def complete(value: Any) -> Any:
        completed = inner(value)
        if completed is None:
            raise Unexpected("null in a non-null position")
        return completed

    return complete


def _each(item: Complete) -> Complete:
    def complete(value: Any) -> Any:
        if value is None or value is Undefined:
            return None
        if value.__class__ not in LISTS:
            raise Unexpected("not a list")
        return [item(each) for each in value]

    return complete


def _leaf(leaf: GraphQLLeafType) -> Complete:
    coerce = leaf.coerce_output_value

    def complete(value: Any) -> Any:
        if value is None or value is Undefined:
            return None
        if isinstance(value, Exception) or isawaitable(value):
            raise Unexpected("an error or an awaitable in place of a value")
        completed = coerce(value)
        if completed is None or completed is Undefined:
            raise Unexpected(f"{leaf} serialized {value!r} to nothing")
        return completed

    return complete
