"""How a plain class of a layer below becomes an enum or an input of the schema, with every part described."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from enum import Enum
from typing import Any

import strawberry
from strawberry import UNSET


class Undescribed(Exception):
    """A member or field that nothing is said of, or something that is said of none."""


@dataclass(frozen=True, slots=True)
class Words:
    """An enum, with what is said of it and of each member."""

    type_: type[Enum]
    description: str
    members: Mapping[str, str]
    name: str | None = None

    def register(self) -> None:
        """Give it to the schema; raises Undescribed."""
        # A type that was declared before has already made an enum of the bare class, and keeps that.
        made = hasattr(self.type_, "__strawberry_definition__")
        found: Any = self.type_ if made else strawberry.enum(self.type_)
        definition = found.__strawberry_definition__
        definition.name, definition.description = self.name or self.type_.__name__, self.description
        values = {value.name: value for value in definition.values}
        _compare(self.type_, values, self.members)
        for member, text in self.members.items():
            values[member].description = text


@dataclass(frozen=True, slots=True)
class Input:
    """A dataclass that is an input, with what is said of it and of each field.

    An underscore at the end of a name only dodges a Python word. What may be left out has no default of null.
    """

    type_: type
    description: str
    fields: Mapping[str, str]
    one_of: bool = False

    def register(self) -> None:
        """Give it to the schema; raises Undescribed."""
        found: Any = strawberry.input(self.type_, description=self.description, one_of=self.one_of)
        parts = {field.python_name: field for field in found.__strawberry_definition__.fields}
        _compare(self.type_, parts, self.fields)
        for name, text in self.fields.items():
            field = parts[name]
            field.description = text
            if name.endswith("_"):
                field.graphql_name = name[:-1]
            if field.default is None or field.default is MISSING:
                field.default_value = UNSET


def _compare(type_: type, has: Mapping[str, object], said: Mapping[str, str]) -> None:
    if has.keys() != said.keys():
        raise Undescribed(f"{type_.__name__}: {sorted(has.keys() ^ said.keys())}")
