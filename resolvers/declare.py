"""How a field is declared once, so that both executions can read it: a batch, and a function that makes its key."""

import inspect
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, NewType, TypeAlias, TypeVar

import strawberry
from strawberry import ID, UNSET, Parent

from models.epoch import AsOf
from resolvers.context import Batch, Info

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Key: TypeAlias = Callable[..., K | None]

URL = NewType("URL", str)
"""An address: the scalar of graph.scalars."""

__all__ = ["ID", "URL", "Declaration", "Parent", "argument", "batched", "cursor_in", "declaration_of", "without_nulls"]


def argument(description: str, name: str | None = None) -> Any:
    """What GraphQL says of an argument: the second half of an Annotated; `name` where Python's can't be used."""
    return strawberry.argument(description=description, name=name)


At: TypeAlias = Annotated[
    AsOf | None,
    argument(
        "Answer as published at an epoch or known at a moment, with windows that end on a day, for "
        'example {epoch: 3} or {day: "2026-02-12", knownAt: "2026-03-05T00:00:00Z"}. Holds for everything below.'
    ),
]


@dataclass(frozen=True, slots=True)
class Declaration(Generic[K, V]):
    """A batch and the function that makes its key from the parent row and the arguments.

    `at`: the field takes the argument `at`, which pins everything below it. `ready`: the field's JSON may be
    kept as bytes for an epoch, one copy per key and selection.
    """

    batch: Batch[K, V]
    key: Key[K]
    at: bool
    ready: bool


def batched(
    batch: Batch[K, V], *, at: bool = False, ready: bool = False
) -> Callable[[Key[K]], Callable[..., Awaitable[V | None]]]:
    """Make a key function a resolver answered by `batch`.

    The signature of the key function is the field's arguments, and `at` where asked for; a key of None is
    answered with null and never reaches the batch. Arguments `after` and `before` are cursors, and read at
    their epoch.
    """

    def declare(key: Key[K]) -> Callable[..., Awaitable[V | None]]:
        async def resolver(*args: Any, info: Info, **kwargs: Any) -> V | None:
            context, where = info.context, tuple(info.path.as_list())
            pin = context.pin_at(where)
            moment, cursor = kwargs.pop("at", None) if at else None, cursor_in(kwargs)
            if moment is not None or cursor is not None:
                context.pins[where] = pin = await context.repin(pin, moment, cursor)
            return await context.load(batch, key(*args, **kwargs), pin)

        seen: Any = resolver
        seen.__signature__, seen.__annotations__ = _signature(key, at)
        seen.__module__, seen.__name__, seen.__doc__ = key.__module__, key.__name__, key.__doc__
        seen.declaration = Declaration(batch, key, at, ready)
        return resolver

    return declare


def cursor_in(arguments: Mapping[str, Any]) -> str | None:
    """The cursor among a field's arguments, None where it is asked for its first or last page."""
    cursor: str | None = arguments.get("after") or arguments.get("before")
    return cursor


def declaration_of(resolver: object) -> Declaration[Any, Any] | None:
    """What `batched` left on a resolver, None for a plain function."""
    found = getattr(resolver, "declaration", None)
    return found if isinstance(found, Declaration) else None


def without_nulls(function: Any) -> Any:
    """A plain resolver or a source of events, its arguments declared as those of batches are."""
    own = inspect.signature(function, eval_str=True)
    function.__signature__ = own.replace(parameters=[_without_null(each) for each in own.parameters.values()])
    return function


def _signature(key: Key[Any], at: bool) -> tuple[inspect.Signature, dict[str, Any]]:
    """The key's own parameters, then `at` and `info`."""
    own = inspect.signature(key)
    added = {"at": At} if at else {}
    keyword = inspect.Parameter.KEYWORD_ONLY
    more = [inspect.Parameter(name, keyword, annotation=hint, default=UNSET) for name, hint in added.items()]
    info = inspect.Parameter("info", keyword, annotation=Info)
    parameters = [*map(_without_null, own.parameters.values()), *more, info]
    signature = own.replace(parameters=parameters, return_annotation=Any)
    return signature, {**key.__annotations__, **added, "info": Info, "return": Any}


def _without_null(parameter: inspect.Parameter) -> inspect.Parameter:
    """An argument left out and one of null mean the same: the schema need not say `= null`."""
    return parameter.replace(default=UNSET) if parameter.default is None else parameter
