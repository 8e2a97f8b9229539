"""Which fields a selection asks of one concrete type, as CollectFields of the specification."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
    is_object_type,
)

Fields: TypeAlias = dict[str, list[FieldNode]]
"""Field nodes by response key: key order is answer order, several nodes are merged."""


@dataclass(frozen=True, slots=True)
class Selections:
    """What collecting needs to know of one operation.

    `flags`: coerced values of the variables used by @skip and @include.
    """

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    flags: Mapping[str, Any] = field(default_factory=dict)

    def root(self, type_: GraphQLObjectType, selection_set: SelectionSetNode) -> Fields:
        return self._collect(type_, [selection_set])

    def below(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> Fields:
        """The merged fields of several nodes with one response key, where the object is a `type_`."""
        return self._collect(type_, [node.selection_set for node in nodes if node.selection_set])

    def _collect(self, type_: GraphQLObjectType, selection_sets: list[SelectionSetNode]) -> Fields:
        fields: Fields = {}
        visited: set[str] = set()
        for selection_set in selection_sets:
            for node in self._walk(type_, selection_set, visited):
                fields.setdefault((node.alias or node.name).value, []).append(node)
        return fields

    def _walk(
        self, type_: GraphQLObjectType, selection_set: SelectionSetNode, visited: set[str]
    ) -> Iterator[FieldNode]:
        for node in selection_set.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if self._applies(node, type_):
                    yield from self._walk(type_, node.selection_set, visited)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                fragment = self.fragments[node.name.value]
                if self._applies(fragment, type_):
                    visited.add(node.name.value)
                    yield from self._walk(type_, fragment.selection_set, visited)

    def _included(self, node: SelectionNode) -> bool:
        """@skip wins over @include; both must let the node pass."""
        for directive in node.directives or ():
            [argument] = directive.arguments or ()
            condition = argument.value
            if isinstance(condition, VariableNode):
                value = self.flags[condition.name.value]
            else:
                value = isinstance(condition, BooleanValueNode) and condition.value
            if bool(value) == (directive.name.value == "skip"):
                return False
        return True

    def _applies(self, fragment: InlineFragmentNode | FragmentDefinitionNode, type_: GraphQLObjectType) -> bool:
        if fragment.type_condition is None:
            return True
        condition = self.schema.get_type(fragment.type_condition.name.value)
        if is_object_type(condition):
            return condition is type_
        return is_abstract_type(condition) and self.schema.is_sub_type(condition, type_)
