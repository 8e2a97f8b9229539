"""How large a document may be: one walk over it before validation, each fragment measured once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isinf
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FloatValueNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
)

from graph.refusal import refused

INTROSPECTION = frozenset(("__schema", "__type"))


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest of each that is taken. A standard introspection query has a depth of 15."""

    characters: int = 32_768
    tokens: int = 2_000
    comments: int = 200
    operations: int = 10
    fragments: int = 50
    variables: int = 100
    arguments: int = 30
    depth: int = 15
    aliases: int = 50
    directives: int = 50
    fields: int = 600
    repeats: int = 10
    introspections: int = 2
    errors: int = 5
    list_items: int = 250
    nesting: int = 32
    digits: int = 40
    string: int = 4_096


@dataclass(frozen=True, slots=True)
class Measure:
    """What a selection holds with its fragments expanded."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    introspections: int = 0


NOTHING = Measure()

CODES = {
    "depth": ("DEPTH_LIMIT_EXCEEDED", "levels of fields"),
    "aliases": ("TOO_MANY_ALIASES", "aliases"),
    "directives": ("TOO_MANY_DIRECTIVES", "directives"),
    "fields": ("TOO_MANY_FIELDS", "fields"),
    "introspections": ("TOO_MANY_INTROSPECTIONS", "introspection fields at the root"),
}


def check(document: DocumentNode, limits: Limits) -> None:
    """Raises Refused at the first limit the document exceeds, fragments expanded, and for fragments in a circle.

    Takes time in proportion to the document's text and to `limits.fields`, never to what fragments could expand to.
    """
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
    _at_most("TOO_MANY_OPERATIONS", "operations", len(operations), limits.operations)
    _at_most("TOO_MANY_FRAGMENTS", "fragments", len(fragments), limits.fragments)
    for operation in operations:
        _at_most("TOO_MANY_VARIABLES", "variables", len(operation.variable_definitions or ()), limits.variables)
    walk = _Walk({fragment.name.value: fragment for fragment in fragments}, limits)
    for definition in (*operations, *fragments):
        walk.measured(definition)
    for definition in (*operations, *fragments):
        _check_repeats(definition.selection_set, walk.fragments, limits.repeats)


@dataclass(slots=True)
class _Walk:
    """Measures of the definitions of one document."""

    fragments: Mapping[str, FragmentDefinitionNode]
    limits: Limits
    known: dict[str, Measure] = field(default_factory=dict[str, Measure])
    open: set[str] = field(default_factory=set[str])

    def measured(self, definition: ExecutableDefinitionNode) -> Measure:
        """The measure of a definition, refused if too large; a fragment's is kept."""
        if isinstance(definition, OperationDefinitionNode):
            return self._selection_set(definition.selection_set, len(definition.directives or ()))
        name = definition.name.value if definition.name else ""
        if name in self.open:
            raise refused("GRAPHQL_VALIDATION_FAILED", f"Cannot spread fragment '{name}' within itself.")
        if name not in self.known:
            self.open.add(name)
            self.known[name] = self._selection_set(definition.selection_set)
            self.open.remove(name)
        return self.known[name]

    def _selection_set(self, selection_set: SelectionSetNode, directives: int = 0) -> Measure:
        parts = [self._selection(selection) for selection in selection_set.selections]
        measure = Measure(
            max(part.depth for part in parts),
            sum(part.aliases for part in parts),
            sum(part.directives for part in parts) + directives,
            sum(part.fields for part in parts),
            sum(part.introspections for part in parts),
        )
        for name, (code, noun) in CODES.items():
            _at_most(code, noun, getattr(measure, name), getattr(self.limits, name))
        return measure

    def _selection(self, node: SelectionNode) -> Measure:
        directives = node.directives or ()
        for directive in directives:
            _check_arguments(directive.arguments or (), self.limits)
        if isinstance(node, FieldNode):
            return self._field(node, len(directives))
        below = NOTHING
        if isinstance(node, InlineFragmentNode):
            below = self._selection_set(node.selection_set)
        elif isinstance(node, FragmentSpreadNode) and node.name.value in self.fragments:
            below = self.measured(self.fragments[node.name.value])
        return Measure(
            below.depth, below.aliases, below.directives + len(directives), below.fields, below.introspections
        )

    def _field(self, node: FieldNode, directives: int) -> Measure:
        _check_arguments(node.arguments or (), self.limits)
        below = self._selection_set(node.selection_set) if node.selection_set else NOTHING
        renamed = node.alias is not None and node.name.value != "__typename"
        introspects = node.name.value in INTROSPECTION
        return Measure(
            below.depth + 1,
            below.aliases + renamed,
            below.directives + directives,
            below.fields + 1,
            below.introspections + introspects,
        )


