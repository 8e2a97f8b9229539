"""Rows of one shape at one place of the answer, and how their dicts find the way back up."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import orjson

from graph.plan.compile import Column, Position, Shape
from graph.plan.fallback import Unexpected
from graph.plan.place import spread
from models.epoch import Pin

Ready: TypeAlias = Callable[[], Sequence[Any]]
"""Values for the projector, one per row: raw for a leaf, ready JSON for everything else."""


class Visit:
    """`values` holds one entry per column of the shape, each set as the column is read; `pin` is what it reads at."""

    __slots__ = ("pin", "rows", "shape", "values")

    def __init__(self, shape: Shape, rows: Sequence[Any], pin: Pin) -> None:
        self.shape = shape
        self.rows = rows
        self.pin = pin
        self.values: list[Ready] = [_unread] * len(shape.columns)

    def ready(self) -> list[dict[str, Any]]:
        """One dict per row, in order. Raises Unexpected or what a scalar's serializer raises."""
        return self.shape.project(self.rows, [values() for values in self.values])


def read_attributes(visits: list[Visit]) -> None:
    """Set every column that comes off the rows; `visits` grows by the objects this leads to."""
    for visit in visits:
        for number, column, read in visit.shape.attributes:
            visit.values[number] = take(column, list(map(read, visit.rows)), visits, visit.pin)


def take(column: Column, values: Sequence[Any], visits: list[Visit], pin: Pin) -> Ready:
    """Accept a column's raw values, one per row; the objects inside them are added to `visits`.

    A list whose class has a method `written` gives the JSON of its items by itself. Raises Unexpected for nulls,
    lists and classes the type of the field does not allow.
    """
    if column.below is None:
        return lambda: values
    if len(values) == 1 and column.place.item is None and values[0] is not None:
        visit = Visit(column.below.shape_of(type(values[0])), values, pin)
        visits.append(visit)
        return visit.ready
    if column.place.item is not None:
        classes = set(map(type, values))
        writing = {class_ for class_ in classes if hasattr(class_, "written")}
        plain = _plain(column)
        if writing and writing == classes and plain is not None:
            fragments = [orjson.Fragment(value.written(plain)) for value in values]
            return lambda: fragments
        if writing:
            values = [list(value) if type(value) in writing else value for value in values]
    objects, put_back = spread(column.place, values)
    ready = _partition(column.below, objects, visits, pin)
    return lambda: put_back(ready())


def _plain(column: Column) -> tuple[tuple[str, str], ...] | None:
    """What is read off the rows of a list, where a list may write itself: nothing but leaves of one type."""
    below, item = column.below, column.place.item
    one = below is not None and len(below.shapes) == 1 and item is not None and item.item is None
    return below.shapes[0].plain if below is not None and one else None


def _partition(position: Position, objects: Sequence[Any], visits: list[Visit], pin: Pin) -> Callable[[], list[Any]]:
    """One visit per shape; their dicts come back in the order of `objects`."""
    shapes = {position.shape_of(class_) for class_ in set(map(type, objects))}
    if not shapes:
        return list
    if len(shapes) == 1:
        visit = Visit(shapes.pop(), objects, pin)
        visits.append(visit)
        return visit.ready
    order = [position.shape_of(type(row)) for row in objects]
    parts = {
        shape: Visit(shape, [row for row, own in zip(objects, order, strict=True) if own is shape], pin)
        for shape in dict.fromkeys(order)
    }
    visits += parts.values()

    def ready() -> list[Any]:
        dicts = {shape: iter(visit.ready()) for shape, visit in parts.items()}
        return [next(dicts[shape]) for shape in order]

    return ready


def _unread() -> Sequence[Any]:
    raise Unexpected("a column was never read")
