"""What an operation costs, from its document and variables alone, by rules that stand in the SDL.

A field costs its weight each time it is answered, and once for each item where it is a list: 1 for objects, 0 for
leaves, or what `@cost` says. How many items are assumed is what `@listSize` says.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import strawberry
from graphql import (
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)
from strawberry.schema_directive import Location

from graph.price import ASSUMED, ONE, Part, Price, Size, Span, Variable, counted, total_of
from resolvers.argument import PAGE
from resolvers.series import SHORTEST

LENGTHS = {interval.name: days for interval, days in SHORTEST.items()}
# Arguments that say how many items a field has, alone or each for itself.
SLICING = ("first", "ids", "keys", "periods", "days")
# Introspection walks the schema in memory: this many of its objects cost as much as one of ours.
INTROSPECTED_PER_POINT = 20


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="cost",
    description="What the field costs each time it is answered and, where it is a list, for each item. Without this "
    "directive objects cost 1 and leaves 0.",
)
class Cost:
    weight: int


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="listSize",
    description="How many items the cost of a query assumes: the largest of the slicing arguments that are given, "
    "where a list counts as its length, else the assumed size. It holds for the sized fields below, or for the field "
    "itself where none is named.",
)
class ListSize:
    assumed_size: int = ASSUMED
    slicing_arguments: list[str] | None = strawberry.directive_field(name="slicingArguments", default=strawberry.UNSET)
    sized_fields: list[str] | None = strawberry.directive_field(name="sizedFields", default=strawberry.UNSET)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="daySpan",
    description="How many items the cost of a query assumes for the sized fields below, or for the field itself where "
    "none is named: as many as there are buckets of the argument `interval` between the days `from` and `to`.",
)
class DaySpan:
    sized_fields: list[str] | None = strawberry.directive_field(name="sizedFields", default=strawberry.UNSET)


def sizes_by(arguments: Collection[str]) -> list[ListSize]:
    """What the names of a field's arguments say of its size: one that takes `after` is a page of a list."""
    if "after" in arguments:
        return [ListSize(assumed_size=PAGE, slicing_arguments=["first", "last"], sized_fields=["edges", "nodes"])]
    slicing = [name for name in SLICING if name in arguments]
    return [ListSize(slicing_arguments=slicing)] if slicing else []


