"""How the plan obtains a field's value: off the row, or from a batch."""

from dataclasses import dataclass
from inspect import signature
from typing import Any, TypeAlias

from graphql import FieldNode, GraphQLField
from strawberry.types.field import StrawberryField

from graph.plan.arguments import Arguments, Reading
from graph.plan.fallback import NotPlanned
from graph.plan.inputs import Inputs
from resolvers.declare import Declaration, declaration_of


@dataclass(frozen=True, slots=True)
class Attribute:
    """Read off the parent row."""

    name: str


@dataclass(frozen=True, slots=True)
class Batched:
    """One key per parent row; `parent` is False on the root, where a key is made of arguments alone.

    `repins`: an argument may set the epoch that everything below is read at.
    """

    declaration: Declaration[Any, Any]
    arguments: Arguments
    parent: bool
    repins: bool


Read: TypeAlias = Attribute | Batched

CURSORS = frozenset(("after", "before"))


def read_of(inputs: Inputs, definition: GraphQLField, node: FieldNode) -> Read:
    """How to read a field, from its Strawberry definition; NotPlanned for a resolver of another kind."""
    name = node.name.value
    field = (definition.extensions or {}).get("strawberry-definition")
    if not isinstance(field, StrawberryField) or field.extensions or field.permission_classes:
        raise NotPlanned(f"{name} has field extensions or permissions")
    resolver = field.base_resolver
    if resolver is None:
        if inputs.schema.config.default_resolver is not getattr:
            raise NotPlanned("rows are read by another function than getattr")
        return Attribute(field.python_name)
    declaration = declaration_of(resolver.wrapped_func)
    if declaration is None or resolver.self_parameter or resolver.root_parameter:
        raise NotPlanned(f"{name} is not batched")
    parent = resolver.parent_parameter
    if parent and next(iter(signature(declaration.key).parameters)) != parent.name:
        raise NotPlanned(f"{name} takes its parent row in another place than the first")
    arguments = Reading(inputs, definition, field.arguments, node).function()
    repins = declaration.at or any(each.python_name in CURSORS for each in field.arguments)
    return Batched(declaration, arguments, parent is not None, repins)
