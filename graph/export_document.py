"""Which documents can be exported, and the query that asks one page of their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    NamedTypeNode,
    NameNode,
    Node,
    NonNullTypeNode,
    NullValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_named_type,
    print_ast,
    strip_ignored_characters,
    visit,
)

from graph.document import Document, Operation
from graph.plan.selection import Selections

NOT_ONE_QUERY, NOT_ONE_CONNECTION = "EXPORT_NOT_ONE_QUERY", "EXPORT_NOT_ONE_CONNECTION"
NOT_ROWS, PAGED = "EXPORT_NOT_ROWS", "EXPORT_PAGED"

# What documents for paging ask beside the rows: they may stay as they are, and it is left out.
OF_PAGES = frozenset(("__typename", "pageInfo", "totalCount"))
OF_EDGES = frozenset(("__typename", "cursor"))
# The export says these itself; how many rows a page has is its own business too, and no rule is broken by `first`.
PLACES = ("after", "before", "last", "at")
OURS = (*PLACES, "first")


class NotExportable(Exception):
    """A document that breaks a rule of exports; `path` leads to what does, by the keys of its answer."""

    def __init__(self, code: str, message: str, *path: str) -> None:
        super().__init__(message)
        self.code, self.message, self.path = code, message, path


@dataclass(frozen=True, slots=True)
class PageQuery:
    """A document of one query that asks a connection's `nodes` and `pageInfo` under `key`.

    `size` and `cursor` are its variables for the page, beside those it had.
    """

    text: str
    key: str
    size: str
    cursor: str


def page_query(schema: GraphQLSchema, document: Document, variables: Mapping[str, Any]) -> PageQuery:
    """The query of one page of a valid document; `variables` are coerced. Raises NotExportable."""
    operation = only_query(document)
    fragments = fragments_of(document.node)
    selections = Selections(schema, fragments, variables)
    key, nodes, connection = _connection(schema, selections, operation)
    _check_unpaged(key, nodes[0], variables)
    rows = _row_fields(selections, key, connection, nodes)
    taken = {definition.variable.name.value for definition in operation.node.variable_definitions or ()}
    size, cursor = _fresh("exportFirst", taken), _fresh("exportAfter", taken)
    asked = _asked(nodes[0], rows, size, cursor)
    reached, used = _reached(asked, fragments)
    kept = [each for each in operation.node.variable_definitions or () if each.variable.name.value in used]
    query = OperationDefinitionNode(
        operation=OperationType.QUERY,
        name=operation.node.name,
        variable_definitions=(*kept, _declared(size, "Int", required=True), _declared(cursor, "String")),
        directives=(),
        selection_set=SelectionSetNode(selections=(asked,)),
    )
    text = print_ast(DocumentNode(definitions=(query, *(fragments[name] for name in reached))))
    return PageQuery(strip_ignored_characters(text), nodes[0].name.value, size, cursor)


def only_query(document: Document) -> Operation:
    """The one operation of a document; raises NotExportable for several, and for what is no query."""
    found = list(document.operations.values())
    if len(found) != 1 or found[0].kind is not OperationType.QUERY:
        raise NotExportable(NOT_ONE_QUERY, "An export takes a document with one operation, which is a query.")
    return found[0]


def rows_of(document: Document, key: str) -> list[FieldNode]:
    """The field `nodes` of a page query, whose selection is that of a row."""
    (operation,) = document.operations.values()
    (connection,) = operation.node.selection_set.selections
    if not isinstance(connection, FieldNode) or connection.selection_set is None:
        raise TypeError(f"not the query of a page of {key}")
    fields = [each for each in connection.selection_set.selections if isinstance(each, FieldNode)]
    return [field for field in fields if field.name.value == "nodes"]


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The fragments of a document by name."""
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


def _connection(
    schema: GraphQLSchema, selections: Selections, operation: Operation
) -> tuple[str, list[FieldNode], GraphQLObjectType]:
    """The key and nodes of the one field at the root, and its type, which is a connection."""
    root = schema.query_type
    fields = selections.root(root, operation.node.selection_set) if root else {}
    asked = {key: nodes for key, nodes in fields.items() if nodes[0].name.value != "__typename"}
    if root is None or len(asked) != 1:
        raise NotExportable(NOT_ONE_CONNECTION, "An export takes one connection at the root.", *list(asked)[1:2])
    [(key, nodes)] = asked.items()
    field = root.fields.get(nodes[0].name.value)
    type_ = get_named_type(field.type) if field else None
    if field is None or not isinstance(type_, GraphQLObjectType) or not _is_connection(type_, field.args):
        raise NotExportable(NOT_ONE_CONNECTION, f"`{key}` is no connection that can be read page by page.", key)
    return key, nodes, type_


