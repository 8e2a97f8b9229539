"""What must never be taken for SQL, a cursor or an id, put in every argument of the schema that takes a text."""

import json
import re
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple, TypeAlias

import httpx
import pytest
from asgi_lifespan import LifespanManager
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    is_composite_type,
    is_required_argument,
    is_required_input_field,
)
from pydantic import SecretStr

from graph.document import read_document
from graph.limits import Limits
from graph.refusal import Refused
from graph.schema import schema
from models.store import Store
from server.app import create_app
from server.settings import Settings
from tests.graph.world import open_market

CORE = schema._schema
HOSTILE = "<hostile>"
# What ends a string and begins a statement, and how drivers mark parameters.
SQL = "'; DROP TABLE protocol; -- \") UNION SELECT $1, :slug, ?, %s FROM api_key -- %\\"
HALF_A_CURSOR = "MTo="
NUL = "-9223372036854775809\x00"
NUMBERS = {"Int": "1", "Float": "1.5", "Boolean": "true"}
# Of texts that a type checks; whatever else a type takes, "one" is a slug that is there.
SOUND = {"Date": '"2026-01-01"', "DateTime": '"2026-01-01T00:00:00Z"', "Decimal": '"1"'}
# What there is of each to look up in tests.graph.world.
THERE = {"Protocol": "hyperliquid", "Token": "hype", "Chain": "ethereum", "Fund": "ihyp", "Organisation": "blackrock"}
# Input objects hold each other: at the root an object of each kind may stand in one other of its kind, below in none.
AT_ROOT, BELOW = 2, 1
# As many errors as validation tells of.
CHECKED_AT_ONCE = 5
CURSOR = re.compile(r"\((after|before|id|ids): ")
TAKEN_AT_ONCE = 120

Given: TypeAlias = Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField]
Path: TypeAlias = tuple[str, str]


class Call(NamedTuple):
    """A field called with HOSTILE in one place; `checked`: of a type that takes not every text."""

    text: str
    checked: bool


def sound(type_: GraphQLInputType) -> str:
    """A literal that the type takes, with no more in it than it needs."""
    if isinstance(type_, GraphQLNonNull):
        return sound(type_.of_type)
    if isinstance(type_, GraphQLList):
        return f"[{sound(type_.of_type)}]"
    if isinstance(type_, GraphQLEnumType):
        return str(next(iter(type_.values)))
    if isinstance(type_, GraphQLScalarType):
        return NUMBERS.get(type_.name) or SOUND.get(type_.name, f'"{THERE["Protocol"]}"')
    if type_.name.endswith("By"):
        return f'{{slug: "{THERE[type_.name.removesuffix("By")]}"}}'
    return "{" + needed(type_.fields) + "}"


def needed(given: Given, but: str = "") -> str:
    """What has to be said, but for one."""
    return " ".join(f"{name}: {sound(each.type)}" for name, each in given.items() if name != but and is_needed(each))


def is_needed(each: GraphQLArgument | GraphQLInputField) -> bool:
    return is_required_argument(each) if isinstance(each, GraphQLArgument) else is_required_input_field(each)


def hostile(type_: GraphQLInputType, most: int, within: tuple[str, ...] = ()) -> Iterator[Call]:
    """Literals with HOSTILE in one place each, of all that take a text."""
    if isinstance(type_, GraphQLNonNull):
        yield from hostile(type_.of_type, most, within)
    elif isinstance(type_, GraphQLList):
        yield from (each._replace(text=f"[{each.text}]") for each in hostile(type_.of_type, most, within))
    elif isinstance(type_, GraphQLScalarType) and type_.name not in NUMBERS:
        yield Call(HOSTILE, type_.name in SOUND)
    elif isinstance(type_, GraphQLInputObjectType) and within.count(type_.name) < most:
        for name, field in type_.fields.items():
            rest = needed(type_.fields, but=name)
            for each in hostile(field.type, most, (*within, type_.name)):
                yield each._replace(text=f"{{{name}: {each.text} {rest}}}")


def calls(name: str, field: GraphQLField, most: int) -> Iterator[Call]:
    """The field called with HOSTILE in one argument."""
    selection = "{ __typename }" if is_composite_type(get_named_type(field.type)) else ""
    for key, argument in field.args.items():
        rest = needed(field.args, but=key)
        for each in hostile(argument.type, most):
            yield each._replace(text=f"{name}({key}: {each.text} {rest}) {selection}")


def places() -> dict[Path, list[Call]]:
    """All calls by what stands before and after them in a query: each type by the shortest way to it."""
    found: defaultdict[Path, list[Call]] = defaultdict(list)
    seen, waiting = {"Query"}, deque([("Query", ("{", "}"))])
    while waiting:
        type_name, path = waiting.popleft()
        type_ = CORE.type_map[type_name]
        for name, field in type_.fields.items() if isinstance(type_, GraphQLObjectType) else ():
            named, arguments = get_named_type(field.type), needed(field.args)
            found[path] += calls(name, field, AT_ROOT if type_name == "Query" else BELOW)
            if is_composite_type(named) and named.name not in seen:
                seen.add(named.name)
                asked = f"{name}({arguments})" if arguments else name
                waiting.append((named.name, (f"{path[0]} {asked} {{", f"}} {path[1]}")))
    return {path: some for path, some in found.items() if some}


