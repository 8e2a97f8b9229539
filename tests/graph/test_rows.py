"""Each type reads its fields off the rows its resolvers return: hold the two together."""

import inspect
from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from strawberry.types.field import StrawberryField

from graph.schema import schema
from resolvers.declare import declaration_of

# Union and interface members say what they view with `views`; their rows come from batches of any row.
OBJECTS = {
    name: kind.extensions["strawberry-definition"]
    for name, kind in schema._schema.type_map.items()
    if "strawberry-definition" in (kind.extensions or {}) and hasattr(kind, "fields") and not name.endswith("By")
}

# They tell what the edge knows of a request, and read nothing.
OF_CALLERS = ("Query.export_job", "Query.rate_limit", "Query.viewer")
ROOTS = [name for name in ("Query", "Mutation", "Subscription") if name in OBJECTS]


def rows_of(hint: Any) -> Iterator[Any]:
    """The row types inside lists, optionals, pages and edges."""
    if get_origin(hint) is not None and not fields_of(hint):
        for part in get_args(hint):
            yield from rows_of(part)
    elif hint is not type(None) and hint is not Ellipsis:
        yield hint


def fields_of(row: Any) -> dict[str, Any]:
    """What can be read off a row, with the types its own type arguments give."""
    class_ = get_origin(row) or row
    if not inspect.isclass(class_) or not (hasattr(class_, "__dataclass_fields__") or hasattr(class_, "_fields")):
        return {}
    known = dict(get_type_hints(class_))
    for name, part in inspect.getmembers(class_, lambda part: isinstance(part, property)):
        known[name] = get_type_hints(part.fget).get("return")
    return {name: bound(hint, class_, get_args(row)) for name, hint in known.items()}


def bound(hint: Any, class_: Any, arguments: tuple[Any, ...]) -> Any:
    """A hint with the type variables of a generic row, or of its generic bases, filled in."""
    filled = dict(zip(getattr(class_, "__parameters__", ()), arguments, strict=False))
    for base in getattr(class_, "__orig_bases__", ()):
        origin = get_origin(base)
        if hasattr(origin, "__parameters__"):
            filled |= {k: filled.get(v, v) for k, v in zip(origin.__parameters__, get_args(base), strict=False)}
    if hint in filled:
        return filled[hint]
    parameters = getattr(hint, "__parameters__", ())
    return hint[tuple(filled.get(each, each) for each in parameters)] if parameters else hint


def views() -> set[tuple[str, Any]]:
    """(type, row) for every object a query can reach, from the batches of the root downwards."""
    seen: set[tuple[str, Any]] = set()
    waiting: list[tuple[str, Any]] = [(root, None) for root in ROOTS]
    while waiting:
        name, row = waiting.pop()
        if (name, row) in seen:
            continue
        seen.add((name, row))
        for field in OBJECTS[name].fields:
            waiting += list(below(name, row, field))
    return {(name, row) for name, row in seen if row is not None}


def below(name: str, row: Any, field: StrawberryField) -> Iterator[tuple[str, Any]]:
    target: Any = schema._schema.type_map[name].fields[schema.config.name_converter.get_graphql_name(field)].type  # type: ignore[union-attr]
    while hasattr(target, "of_type"):
        target = target.of_type
    if target.name not in OBJECTS or target.name == "Node":
        return
    if field.base_resolver is None:
        hint = fields_of(row).get(field.python_name)
    else:
        hint = answered_with(f"{name}.{field.python_name}", field.base_resolver.wrapped_func)
    for each in rows_of(hint):
        yield target.name, each


def answered_with(where: str, resolver: Any) -> Any:
    """What a batch holds for each key, a subscription yields, or the edge knows."""
    declaration = declaration_of(resolver)
    if declaration is None:
        assert where.startswith(("Mutation.", "Subscription.")) or where in OF_CALLERS, f"{where} is no batch"
        return get_type_hints(resolver)["return"]
    [hint] = get_args(get_type_hints(declaration.batch)["return"])
    return hint


VIEWS = sorted(views(), key=str)


@pytest.mark.parametrize(("name", "row"), VIEWS, ids=lambda part: getattr(part, "__name__", str(part)))
def test_every_plain_field_is_an_attribute_of_the_row(name: str, row: Any) -> None:
    plain = {field.python_name for field in OBJECTS[name].fields if field.base_resolver is None}

    assert plain - fields_of(row).keys() == set()


def test_the_walk_reaches_every_object_type() -> None:
    reached = {name for name, _ in VIEWS} | {*ROOTS, "Node"}

    assert {name for name in OBJECTS if not getattr(OBJECTS[name], "is_input", False)} - reached == set()
