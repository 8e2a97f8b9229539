"""Arguments of a field as its key function takes them: all that doesn't depend on variables is made once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    Node,
    VariableNode,
    is_required_argument,
)
from graphql.execution.values import VariableValues, get_argument_values
from graphql.type import is_non_null_type
from strawberry.types.arguments import StrawberryArgument

from graph.plan.fallback import Unexpected
from graph.plan.inputs import Convert, Inputs

Arguments: TypeAlias = Callable[[VariableValues], dict[str, Any]]
"""Python arguments by name. The dict may be shared between requests: never change it."""


@dataclass(frozen=True, slots=True)
class Slot:
    """An argument that is exactly one variable; `default` is what is given where that has no value."""

    name: str
    variable: str
    required: bool
    convert: Convert
    default: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """One field node whose arguments are read."""

    inputs: Inputs
    definition: GraphQLField
    arguments: Sequence[StrawberryArgument]
    node: FieldNode

    def function(self) -> Arguments:
        """What gives the arguments for the variables of a request; it raises where graphql-core reports an error."""
        given = {each.name.value: each.value for each in self.node.arguments or ()}
        slots = [
            self._slot(argument, value)
            for argument in self.arguments
            if isinstance(value := given.get(self._name(argument)), VariableNode)
        ]
        rest = [each for each in self.arguments if not isinstance(given.get(self._name(each)), VariableNode)]
        if any(_uses_variable(given[self._name(each)]) for each in rest if self._name(each) in given):
            return lambda variables: self._converted(self.arguments, self.definition.args, variables)
        constant = self._converted(rest, self._among(rest), VariableValues({}, {}))
        if not slots:
            return lambda _: constant
        return lambda variables: self._filled(constant, slots, variables.coerced)

    def _slot(self, argument: StrawberryArgument, variable: VariableNode) -> Slot:
        name = self._name(argument)
        definition = self.definition.args[name]
        required = is_required_argument(definition)
        default = {} if required else self._defaults(argument)
        convert = self.inputs.converting(argument.type)
        return Slot(argument.python_name, variable.name.value, is_non_null_type(definition.type), convert, default)

    def _defaults(self, argument: StrawberryArgument) -> dict[str, Any]:
        left_out = FieldNode(name=self.node.name, arguments=())
        values = get_argument_values(GraphQLField(self.definition.type, self._among([argument])), left_out)
        return self._python([argument], values)

    def _filled(self, constant: dict[str, Any], slots: list[Slot], coerced: dict[str, Any]) -> dict[str, Any]:
        filled = dict(constant)
        for slot in slots:
            if slot.variable not in coerced:
                if slot.required and not slot.default:
                    raise Unexpected(f"${slot.variable} has no value")
                filled |= slot.default
            elif coerced[slot.variable] is None and slot.required:
                raise Unexpected(f"${slot.variable} is null")
            else:
                filled[slot.name] = slot.convert(coerced[slot.variable])
        return filled

    def _converted(
        self, arguments: Sequence[StrawberryArgument], among: dict[str, GraphQLArgument], variables: VariableValues
    ) -> dict[str, Any]:
        values = get_argument_values(GraphQLField(self.definition.type, among), self.node, variables)
        return self._python(arguments, values)

    def _python(self, arguments: Sequence[StrawberryArgument], values: dict[str, Any]) -> dict[str, Any]:
        named = {self._name(each): each for each in arguments}
        return {
            named[name].python_name: self.inputs.converting(named[name].type)(value)
            for name, value in values.items()
            if name in named
        }

    def _among(self, arguments: Sequence[StrawberryArgument]) -> dict[str, GraphQLArgument]:
        return {self._name(each): self.definition.args[self._name(each)] for each in arguments}

    def _name(self, argument: StrawberryArgument) -> str:
        return self.inputs.schema.config.name_converter.from_argument(argument)


def _uses_variable(node: Node) -> bool:
    if isinstance(node, VariableNode):
        return True
    children = [getattr(node, "value", None), *getattr(node, "values", ()), *getattr(node, "fields", ())]
    return any(_uses_variable(child) for child in children if isinstance(child, Node))
