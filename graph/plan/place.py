"""Where objects sit inside a field's value: nullability and lists around them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from types import NoneType
from typing import Any, TypeAlias

from graphql import GraphQLOutputType, is_list_type, is_non_null_type

from graph.plan.fallback import Unexpected

PutBack: TypeAlias = Callable[[list[Any]], list[Any]]

LISTS = frozenset({list, tuple})


@dataclass(frozen=True, slots=True)
class Place:
    """One layer of a type: `item` is what a list holds, None for the object or leaf itself."""

    nullable: bool
    item: "Place | None" = None


def place_of(type_: GraphQLOutputType) -> Place:
    nullable = not is_non_null_type(type_)
    inner: Any = type_ if nullable else type_.of_type  # type: ignore[union-attr]
    return Place(nullable, place_of(inner.of_type) if is_list_type(inner) else None)


def spread(place: Place, values: Sequence[Any]) -> tuple[Sequence[Any], PutBack]:
    """The objects inside `values`, flat and in order, and the way back.

    The way back takes one ready item per object and returns len(values) ready values with nulls
    and lists where they were. Raises Unexpected for a null or a non-list the type does not allow.
    """
    classes = set(map(type, values))
    present = values
    if NoneType in classes:
        if not place.nullable:
            raise Unexpected("null in a non-null position")
        classes.remove(NoneType)
        present = [value for value in values if value is not None]
    put_back: PutBack
    if place.item is None:
        objects, put_back = present, _as_they_are
    elif classes <= LISTS:
        objects, put_back = _spread_lists(place.item, present)
    else:
        raise Unexpected("not a list")
    return objects, put_back if present is values else _with_nulls(values, put_back)


def _spread_lists(item: Place, lists: Sequence[Any]) -> tuple[Sequence[Any], PutBack]:
    flat, put_back_items = spread(item, list(chain.from_iterable(lists)))
    lengths = [len(items) for items in lists]

    def put_back(ready: list[Any]) -> list[Any]:
        items = iter(put_back_items(ready))
        return [list(islice(items, length)) for length in lengths]

    return flat, put_back


def _with_nulls(values: Sequence[Any], put_back: PutBack) -> PutBack:
    def put_all_back(ready: list[Any]) -> list[Any]:
        items = iter(put_back(ready))
        return [None if value is None else next(items) for value in values]

    return put_all_back


def _as_they_are(ready: list[Any]) -> list[Any]:
    return ready
