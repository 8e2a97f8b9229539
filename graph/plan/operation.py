"""What is read off an operation once, before it is compiled for the values of its conditions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
)
from graphql.execution.values import VariableValues

from graph.plan.fallback import NotPlanned


@dataclass(frozen=True, slots=True)
class Reading:
    """`conditions`: the variables that decide about @skip and @include anywhere in the document."""

    fragments: Mapping[str, FragmentDefinitionNode]
    conditions: tuple[str, ...]

    def flags(self, variables: VariableValues) -> dict[str, bool]:
        """Values of the conditions; NotPlanned for a null one, an error."""
        flags = {name: variables.coerced.get(name) for name in self.conditions}
        if not all(isinstance(value, bool) for value in flags.values()):
            raise NotPlanned("a condition is null")
        return {name: bool(value) for name, value in flags.items()}


def reading_of(document: DocumentNode, operation: OperationDefinitionNode) -> Reading:
    """What a plan needs of an operation of a valid document; NotPlanned for anything but a query."""
    if operation.operation is not OperationType.QUERY:
        raise NotPlanned("only queries are planned")
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    conditions = {name for holder in _holders(document) for name in _conditions(holder)}
    declared = {definition.variable.name.value for definition in operation.variable_definitions or ()}
    return Reading(fragments, tuple(sorted(conditions & declared)))


def _holders(node: Node) -> Iterator[Any]:
    """Every definition, field and fragment below a node, itself included."""
    yield node
    for definition in getattr(node, "definitions", ()):
        yield from _holders(definition)
    selections = getattr(node, "selection_set", None)
    for selection in selections.selections if selections else ():
        yield from _holders(selection)


def _conditions(node: Any) -> Iterator[str]:
    for directive in getattr(node, "directives", None) or ():
        if directive.name.value not in ("skip", "include"):
            raise NotPlanned(f"@{directive.name.value} is not planned")
        for argument in directive.arguments or ():
            if isinstance(argument.value, VariableNode):
                yield argument.value.name.value