def _is_connection(type_: GraphQLObjectType, arguments: Mapping[str, object]) -> bool:
    return {"nodes", "pageInfo"} <= type_.fields.keys() and {"first", "after"} <= arguments.keys()


def _check_unpaged(key: str, field: FieldNode, variables: Mapping[str, Any]) -> None:
    for argument in field.arguments or ():
        name, value = argument.name.value, argument.value
        null = variables.get(value.name.value) is None if isinstance(value, VariableNode) else False
        if name in PLACES and not null and not isinstance(value, NullValueNode):
            instead = "say it in the input" if name == "at" else "an export holds every row from the first to the last"
            raise NotExportable(PAGED, f"`{name}` can't be given in the document: {instead}.", key, name)


def _row_fields(
    selections: Selections, key: str, connection: GraphQLObjectType, nodes: list[FieldNode]
) -> list[FieldNode]:
    """The fields whose selections make a row: `nodes`, or `node` below `edges`."""
    below = selections.below(connection, nodes)
    asked = _rows(below, ("nodes", "edges"), OF_PAGES, key)
    if asked[0].name.value == "nodes":
        return asked
    edge = get_named_type(connection.fields["edges"].type)
    if not isinstance(edge, GraphQLObjectType):
        raise NotExportable(NOT_ROWS, "These edges have no nodes.", key, "edges")
    return _rows(selections.below(edge, asked), ("node",), OF_EDGES, key, "edges")


def _rows(
    fields: Mapping[str, list[FieldNode]], rows: Sequence[str], beside: frozenset[str], *path: str
) -> list[FieldNode]:
    """The nodes of the one field of `rows` that is asked for; raises NotExportable for more, and for all else."""
    found: list[list[FieldNode]] = []
    for key, nodes in fields.items():
        if nodes[0].name.value in rows:
            found.append(nodes)
        elif nodes[0].name.value not in beside:
            raise NotExportable(NOT_ROWS, f"`{key}` is no part of a row: an export holds nodes alone.", *path, key)
    if len(found) != 1:
        raise NotExportable(NOT_ROWS, f"Ask for {' or '.join(f'`{name}`' for name in rows)}, once.", *path)
    return found[0]


def _asked(connection: FieldNode, rows: Sequence[FieldNode], size: str, cursor: str) -> FieldNode:
    """The field of the root, for one page."""
    selected = [each for row in rows if row.selection_set for each in row.selection_set.selections]
    info = SelectionSetNode(selections=(_field("hasNextPage"), _field("endCursor")))
    ours = SelectionSetNode(
        selections=(_field("nodes", SelectionSetNode(selections=tuple(selected))), _field("pageInfo", info))
    )
    kept = [each for each in connection.arguments or () if each.name.value not in OURS]
    page = [_argument("first", size), _argument("after", cursor)]
    return _field(connection.name.value, ours, (*kept, *page))


def _field(name: str, below: SelectionSetNode | None = None, arguments: tuple[ArgumentNode, ...] = ()) -> FieldNode:
    return FieldNode(name=_name(name), alias=None, arguments=arguments, directives=(), selection_set=below)


def _argument(name: str, variable: str) -> ArgumentNode:
    return ArgumentNode(name=_name(name), value=VariableNode(name=_name(variable)))


def _declared(name: str, type_: str, required: bool = False) -> VariableDefinitionNode:
    named = NamedTypeNode(name=_name(type_))
    return VariableDefinitionNode(
        variable=VariableNode(name=_name(name)),
        type=NonNullTypeNode(type=named) if required else named,
        directives=(),
        default_value=None,
    )


def _name(text: str) -> NameNode:
    return NameNode(value=text)


def _fresh(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _reached(field: FieldNode, fragments: Mapping[str, FragmentDefinitionNode]) -> tuple[list[str], set[str]]:
    """The fragments that a field spreads, however deep, and the variables that all of it uses."""
    names: dict[str, None] = {}
    used: set[str] = set()
    waiting: list[Node] = [field]
    while waiting:
        seen = _Seen()
        visit(waiting.pop(), seen)
        used |= seen.variables
        for name in seen.fragments:
            if name not in names:
                names[name] = None
                waiting.append(fragments[name])
    return list(names), used


class _Seen(Visitor):
    """What a part of a document names."""

    def __init__(self) -> None:
        super().__init__()
        self.variables: set[str] = set()
        self.fragments: list[str] = []

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.variables.add(node.name.value)

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self.fragments.append(node.name.value)
