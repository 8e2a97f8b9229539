"""How a type names the resolver that answers a field, and the rows it shows."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from inspect import signature
from typing import Any

import strawberry

from graph.cost import ListSize, sizes_by
from resolvers.declare import without_nulls


def resolved_by(resolver: Callable[..., Awaitable[object]], description: str, *directives: object) -> Any:
    """A field answered by `resolver`; its size, where it is a list or a page and says none, is read off its arguments.

    Typed Any because resolvers return rows and Strawberry reads a type's fields off the row by name;
    tests/graph/test_rows.py holds every type to the rows its resolvers return.
    """
    said = any(isinstance(each, ListSize) for each in directives)
    sizes = [] if said else sizes_by(signature(resolver).parameters)
    return strawberry.field(resolver=resolver, description=description, directives=[*sizes, *directives])


def told_by(events: Callable[..., AsyncGenerator[object, None]], description: str) -> Any:
    """A field of Subscription: `events` are rows, as a resolver returns them."""
    return strawberry.subscription(resolver=without_nulls(events), description=description)


def done_by(resolver: Callable[..., Awaitable[object]], description: str, *directives: object) -> Any:
    """A field of Mutation: `resolver` does something, and returns the row that tells of it."""
    return strawberry.mutation(resolver=without_nulls(resolver), description=description, directives=directives)


def described(description: str, *directives: object) -> Any:
    """A plain field, read off the row by its name."""
    return strawberry.field(description=description, directives=directives)


def views(row: type) -> Callable[[object, object], bool]:
    """`is_type_of` of a schema type that shows rows of one class.

    The class travels with the predicate (`.row`), so that a plan decides once per class, not per row.
    """

    def is_type_of(value: object, _info: object) -> bool:
        return isinstance(value, row)

    seen: Any = is_type_of
    seen.row = row
    return is_type_of
