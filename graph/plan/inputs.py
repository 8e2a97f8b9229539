"""Input values as Python values: what Strawberry's `convert_argument` makes of them, with every type looked at once."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any, TypeAlias

import strawberry
from strawberry import UNSET
from strawberry.relay import GlobalID
from strawberry.scalars import is_scalar
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryList, StrawberryMaybe, StrawberryOptional, has_object_definition
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.lazy_type import LazyType

Convert: TypeAlias = Callable[[Any], Any]


class Inputs:
    """The conversions of one schema's input types. An input's own is made when it is first met: it may hold itself."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self.schema = schema
        self._objects: dict[Any, Convert] = {}

    def converting(self, type_: Any) -> Convert:
        """What converts coerced values of a type."""
        if isinstance(type_, StrawberryOptional) and not isinstance(type_, StrawberryMaybe):
            return self.converting(type_.of_type)
        if isinstance(type_, LazyType):
            return self.converting(type_.resolve_type())
        if isinstance(type_, StrawberryList):
            return _each(self.converting(type_.of_type))
        registry = self.schema.schema_converter.scalar_registry
        if isinstance(type_, StrawberryEnumDefinition) or (type_ is not GlobalID and is_scalar(type_, registry)):
            return _as_it_is
        if has_object_definition(type_) and type_.__strawberry_definition__.from_input is None:
            return lambda value: self._object(type_)(value)
        return lambda value: convert_argument(value, type_, registry, self.schema.config)

    def _object(self, type_: Any) -> Convert:
        if type_ not in self._objects:
            self._objects[type_] = self._made(type_)
        return self._objects[type_]

    def _made(self, type_: Any) -> Convert:
        definition = type_.__strawberry_definition__
        name_of = self.schema.config.name_converter.from_field
        parts = [
            (name_of(each), each.python_name, self.converting(each.resolve_type(type_definition=definition)))
            for each in definition.fields
        ]
        plain = (
            each for each in definition.fields if each.default_value is MISSING and each.default_factory is MISSING
        )
        left_out = {each.python_name: None for each in plain}

        def convert(value: Mapping[str, Any] | None) -> Any:
            if value is None or value is UNSET:
                return value
            given = {name: each(value[key]) for key, name, each in parts if key in value}
            return type_(**{**left_out, **given})

        return convert


def _each(convert: Convert) -> Convert:
    def converted(values: Any) -> Any:
        # A new list each time: what graphql-core gives for a default is shared between requests.
        return values if values is None or values is UNSET else [convert(value) for value in values]

    return converted


def _as_it_is(value: Any) -> Any:
    return value
