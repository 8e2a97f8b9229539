"""Valid operations drawn from a schema: every field and argument, fragments, directives, variables.

Two fields with one response key must be mergeable wherever they meet. An alias is therefore made from
what must be equal: the parent type, the field, and its arguments as text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from graphql import (
    GraphQLField,
    GraphQLInputField,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
    is_union_type,
)
from hypothesis import strategies as st
from orjson import dumps

# Two of these together are an error, and so is a cursor of another list: one in so many times is enough of it.
SELDOM = {"after": 8, "before": 12, "last": 8, "at": 4}

Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass(frozen=True)
class Asked:
    """The text of a document of one query, and its variables as JSON has them."""

    text: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation: str | None = None


@dataclass
class Drawing:
    """One operation on its way. `pools`: JSON values to draw from, by scalar name. `without`: fields to leave out."""

    draw: Draw
    schema: GraphQLSchema
    pools: Mapping[str, list[Any]]
    plain: frozenset[str]
    without: frozenset[str] = frozenset()
    declared: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    fragments: dict[str, tuple[str, str]] = field(default_factory=dict)

    def chance(self, one_in: int) -> bool:
        return bool(self.draw(st.integers(1, one_in)) == one_in)

    def selection_set(self, type_: Any, depth: int) -> str:
        selections = [self.selection(type_, depth) for _ in range(self.draw(st.integers(1, 4)))]
        return "{" + " ".join(selections) + "}"

    def selection(self, type_: Any, depth: int) -> str:
        kind = self.draw(st.sampled_from(["field"] * 5 + ["inline", "spread"])) if depth > 0 else "field"
        if kind == "inline":
            on = self.condition(type_)
            condition = f" on {on.name}" if on is not type_ or self.chance(2) else ""
            return f"...{condition}{self.directives()}{self.selection_set(on, depth - 1)}"
        if kind == "spread":
            return f"...{self.fragment(type_, depth)}{self.directives()}"
        return self.field(type_, depth)

    def condition(self, type_: Any) -> Any:
        """A type that shares an object type with `type_`."""
        own = set(self.possible(type_))
        named = [t for t in self.schema.type_map.values() if is_composite_type(t) and t.name[:2] != "__"]
        return self.draw(st.sampled_from([t for t in named if own & set(self.possible(t))]))

    def possible(self, type_: Any) -> list[GraphQLObjectType]:
        return [type_] if isinstance(type_, GraphQLObjectType) else list(self.schema.get_possible_types(type_))

    def fragment(self, type_: Any, depth: int) -> str:
        """A new named fragment, or one that is complete already, so that none spreads itself."""
        own = set(self.possible(type_))
        fitting = [
            name for name, (on, _) in self.fragments.items() if own & set(self.possible(self.schema.type_map[on]))
        ]
        if fitting and self.chance(2):
            return str(self.draw(st.sampled_from(fitting)))
        on = self.condition(type_)
        text = self.selection_set(on, depth - 1)
        name = f"F{len(self.fragments)}"
        self.fragments[name] = (on.name, text)
        return name

    def field(self, type_: Any, depth: int) -> str:
        declared = {} if is_union_type(type_) else type_.fields
        fields = {name: declared[name] for name in declared if name not in self.without}
        if depth <= 0:
            fields = {name: f for name, f in fields.items() if is_leaf_type(get_named_type(f.type))}
        name = self.draw(st.sampled_from(["__typename", *fields, *fields]))
        if name == "__typename":
            return str(self.draw(st.sampled_from(["__typename", "kind: __typename"]))) + self.directives()
        definition = fields[name]
        arguments = self.arguments(definition)
        alias = ""
        if arguments or name not in self.plain or self.chance(3):
            alias = f"{name}_{crc32(f'{type_.name}.{name}{arguments}'.encode()):x}: "
        composite = is_composite_type(get_named_type(definition.type))
        below = self.selection_set(get_named_type(definition.type), depth - 1) if composite else ""
        return f"{alias}{name}{arguments}{self.directives()}{below}"

    def directives(self) -> str:
        if not self.chance(6):
            return ""
        names = self.draw(st.sampled_from([["skip"], ["include"], ["skip", "include"]]))
        boolean = self.schema.type_map["Boolean"]
        return "".join(f" @{name}(if: {self.value(boolean, required=True)})" for name in names)

    def arguments(self, definition: GraphQLField) -> str:
        drawn = [
            f"{name}: {self.value(argument.type)}"
            for name, argument in definition.args.items()
            if is_required_argument(argument) or self.chance(SELDOM.get(name, 2))
        ]
        return f"({', '.join(drawn)})" if drawn else ""

    def value(self, type_: Any, *, required: bool = False) -> str:
        """A literal, or a variable declared for this position."""
        required = required or is_non_null_type(type_)
        if self.chance(3):
            return self.variable(get_nullable_type(type_), required)
        return self.literal(get_nullable_type(type_), required)

    def literal(self, type_: Any, required: bool) -> str:
        if not required and self.chance(4):
            return "null"
        if is_list_type(type_):
            item = type_.of_type
            drawn = [self.value(item) for _ in range(self.draw(st.integers(0, 2)))]
            return f"[{', '.join(drawn)}]"
        if is_input_object_type(type_):
            one_of = type_.extensions["strawberry-definition"].is_one_of
            entries = [f"{name}: {self.value(f.type, required=one_of)}" for name, f in self.input_fields(type_)]
            return "{" + ", ".join(entries) + "}"
        json = self.json(type_, required=True)
        return json if is_enum_type(type_) else dumps(json).decode()

    def input_fields(self, type_: Any) -> list[tuple[str, GraphQLInputField]]:
        """Exactly one field of a oneOf input, else any that are required or chosen."""
        definition = type_.extensions["strawberry-definition"]
        if definition.is_one_of:
            return [self.draw(st.sampled_from(list(type_.fields.items())))]
        return [(n, f) for n, f in type_.fields.items() if is_required_input_field(f) or self.chance(3)]

    def json(self, type_: Any, required: bool) -> Any:
        if not required and self.chance(4):
            return None
        if is_list_type(type_):
            item = type_.of_type
            return [
                self.json(get_nullable_type(item), is_non_null_type(item)) for _ in range(self.draw(st.integers(0, 2)))
            ]
        if is_input_object_type(type_):
            return {name: self.json(get_nullable_type(f.type), required=True) for name, f in self.input_fields(type_)}
        if is_enum_type(type_):
            return self.draw(st.sampled_from(list(type_.values)))
        return self.draw(st.sampled_from(self.pools[type_.name]))

    def variable(self, type_: Any, required: bool) -> str:
        """Declare a variable: given, left to its default, or left out where null will do."""
        name = f"v{len(self.declared)}"
        way = self.draw(st.sampled_from(["given", "default"] if required else ["given", "default", "omitted"]))
        if way == "default" and not is_input_object_type(type_) and not is_list_type(type_):
            json = self.json(type_, required=True)
            default = json if is_enum_type(type_) else dumps(json).decode()
            self.declared.append(f"${name}: {type_}{'!' if required else ''} = {default}")
            if self.chance(2):
                self.variables[name] = self.json(type_, required=True)
        else:
            self.declared.append(f"${name}: {type_}{'!' if required else ''}")
            if way != "omitted":
                self.variables[name] = self.json(type_, required)
        return f"${name}"


@st.composite
def operations(
    draw: Draw,
    schema: GraphQLSchema,
    pools: Mapping[str, list[Any]],
    depth: int = 6,
    without: frozenset[str] = frozenset(),
) -> Asked:
    """A query that validates, with its variables; the fields `without` are left out."""
    drawing = Drawing(draw, schema, pools, plain_names(schema), without)
    text = drawing.selection_set(schema.query_type, depth)
    declared = f"({', '.join(drawing.declared)})" if drawing.declared else ""
    fragments = [f"fragment {name} on {on} {body}" for name, (on, body) in drawing.fragments.items()]
    return Asked("\n".join([f"query Q{declared} {text}", *fragments]), drawing.variables)


def plain_names(schema: GraphQLSchema) -> frozenset[str]:
    """Field names that have one type wherever they occur: they merge without an alias."""
    types: dict[str, set[str]] = {}
    for type_ in schema.type_map.values():
        for name, definition in getattr(type_, "fields", {}).items():
            types.setdefault(name, set()).add(str(definition.type))
    return frozenset(name for name, found in types.items() if len(found) == 1)
