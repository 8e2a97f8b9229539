"""The arguments that many fields share, with what is said of them."""

from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from typing import Annotated, Any, TypeAlias, TypeVar, cast

from models.vocabulary import Window
from resolvers.declare import argument
from resolvers.errors import BadInput

LARGEST_PAGE = 100
PAGE = 20
# More keys in one list would be a table, not a question.
LONGEST_LIST = 250

# Most arguments, and as they are.
SIMPLE = (str, int, Enum, date)

T = TypeVar("T")

First: TypeAlias = Annotated[
    int | None, argument(f"How many, counted from the start of the list: 1 to 100, {PAGE} if not said.")
]
After: TypeAlias = Annotated[str | None, argument("Only what follows this cursor, which the list itself gave out.")]
Last: TypeAlias = Annotated[
    int | None, argument("How many, counted from the end of the list: 1 to 100. Instead of `first`.")
]
Before: TypeAlias = Annotated[
    str | None, argument("Only what comes before this cursor, which the list itself gave out.")
]
OverWindow: TypeAlias = Annotated[
    Window,
    argument("The days that count: a flow is their sum, a price, cap or supply the last value in them."),
]
FromDay: TypeAlias = Annotated[date, argument("First UTC day, for example 2026-01-01.", name="from")]
ToDay: TypeAlias = Annotated[date, argument("Last UTC day, for example 2026-03-31.", name="to")]


def hashed(value: T) -> T:
    """An input with its lists as tuples, all the way down: a key of a batch has to be hashable."""
    return cast("T", _hashed(value))


def _hashed(value: Any) -> Any:
    if value is None or isinstance(value, SIMPLE):
        return value
    if isinstance(value, list):
        if len(value) > LONGEST_LIST:
            raise BadInput(f"a list may have at most {LONGEST_LIST} items, not {len(value)}")
        return tuple(map(_hashed, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _hashed(getattr(value, field.name)) for field in fields(value)})
    return value