def price_of(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> Price:
    """The price of a valid operation that has passed the limits: the walk is as long as its expanded fields."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    root = schema.get_root_type(operation.operation)
    parts = _Pricing(schema, fragments).parts(root, [operation.selection_set], {}) if root else ()
    depends = any(_depends(part) for part in parts)
    return Price(parts, None if depends else total_of(parts, {}))


def _depends(part: Part) -> bool:
    return bool(part.size.variables) or any(_depends(below) for below in part.below)


@dataclass(frozen=True, slots=True)
class _Pricing:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]

    def parts(
        self, parent: GraphQLNamedType, sets: Sequence[SelectionSetNode], sized: Mapping[str, Size | Span]
    ) -> tuple[Part, ...]:
        """The fields asked of one object of type `parent`; `sized` are sizes its own field has set for them.

        Fields under one key are merged into one, as execution does, with the selections of them all.
        """
        merged: dict[tuple[str, str], list[tuple[GraphQLNamedType, FieldNode]]] = {}
        for type_, node in self._fields(parent, sets, set()):
            merged.setdefault(((node.alias or node.name).value, type_.name), []).append((type_, node))
        return tuple(self._part(key, found, sized) for (key, _), found in merged.items())

    def _part(
        self, key: str, found: Sequence[tuple[GraphQLNamedType, FieldNode]], sized: Mapping[str, Size | Span]
    ) -> Part:
        parent, node = found[0]
        declared = self._declared(parent, node)
        if declared is None:
            return Part(key, 0, 0, ONE, ())
        sets = [each.selection_set for _, each in found if each.selection_set]
        type_ = get_named_type(declared.type)
        if type_.name.startswith("__"):
            objects = self._introspected(type_, sets)
            return Part(key, 1 + objects // INTROSPECTED_PER_POINT, objects, ONE, ())
        own, below = _sizes(declared, node, sized.get(node.name.value))
        composite = is_composite_type(type_)
        parts = self.parts(type_, sets, below) if composite else ()
        return Part(key, _weight(declared, composite), int(composite), own, parts)

    def _introspected(self, type_: GraphQLNamedType, sets: Sequence[SelectionSetNode]) -> int:
        """How many objects of the schema itself an answer lists."""
        total = 0
        for parent, node in self._fields(type_, sets, set()):
            declared = self._declared(parent, node)
            if declared is None or node.selection_set is None:
                continue
            below = self._introspected(get_named_type(declared.type), [node.selection_set])
            items = self._listed(node.name.value) if _is_list(declared) else 0
            total += items * (1 + below) if items else below
        return total

    def _declared(self, parent: GraphQLNamedType, node: FieldNode) -> GraphQLField | None:
        return self.schema.get_field(parent, node.name.value) if is_composite_type(parent) else None

    def _listed(self, name: str) -> int:
        """All types, or as many fields, arguments and values as a type has on average, rounded up."""
        return len(self.schema.type_map) if name == "types" else ASSUMED

    def _fields(
        self, parent: GraphQLNamedType, sets: Sequence[SelectionSetNode], visited: set[str]
    ) -> Iterator[tuple[GraphQLNamedType, FieldNode]]:
        """Each field with the type it is asked of; every fragment once."""
        for selection in (selection for one in sets for selection in one.selections):
            if isinstance(selection, FieldNode):
                yield parent, selection
            elif isinstance(selection, InlineFragmentNode):
                yield from self._fields(self._narrowed(parent, selection), [selection.selection_set], visited)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in visited:
                visited.add(selection.name.value)
                fragment = self.fragments[selection.name.value]
                yield from self._fields(self._narrowed(parent, fragment), [fragment.selection_set], visited)

    def _narrowed(
        self, parent: GraphQLNamedType, fragment: InlineFragmentNode | FragmentDefinitionNode
    ) -> GraphQLNamedType:
        if fragment.type_condition is None:
            return parent
        return self.schema.get_type(fragment.type_condition.name.value) or parent


def _weight(declared: GraphQLField, composite: bool) -> int:
    said = _directive(declared, Cost)
    return said.weight if said else int(composite)


def _sizes(
    declared: GraphQLField, node: FieldNode, inherited: Size | Span | None
) -> tuple[Size | Span, Mapping[str, Size | Span]]:
    """How many items a field has, and the sizes it sets for fields below."""
    said, spanned, listed = _directive(declared, ListSize), _directive(declared, DaySpan), _is_list(declared)
    size: Size | Span = _size(declared, node, said) if said else Size(None)
    below: dict[str, Size | Span] = dict.fromkeys(said.sized_fields or (), size) if said else {}
    if spanned and spanned.sized_fields:
        below |= dict.fromkeys(spanned.sized_fields, _span(node))
    elif spanned:
        size = _span(node)
    return (inherited or size if listed else ONE), below


def _span(node: FieldNode) -> Span:
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    first, last = (_day(given.get(name)) for name in ("from", "to"))
    interval = given.get("interval")
    if isinstance(interval, VariableNode):
        return Span(first, last, Variable(interval.name.value), LENGTHS)
    return Span(first, last, interval.value if isinstance(interval, EnumValueNode) else None, LENGTHS)


def _day(value: ValueNode | None) -> date | Variable | None:
    if isinstance(value, VariableNode):
        return Variable(value.name.value)
    return date.fromisoformat(value.value) if isinstance(value, StringValueNode) else None


def _size(declared: GraphQLField, node: FieldNode, said: ListSize) -> Size:
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    numbers, variables = [], []
    for name in said.slicing_arguments or ():
        value = given.get(name)
        if isinstance(value, VariableNode):
            variables.append(value.name.value)
        elif isinstance(value, IntValueNode):
            numbers.append(counted(int(value.value)))
        elif isinstance(value, ListValueNode):
            numbers.append(len(value.values))
        elif value is None and isinstance(default := _default(declared, name), int | list | tuple):
            numbers.append(counted(default))
    return Size(max(numbers, default=None), tuple(variables), said.assumed_size)


def _default(declared: GraphQLField, name: str) -> object:
    return declared.args[name].default_value if name in declared.args else None


def _is_list(declared: GraphQLField) -> bool:
    type_ = declared.type
    return is_list_type(type_.of_type if is_non_null_type(type_) else type_)


D = TypeVar("D")


def _directive(declared: GraphQLField, kind: type[D]) -> D | None:
    """The directive of that kind on a field as Strawberry declared it."""
    definition = (declared.extensions or {}).get("strawberry-definition")
    return next((each for each in getattr(definition, "directives", ()) if isinstance(each, kind)), None)