PLACES = places()


def queries(some: Sequence[Call], texts: Sequence[str], at_once: int) -> Iterator[list[str]]:
    """The calls with each of the texts, so many to a query, under aliases of their own."""
    every = [each.text.replace(HOSTILE, json.dumps(text)) for each in some for text in texts]
    numbers = count()
    for start in range(0, len(every), at_once):
        yield [f"a{next(numbers)}: {each}" for each in every[start : start + at_once]]


def query_of(path: Path, aliased: Sequence[str]) -> str:
    return f"{path[0]} {' '.join(aliased)} {path[1]}"


@pytest.fixture
async def client(store: Store) -> AsyncGenerator[httpx.AsyncClient, None]:
    """Limited by nothing: a request holds hundreds of calls."""
    await open_market(store)
    url = SecretStr(store.url.render_as_string(hide_password=False))
    free = dict.fromkeys(("max_aliases", "max_fields", "max_tokens", "max_source_characters", "max_body_bytes"), 10**7)
    dear = dict.fromkeys(("max_cost", "max_objects"), 10**12)
    settings = Settings(database_url=url, execution_seconds=600, cache_megabytes=0, **free, **dear)
    async with (
        LifespanManager(create_app(settings)) as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app.app), base_url="http://t") as client,
    ):
        yield client


async def errors_of(client: httpx.AsyncClient, query: str) -> tuple[Any, list[dict[str, Any]]]:
    answer = await client.post("/graphql", json={"query": query})
    assert answer.status_code == 200, query
    errors = answer.json().get("errors", [])
    assert "INTERNAL_SERVER_ERROR" not in {error["extensions"]["code"] for error in errors}, (query, errors)
    return answer.json().get("data"), errors


def told_of(data: Any, errors: Sequence[Mapping[str, Any]]) -> set[str]:
    """The keys of an answer that have a value, or an error."""
    found = {step for error in errors for step in error["path"] if isinstance(step, str)}
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            found |= value.keys()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found


async def unmade(client: httpx.AsyncClient, path: Path, aliased: Sequence[str]) -> list[str]:
    """The calls of a query of which nothing is told: they were not made."""
    data, errors = await errors_of(client, query_of(path, aliased))
    assert not [error for error in errors if "path" not in error], (aliased, errors)
    told = told_of(data, errors)
    return [query_of(path, [each]) for each in aliased if each.partition(":")[0] not in told]


def test_there_are_texts_in_arguments_all_over_the_schema() -> None:
    every = [each.text for some in PLACES.values() for each in some]

    assert len(PLACES) > 8
    assert len({each.partition("(")[0] for each in every}) > 35
    assert any(each.partition("(")[2].startswith("after: ") for each in every)
    assert any(each.partition("(")[2].startswith("id: ") for each in every)


@pytest.mark.many
async def test_no_text_is_more_than_a_value(client: httpx.AsyncClient) -> None:
    """An error may leave nothing of the calls beside it, so that a call that may be answered with one is alone."""
    left = []
    for path, some in PLACES.items():
        taken = [each for each in some if not each.checked]
        alone = [each for each in taken if CURSOR.search(each.text)]
        together = [each for each in taken if each not in alone]
        groups = [*queries(alone, [SQL, HALF_A_CURSOR], 1), *queries(together, [SQL], TAKEN_AT_ONCE)]
        left += [query for group in groups for query in await unmade(client, path, group)]
    there, _ = await errors_of(client, '{ protocol(by: {slug: "hyperliquid"}) { slug } }')

    assert left == []
    assert there == {"protocol": {"slug": "hyperliquid"}}


def refusals(query: str) -> list[object]:
    """The codes that a document is refused with, before anything of it is run."""
    with pytest.raises(Refused) as refusal:
        read_document(CORE, query, Limits())
    return [(error.extensions or {})["code"] for error in refusal.value.errors]


def test_a_text_that_is_no_value_of_its_type_is_refused() -> None:
    for path, some in PLACES.items():
        for aliased in queries([each for each in some if each.checked], [SQL, HALF_A_CURSOR], CHECKED_AT_ONCE):
            assert refusals(query_of(path, aliased)) == ["GRAPHQL_VALIDATION_FAILED"] * len(aliased), aliased


def test_nul_is_refused_before_anything_reads_it() -> None:
    for path, some in PLACES.items():
        for aliased in queries(some, [NUL], at_once=1):
            assert refusals(query_of(path, aliased)) == ["BAD_USER_INPUT"], aliased
