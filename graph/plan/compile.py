"""An operation becomes a tree of shapes, read from the schema's own field definitions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_interface_type,
    is_leaf_type,
    is_object_type,
)
from graphql.pyutils import UndefinedType

from graph.plan.fallback import NotPlanned, Unexpected
from graph.plan.inputs import Inputs
from graph.plan.place import Place, place_of
from graph.plan.project import Cell, Projector, projector
from graph.plan.read import Attribute, Batched, Read, read_of
from graph.plan.selection import Fields, Selections

# Fields of one plan over all concrete types: fragments can make a short document exponentially wide.
FIELD_LIMIT = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A field whose values are fetched or descended into; `below` is None for a leaf.

    `selected`: the selection as text where the value may be kept as ready JSON, else None.
    """

    read: Read
    place: Place
    below: "Position | None"
    selected: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What is asked of one concrete type. `row`: the class its rows must have, None for any.

    `plain`: response keys and attributes, where nothing but leaves is read off the rows. `attributes` and `batched`
    are the columns by how they are read, each with its number.
    """

    row: type | None
    plain: tuple[tuple[str, str], ...] | None
    columns: tuple[Column, ...]
    project: Projector
    selected: str
    attributes: "tuple[tuple[int, Column, attrgetter[Any]], ...]"
    batched: tuple[tuple[int, Column, Batched], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Position:
    """A place for objects: its shapes in the order in which a row's class is tried."""

    shapes: tuple[Shape, ...]
    _by_class: dict[type, Shape] = field(default_factory=dict[type, Shape])

    def shape_of(self, class_: type) -> Shape:
        """The first shape that shows rows of this class; Unexpected when none does."""
        shape = self._by_class.get(class_)
        if shape is None:
            self._by_class[class_] = shape = self._found(class_)
        return shape

    def _found(self, class_: type) -> Shape:
        if issubclass(class_, Exception | UndefinedType) or hasattr(class_, "__await__"):
            raise Unexpected("an error or an awaitable in place of a row")
        for shape in self.shapes:
            if shape.row is None or issubclass(class_, shape.row):
                return shape
        raise Unexpected(f"no type here shows {class_.__name__}")


def compile_plan(
    inputs: Inputs,
    fragments: Mapping[str, FragmentDefinitionNode],
    operation: OperationDefinitionNode,
    flags: Mapping[str, Any],
) -> Shape:
    """The shape of the query root; NotPlanned where graphql-core has to answer."""
    core = inputs.schema._schema
    if core.query_type is None:
        raise NotPlanned("there are no queries")
    compiler = _Compiler(inputs, core, Selections(core, fragments, flags))
    return compiler.shape(core.query_type, compiler.selections.root(core.query_type, operation.selection_set))


@dataclass(slots=True)
class _Compiler:
    inputs: Inputs
    core: GraphQLSchema
    selections: Selections
    fields: int = 0

    def shape(self, type_: GraphQLObjectType, fields: Fields) -> Shape:
        cells: list[Cell] = []
        columns: list[Column] = []
        selected: list[str] = []
        self.fields += len(fields)
        if self.fields > FIELD_LIMIT:
            raise NotPlanned(f"more than {FIELD_LIMIT} fields")
        for key, nodes in fields.items():
            cell, column = self._field(type_, key, nodes)
            cells.append(cell)
            below = ""
            if column:
                columns.append(column)
                below = _selected(column.below) if column.below else ""
            selected.append(f"{key}:{nodes[0].name.value}{below}")
        text = f"{type_.name}{{{','.join(selected)}}}"
        attributes = tuple(
            (n, each, attrgetter(each.read.name)) for n, each in enumerate(columns) if isinstance(each.read, Attribute)
        )
        batched = tuple((n, each, each.read) for n, each in enumerate(columns) if isinstance(each.read, Batched))
        return Shape(_row(type_), _plain(cells), tuple(columns), projector(cells), text, attributes, batched)

    def _field(self, parent: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> tuple[Cell, Column | None]:
        """The cell of a response key, and its column unless it is read straight off the row."""
        node = nodes[0]
        name = node.name.value
        if name == "__typename":
            return Cell(key, constant=parent.name), None
        if name not in parent.fields:
            raise NotPlanned(f"{name} is introspection")
        definition = parent.fields[name]
        read = read_of(self.inputs, definition, node)
        if is_leaf_type(get_named_type(definition.type)):
            if isinstance(read, Attribute):
                return Cell(key, None, read.name, definition.type, self._class_of(definition.type)), None
            cell = Cell(key, None, None, definition.type, self._class_of(definition.type))
            return cell, Column(read, place_of(definition.type), None)
        return Cell(key), self._column(read, definition.type, nodes)

    def _class_of(self, type_: GraphQLOutputType) -> type | None:
        """The class that the schema maps to a custom scalar; specified ones and enums speak for themselves."""
        name = get_named_type(type_).name
        registry = self.inputs.schema.schema_converter.scalar_registry
        found = (
            key for key, scalar in registry.items() if isinstance(key, type) and getattr(scalar, "name", None) == name
        )
        return next(found, None)

    def _column(self, read: Read, type_: GraphQLOutputType, nodes: list[FieldNode]) -> Column:
        named: Any = get_named_type(type_)
        if is_object_type(named):
            types = [named]
        elif is_interface_type(named) and named.extensions["strawberry-definition"].resolve_type:
            raise NotPlanned(f"{named.name} resolves its type by itself")
        else:
            types = [each for each in self.core.get_possible_types(named) if each.is_type_of]
        below = Position(tuple(self.shape(each, self.selections.below(each, nodes)) for each in types))
        ready = isinstance(read, Batched) and read.declaration.ready and _closed(below)
        return Column(read, place_of(type_), below, _selected(below) if ready else None)


def _row(type_: GraphQLObjectType) -> type | None:
    """The class that `views` put on a type; a predicate of another kind can't be asked once per class."""
    if type_.is_type_of is None:
        return None
    row = getattr(type_.is_type_of, "row", None)
    if not isinstance(row, type):
        raise NotPlanned(f"{type_.name} has an is_type_of that was not made by views")
    return row


def _plain(cells: Sequence[Cell]) -> tuple[tuple[str, str], ...] | None:
    named = tuple((cell.key, cell.attribute) for cell in cells if cell.attribute is not None)
    return named if len(named) == len(cells) else None


def _closed(position: Position) -> bool:
    """Whether everything below comes off the rows, so that the value alone decides the JSON."""
    return all(
        isinstance(column.read, Attribute) and (column.below is None or _closed(column.below))
        for shape in position.shapes
        for column in shape.columns
    )


def _selected(position: Position) -> str:
    return "|".join(shape.selected for shape in position.shapes)
