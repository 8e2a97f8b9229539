"""JSON values as an input type takes them: graphql-core's `coerce_input_value`, with every type looked at once."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    Undefined,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)
from graphql.utilities.coerce_input_value import coerce_default_value

Coercing: TypeAlias = Callable[[Any], Any]
"""A JSON value as the type takes it, Undefined where it does not."""


def coercing(type_: GraphQLInputType) -> Coercing:
    """What coerces to a type; made once for each that has a name."""
    if is_non_null_type(type_):
        return _required(coercing(type_.of_type))
    if is_list_type(type_):
        return _listed(coercing(type_.of_type))
    return _named(type_)


@cache
def _named(type_: GraphQLInputType) -> Coercing:
    """As many as a schema has. The list and non-null types around them are new in each document: none is kept."""
    return _Object(type_).coerce if is_input_object_type(type_) else _leaf(type_)


def _required(inner: Coercing) -> Coercing:
    return lambda value: Undefined if value is None else inner(value)


def _listed(item: Coercing) -> Coercing:
    """A value that is no list is a list of one."""

    def coerce(value: Any) -> Any:
        if value is None:
            return None
        coerced = list(map(item, value if isinstance(value, list) else [value]))
        return Undefined if any(each is Undefined for each in coerced) else coerced

    return coerce


def _leaf(type_: Any) -> Coercing:
    if type_.name in ("String", "ID"):
        return lambda value: value if value is None or value.__class__ is str else _parsed(type_, value)
    if type_.name == "Int":
        return lambda value: value if _is_int(value) else _parsed(type_, value)
    return lambda value: _parsed(type_, value)


def _is_int(value: Any) -> bool:
    return value.__class__ is int and GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT


def _parsed(type_: Any, value: Any) -> Any:
    if value is None:
        return None
    try:
        return type_.coerce_input_value(value)
    except Exception:
        # Whatever a scalar raises: graphql-core is asked for the words.
        return Undefined


class _Object:
    """An input object. Its fields are looked at when it is first given: it may hold itself."""

    def __init__(self, type_: GraphQLInputObjectType) -> None:
        self.type = type_
        self.fields: dict[str, tuple[str, Coercing]] = {}
        self.missing: dict[str, tuple[str, bool, Any]] = {}

    def coerce(self, value: Any) -> Any:
        if value is None:
            return None
        fields = self.fields or self._looked_at()
        if not isinstance(value, dict) or not value.keys() <= fields.keys():
            return Undefined
        coerced: dict[str, Any] = {}
        for name, (out, convert) in fields.items():
            if name in value:
                found = convert(value[name])
                if found is Undefined:
                    return Undefined
                coerced[out] = found
            elif name in self.missing:
                out, required, default = self.missing[name]
                if required:
                    return Undefined
                coerced[out] = default
        if self.type.is_one_of and (len(coerced) != 1 or None in coerced.values()):
            return Undefined
        return self.type.out_type(coerced)

    def _looked_at(self) -> dict[str, tuple[str, Coercing]]:
        for name, field in self.type.fields.items():
            out, required = field.out_name or name, is_required_input_field(field)
            default = Undefined if required else _default(field)
            if required or default is not Undefined:
                self.missing[name] = out, required, default
            self.fields[name] = out, coercing(field.type)
        return self.fields


def _default(field: GraphQLInputField) -> Any:
    return coerce_default_value(field)
