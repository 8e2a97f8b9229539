"""Variables as the schema takes them: what doesn't depend on a request's values is made once per operation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import GraphQLSchema, OperationDefinitionNode, Undefined, VariableDefinitionNode
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values

from graph.coercion import Coercing, coercing

Coerce: TypeAlias = Callable[[Mapping[str, Any]], VariableValues | None]
"""JSON values as the schema takes them; None where one is not valid, and graphql-core has to say why."""


def coercion(schema: GraphQLSchema, operation: OperationDefinitionNode) -> Coerce:
    """What coerces the variables of an operation of a valid document."""
    found = [_variable(schema, definition) for definition in operation.variable_definitions or ()]
    variables = [variable for variable in found if variable is not None]
    if len(variables) < len(found):
        return lambda _: None

    def coerce(values: Mapping[str, Any]) -> VariableValues | None:
        coerced = VariableValues({}, {})
        return coerced if all(variable.add(coerced, values) for variable in variables) else None

    return coerce


@dataclass(frozen=True, slots=True)
class _Variable:
    """`missing`: what stands for it when it is not given, None where it has to be."""

    signature: GraphQLVariableSignature
    coercing: Coercing
    missing: VariableValues | None

    def add(self, coerced: VariableValues, values: Mapping[str, Any]) -> bool:
        """Whether it is valid."""
        name = self.signature.name
        if name in values:
            value = self.coercing(values[name])
            coerced.sources[name] = VariableValueSource(self.signature, values[name])
            coerced.coerced[name] = value
            return value is not Undefined
        if self.missing is None:
            return False
        coerced.sources.update(self.missing.sources)
        coerced.coerced.update(self.missing.coerced)
        return True


def _variable(schema: GraphQLSchema, definition: VariableDefinitionNode) -> _Variable | None:
    signature = get_variable_signature(schema, definition)
    if not isinstance(signature, GraphQLVariableSignature):
        return None
    missing = get_variable_values(schema, [definition], {})
    return _Variable(signature, coercing(signature.type), missing if isinstance(missing, VariableValues) else None)