def _check_arguments(arguments: Sequence[ArgumentNode], limits: Limits) -> None:
    _at_most("TOO_MANY_ARGUMENTS", "arguments", len(arguments), limits.arguments)
    for argument in arguments:
        _check_value(argument.value, limits, 1)


def _check_value(value: ValueNode, limits: Limits, depth: int) -> None:
    _at_most("BAD_USER_INPUT", "levels in an argument", depth, limits.nesting)
    if isinstance(value, StringValueNode):
        _at_most("BAD_USER_INPUT", "characters in a string", len(value.value), limits.string)
        # PostgreSQL stores no NUL; variables are held to the same by server.edge.strictjson.
        if "\0" in value.value:
            raise refused("BAD_USER_INPUT", "A string may not hold NUL.")
    elif isinstance(value, IntValueNode | FloatValueNode):
        _at_most("BAD_USER_INPUT", "digits in a number", len(value.value), limits.digits)
        if isinf(float(value.value)):
            raise refused("BAD_USER_INPUT", "A number must be within the range of a double.")
    elif isinstance(value, ListValueNode):
        _at_most("BAD_USER_INPUT", "items in a list", len(value.values), limits.list_items)
        for item in value.values:
            _check_value(item, limits, depth + 1)
    elif isinstance(value, ObjectValueNode):
        for entry in value.fields:
            _check_value(entry.value, limits, depth + 1)


def _check_repeats(
    selection_set: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], limit: int
) -> None:
    """Refuse many fields under one key: validation compares each with each, and all that is below them.

    Fields that will be merged are one place of the answer, so the fields below them are counted together.
    """
    places: list[list[SelectionSetNode]] = [[selection_set]]
    while places:
        below: dict[str, list[SelectionSetNode]] = {}
        counts: Counter[str] = Counter()
        for node in fields_of(places.pop(), fragments, set()):
            key = (node.alias or node.name).value
            counts[key] += 1
            if node.selection_set:
                below.setdefault(key, []).append(node.selection_set)
        _at_most("TOO_MANY_REPEATED_FIELDS", "fields under one name", max(counts.values(), default=0), limit)
        places.extend(below.values())


def fields_of(
    sets: Sequence[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode], visited: set[str]
) -> Iterator[FieldNode]:
    """The fields of one place of the answer, each fragment once."""
    for selection in (selection for one in sets for selection in one.selections):
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, InlineFragmentNode):
            yield from fields_of([selection.selection_set], fragments, visited)
        elif isinstance(selection, FragmentSpreadNode):
            name = selection.name.value
            if name in fragments and name not in visited:
                visited.add(name)
                yield from fields_of([fragments[name].selection_set], fragments, visited)


def check_variables(variables: Mapping[str, Any], limits: Limits) -> None:
    """Raises Refused where a list in the variables is longer than a document's own lists may be."""
    waiting: list[Any] = list(variables.values())
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            _at_most("BAD_USER_INPUT", "items in a list", len(value), limits.list_items)
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()


def _at_most(code: str, noun: str, found: int, limit: int) -> None:
    if found > limit:
        raise refused(code, f"This request has {found} {noun}, {limit} are allowed.", found=found, limit=limit)
