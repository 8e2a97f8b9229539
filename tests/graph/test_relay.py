"""The schema keeps Relay's specifications: of objects with an id, and of connections."""

from graphql import GraphQLObjectType, build_schema, get_named_type

from graph.schema import schema
from resolvers.node import BY_TYPE

SCHEMA = build_schema(schema.as_str())
OBJECTS = [each for each in SCHEMA.type_map.values() if isinstance(each, GraphQLObjectType)]
# The feed of changes goes on for ever, from any `nextCursor`: it has no pages to turn back.
FEED = "ChangeConnection"
CONNECTIONS = [each for each in OBJECTS if each.name.endswith("Connection") and each.name != FEED]


def fields(type_: object) -> dict[str, str]:
    assert isinstance(type_, GraphQLObjectType)
    return {name: str(field.type) for name, field in type_.fields.items()}


def test_node_takes_an_id_alone_and_may_be_null() -> None:
    assert SCHEMA.query_type is not None
    node = SCHEMA.query_type.fields["node"]

    assert {name: str(argument.type) for name, argument in node.args.items()} == {"id": "ID!"}
    assert str(node.type) == "Node"


def test_everything_that_is_a_node_is_found_by_node() -> None:
    nodes = {each.name for each in OBJECTS if "Node" in {interface.name for interface in each.interfaces}}

    assert nodes == set(BY_TYPE)


def test_a_connection_has_edges_and_says_where_its_page_lies() -> None:
    for connection in CONNECTIONS:
        found = fields(connection)
        edge = get_named_type(connection.fields["edges"].type)

        assert found["pageInfo"] == "PageInfo!"
        assert found["edges"] == f"[{edge.name}!]!"
        assert {"cursor", "node"} <= set(fields(edge))
        assert fields(edge)["cursor"] == "String!"


def test_a_field_that_answers_a_connection_is_paged_in_both_directions() -> None:
    for owner in OBJECTS:
        for field in owner.fields.values():
            if get_named_type(field.type) in CONNECTIONS and "after" in field.args:
                assert {name: str(field.args[name].type) for name in ("first", "after")} == {
                    "first": "Int",
                    "after": "String",
                }


def test_page_info_has_all_that_the_specification_asks_for() -> None:
    assert fields(SCHEMA.type_map["PageInfo"]) == {
        "hasNextPage": "Boolean!",
        "hasPreviousPage": "Boolean!",
        "startCursor": "String",
        "endCursor": "String",
    }
