"""The price of an operation as far as its document tells it: numbers, once the variables are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

# Of a list that says nothing of its size.
ASSUMED = 10
# Of a series whose days are not known before it is asked.
DAYS = 365


@dataclass(frozen=True, slots=True)
class Size:
    """How many items: the largest of what is fixed and what the variables hold, `otherwise` if that is nothing."""

    fixed: int | None
    variables: tuple[str, ...] = ()
    otherwise: int = ASSUMED

    def of(self, variables: Mapping[str, Any]) -> int:
        given = [counted(variables[name]) for name in self.variables if variables.get(name) is not None]
        return max([self.fixed or 0, *given]) if given or self.fixed is not None else self.otherwise


ONE = Size(1)


@dataclass(frozen=True, slots=True)
class Variable:
    """What a variable of the request says."""

    name: str


@dataclass(frozen=True, slots=True)
class Span:
    """As many items as there are buckets between two days; each said in the document, or by a variable.

    `lengths`: the days of the shortest bucket of each interval.
    """

    first: "date | Variable | None"
    last: "date | Variable | None"
    interval: "str | Variable | None"
    lengths: Mapping[str, int]

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(each.name for each in (self.first, self.last, self.interval) if isinstance(each, Variable))

    def of(self, variables: Mapping[str, Any]) -> int:
        first, last, interval = (_said(each, variables) for each in (self.first, self.last, self.interval))
        if not isinstance(first, date) or not isinstance(last, date):
            return DAYS
        length = self.lengths.get(str(getattr(interval, "name", interval)), 1)
        return max(0, (last - first).days // length + 1)


@dataclass(frozen=True, slots=True)
class Part:
    """One field of an operation: its name in the answer, and what is asked of each of its items."""

    key: str
    weight: int
    objects: int
    size: Size | Span
    below: tuple["Part", ...]

    def total(self, variables: Mapping[str, Any], parents: int = 1) -> "Total":
        """Of the field and all below it, when it is answered for `parents` objects."""
        items = parents * self.size.of(variables)
        total = Total(items * self.weight, items * self.objects)
        for part in self.below:
            total += part.total(variables, items)
        return total

    def spent(self, value: object) -> int:
        """Points of the field's value and all below it."""
        if isinstance(value, list):
            return sum(self.spent(item) for item in value)
        if not isinstance(value, dict):
            return self.weight
        return self.weight + sum(part.spent(value.get(part.key)) for part in self.below)


@dataclass(frozen=True, slots=True)
class Total:
    """`cost` in points, and how many objects an answer could hold."""

    cost: int
    objects: int

    def __add__(self, other: "Total") -> "Total":
        return Total(self.cost + other.cost, self.objects + other.objects)


@dataclass(frozen=True, slots=True)
class Price:
    """What an operation costs for any variables, worked out once."""

    parts: tuple[Part, ...]
    fixed: Total | None

    def total(self, variables: Mapping[str, Any]) -> Total:
        return self.fixed or total_of(self.parts, variables)

    def spent(self, data: Mapping[str, Any]) -> int:
        """Points of an answer as it turned out: as many items as there are, not as there could have been."""
        return max(1, sum(part.spent(data.get(part.key)) for part in self.parts))


def total_of(parts: Sequence[Part], variables: Mapping[str, Any]) -> Total:
    """Of an operation's fields: at least one point, as there is work in any request."""
    total = sum((part.total(variables) for part in parts), Total(0, 0))
    return Total(max(1, total.cost), total.objects)


def counted(value: Any) -> int:
    """What a slicing argument says: a number of items, or a list with one item for each of its own."""
    if isinstance(value, list | tuple):
        return len(value)
    return max(0, value) if isinstance(value, int) else 0


def _said(each: object, variables: Mapping[str, Any]) -> object:
    return variables.get(each.name) if isinstance(each, Variable) else each
