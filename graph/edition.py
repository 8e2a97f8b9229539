"""Which edition of the schema answers: its version, the hash of its text, and what of it is on the way out."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

import strawberry
from graphql import GraphQLSchema, is_enum_type, is_input_object_type, is_interface_type, is_object_type

from graph.fields import described
from models.store import Reader
from resolvers.declare import batched

# Filled in once, when the schema has been assembled from the very types that ask for it.
_assembled: list[tuple[GraphQLSchema, Callable[[], str]]] = []


@dataclass(frozen=True, slots=True)
class Leaving:
    """A part of the schema that is on the way out, and why."""

    coordinate: str
    reason: str


@strawberry.type(description="A part of the schema that is on the way out.")
class Deprecation:
    coordinate: str = described("Which part, for example Protocol.price.")
    reason: str = described("Why, since when, until when, and what to ask instead.")


def assembled(schema: GraphQLSchema, written: Callable[[], str]) -> None:
    """Tell what was assembled, and how it is written."""
    _assembled[:] = [(schema, written)]


@cache
def schema_sha() -> str:
    _, written = _assembled[0]
    return hashlib.sha256(f"{written()}\n".encode()).hexdigest()


def deprecations(schema: GraphQLSchema) -> Iterator[Leaving]:
    """Every field, argument, input field and enum value that says it is deprecated, by type and name."""
    for name, type_ in sorted(schema.type_map.items()):
        for coordinate, part in _parts(name, type_):
            if part.deprecation_reason is not None:
                yield Leaving(coordinate, part.deprecation_reason)


def _parts(name: str, type_: Any) -> Iterator[tuple[str, Any]]:
    if is_enum_type(type_):
        yield from ((f"{name}.{key}", value) for key, value in type_.values.items())
    elif is_input_object_type(type_):
        yield from ((f"{name}.{key}", field) for key, field in type_.fields.items())
    elif is_object_type(type_) or is_interface_type(type_):
        for key, field in type_.fields.items():
            yield f"{name}.{key}", field
            yield from ((f"{name}.{key}({each}:)", argument) for each, argument in field.args.items())


async def versions(reader: Reader, keys: Sequence[str]) -> list[str]:
    """Of the release that runs. No statement."""
    return [version("accrual")] * len(keys)


async def shas(reader: Reader, keys: Sequence[str]) -> list[str]:
    """SHA-256 of the schema's text. No statement."""
    return [schema_sha()] * len(keys)


async def deprecation_lists(reader: Reader, keys: Sequence[str]) -> list[list[Leaving]]:
    """No statement."""
    return [list(deprecations(_assembled[0][0]))] * len(keys)


@batched(versions)
def resolve_schema_version() -> str:
    return "version"


@batched(shas)
def resolve_schema_sha() -> str:
    return "sha"


@batched(deprecation_lists)
def resolve_deprecations() -> str:
    return "deprecations"
