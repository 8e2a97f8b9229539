"""Asking what an operation would cost without running it: `rateLimit(dryRun: true)`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    BooleanValueNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from graph.limits import fields_of

FIELD = "rateLimit"
ARGUMENT = "dryRun"


@dataclass(frozen=True, slots=True)
class DryRun:
    """`document` is the operation with nothing but its `rateLimit`; `when` says which variables ask for it, if any."""

    document: DocumentNode
    always: bool
    when: tuple[str, ...]

    def asked(self, variables: Mapping[str, Any]) -> bool:
        return self.always or any(variables.get(name) is True for name in self.when)


def dry_run_of(document: DocumentNode, operation: OperationDefinitionNode) -> DryRun | None:
    """How an operation runs dry, None where it never does."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    fields = [node for node in fields_of([operation.selection_set], fragments, set()) if node.name.value == FIELD]
    values = [argument.value for node in fields for argument in node.arguments or () if argument.name.value == ARGUMENT]
    always = any(isinstance(value, BooleanValueNode) and value.value for value in values)
    when = tuple(value.name.value for value in values if isinstance(value, VariableNode))
    return DryRun(_only(fields, operation, document), always, when) if always or when else None


def _only(fields: list[FieldNode], operation: OperationDefinitionNode, document: DocumentNode) -> DocumentNode:
    reduced = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=operation.variable_definitions,
        directives=operation.directives,
        selection_set=SelectionSetNode(selections=tuple(fields)),
    )
    others = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
    return DocumentNode(definitions=(reduced, *others))
