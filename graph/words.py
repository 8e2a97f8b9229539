"""How a plain class of a layer below becomes an enum or an input of the schema, with every part described."""

from collections.abc import Mapping
from dataclasses import MISSING
from enum import Enum
from typing import Any

import strawberry
from strawberry import UNSET


class Undescribed(Exception):
    """A member or field that nothing is said of, or something that is said of none."""


def enum(words: type[Enum], description: str, members: Mapping[str, str], name: str | None = None) -> None:
    """Give an enum to the schema; raises Undescribed."""
    # A type that was declared before has already made an enum of the bare class, and keeps that.
    found: Any = words if hasattr(words, "__strawberry_definition__") else strawberry.enum(words)
    definition = found.__strawberry_definition__
    definition.name, definition.description = name or words.__name__, description
    values = {value.name: value for value in definition.values}
    _compare(words, values, members)
    for member, text in members.items():
        values[member].description = text


def input_(type_: type, description: str, fields: Mapping[str, str], *, one_of: bool = False) -> None:
    """Give a dataclass to the schema as an input; raises Undescribed.

    An underscore at the end of a name only dodges a Python word. What may be left out has no default of null.
    """
    found: Any = strawberry.input(type_, description=description, one_of=one_of)
    parts = {field.python_name: field for field in found.__strawberry_definition__.fields}
    _compare(type_, parts, fields)
    for name, text in fields.items():
        field = parts[name]
        field.description = text
        if name.endswith("_"):
            field.graphql_name = name[:-1]
        if field.default is None or field.default is MISSING:
            field.default_value = UNSET


def _compare(type_: type, has: Mapping[str, object], said: Mapping[str, str]) -> None:
    if has.keys() != said.keys():
        raise Undescribed(f"{type_.__name__}: {sorted(has.keys() ^ said.keys())}")
