"""What must never be taken for SQL, a cursor or an id, put in every argument of the schema that takes a text."""

import json
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Mapping

import httpx
import pytest
from asgi_lifespan import LifespanManager
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    is_composite_type,
)
from graphql.type import GraphQLArgument, GraphQLField, GraphQLInputField
from pydantic import SecretStr

from graph.schema import schema
from models.store import Store
from server.app import create_app
from server.settings import Settings
from tests.builders import protocol_fact, published

CORE = schema._schema
HOSTILE = "<hostile>"
NUMBERS = {"Int": "1", "Float": "1.5", "Boolean": "true"}
# Of texts that a type checks; whatever else a type takes, "one" is a slug that is there.
SOUND = {"Date": '"2026-01-01"', "DateTime": '"2026-01-01T00:00:00Z"', "Decimal": '"1"'}
# Input objects hold each other.
DEEPEST = 4
TEXTS = [
    "'; DROP TABLE protocol; --",
    '") UNION SELECT $1, :slug, ? FROM api_key -- %\\',
    "MTo=",
    "-9223372036854775809\x00",
]

Given = Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField]


def sound(type_: GraphQLInputType, depth: int = 0) -> str:
    """A literal that the type takes, with no more in it than it needs."""
    if isinstance(type_, GraphQLNonNull):
        return sound(type_.of_type, depth)
    if isinstance(type_, GraphQLList):
        return f"[{sound(type_.of_type, depth)}]"
    if isinstance(type_, GraphQLEnumType):
        return str(next(iter(type_.values)))
    if isinstance(type_, GraphQLScalarType):
        return NUMBERS.get(type_.name) or SOUND.get(type_.name, '"one"')
    needed = needed_of(type_.fields)
    if type_.is_one_of:
        needed = dict(list(type_.fields.items())[:1])
    return "{" + " ".join(f"{name}: {sound(field.type, depth + 1)}" for name, field in needed.items()) + "}"


def needed_of(given: Given) -> dict[str, GraphQLArgument | GraphQLInputField]:
    return {name: each for name, each in given.items() if isinstance(each.type, GraphQLNonNull)}


def hostile(type_: GraphQLInputType, depth: int = 0) -> Iterator[str]:
    """Literals with HOSTILE in one place each, of all that take a text."""
    if isinstance(type_, GraphQLNonNull):
        yield from hostile(type_.of_type, depth)
    elif isinstance(type_, GraphQLList):
        yield from (f"[{each}]" for each in hostile(type_.of_type, depth))
    elif isinstance(type_, GraphQLScalarType):
        yield from () if type_.name in NUMBERS else (HOSTILE,)
    elif isinstance(type_, GraphQLInputObjectType) and depth < DEEPEST:
        for name, field in type_.fields.items():
            others = (
                {} if type_.is_one_of else {key: each for key, each in needed_of(type_.fields).items() if key != name}
            )
            rest = "".join(f" {key}: {sound(each.type)}" for key, each in others.items())
            yield from (f"{{{name}: {each}{rest}}}" for each in hostile(field.type, depth + 1))


def calls(name: str, field: GraphQLField) -> Iterator[str]:
    """The field called with HOSTILE in one argument."""
    for key, argument in field.args.items():
        rest = "".join(f" {other}: {sound(each.type)}" for other, each in needed_of(field.args).items() if other != key)
        yield from (f"{name}({key}: {each}{rest})" for each in hostile(argument.type))


def plain(name: str, field: GraphQLField) -> str:
    needed = " ".join(f"{key}: {sound(each.type)}" for key, each in needed_of(field.args).items())
    return f"{name}({needed})" if needed else name


def documents() -> Iterator[str]:
    """A query for each such place of each type, by the shortest way to it."""
    seen, waiting = {"Query"}, deque([("Query", ("{", "}"))])
    while waiting:
        type_name, (before, after) = waiting.popleft()
        type_ = CORE.type_map[type_name]
        for name, field in type_.fields.items() if isinstance(type_, GraphQLObjectType) else ():
            named = get_named_type(field.type)
            selection = "{ __typename }" if is_composite_type(named) else ""
            yield from (f"{before} {call} {selection} {after}" for call in calls(name, field))
            if selection and named.name not in seen:
                seen.add(named.name)
                waiting.append((named.name, (f"{before} {plain(name, field)} {{", f"}} {after}")))


DOCUMENTS = sorted(set(documents()))


@pytest.fixture
async def client(store: Store) -> AsyncGenerator[httpx.AsyncClient, None]:
    await published(store, protocol_fact("one"))
    url = store.url.render_as_string(hide_password=False)
    async with (
        LifespanManager(create_app(Settings(database_url=SecretStr(url)))) as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app.app), base_url="http://t") as client,
    ):
        yield client


def test_there_are_texts_in_arguments_all_over_the_schema() -> None:
    fields = {document.partition(HOSTILE)[0] for document in DOCUMENTS}

    assert len(fields) > 50
    assert any("after: " in field for field in fields)
    assert any("id: " in field for field in fields)


@pytest.mark.parametrize("text", TEXTS)
async def test_no_text_is_more_than_a_value(client: httpx.AsyncClient, text: str) -> None:
    for document in DOCUMENTS:
        query = document.replace(HOSTILE, json.dumps(text))

        answer = await client.post("/graphql", json={"query": query})

        assert answer.status_code == 200, query
        codes = {error["extensions"]["code"] for error in answer.json().get("errors", [])}
        assert "INTERNAL_SERVER_ERROR" not in codes, query
        assert not codes & {"GRAPHQL_PARSE_FAILED"}, (query, answer.text)
    there = await client.post("/graphql", json={"query": '{ protocol(by: {slug: "one"}) { slug } }'})
    assert there.json()["data"] == {"protocol": {"slug": "one"}}
