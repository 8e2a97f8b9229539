"""What operations cost, worked out by hand."""

from collections.abc import Mapping
from typing import Any

import pytest
from graphql import get_introspection_query

from graph.document import Documents
from graph.execution import CoreExecutor, Job, job_of
from graph.limits import Limits
from graph.price import Total
from graph.schema import schema as market
from tests.server.edge.sample import schema

CORE = schema._schema
DOCUMENTS = Documents(CORE)


def job(text: str, variables: Mapping[str, Any] | None = None) -> Job:
    return job_of(CORE, DOCUMENTS.read(text), None, variables or {}, Limits())


@pytest.mark.parametrize(
    ("text", "cost", "objects"),
    [
        ("{ hello }", 1, 0),
        ("{ hello greeting: hello }", 1, 0),
        ("{ books(first: 3) { title } }", 3, 3),
        ("{ books { title } }", 10, 10),
        ("{ books(first: 3) { author { name } } }", 3 + 3, 6),
        ("{ books(first: 3) { author { books(first: 4) { title } } } }", 3 + 3 + 12, 18),
        ("{ a: books(first: 3) { title } b: books(first: 2) { title } }", 5, 5),
        ("{ books(first: 3) { title } books(first: 3) { author { name } } }", 3 + 3, 6),
        ("{ shelf(first: 7) { nodes { title } totalCount } }", 1 + 7 + 5, 8),
        ("{ shelf(last: 7) { nodes { title } } }", 1 + 7, 8),
        ("{ shelf { nodes { title } } }", 1 + 20, 21),
        ('{ titled(titles: ["a", "b"]) { title } }', 2 * 2, 2),
        ("{ titled(titles: []) { title } }", 1, 0),
        ("{ books(first: 0) { title } }", 1, 0),
        ("{ ...A } fragment A on Query { books(first: 2) { ...B } } fragment B on Book { author { name } }", 2 + 2, 4),
        ("{ node(id: 1) { title ... on Book { author { name } } } }", 2, 2),
        ("{ hello @skip(if: true) books(first: 2) @include(if: false) { title } }", 2, 2),
        ('mutation { write(text: "a") }', 1, 0),
        ("subscription { count }", 1, 0),
    ],
)
def test_a_document_costs_what_its_fields_weigh(text: str, cost: int, objects: int) -> None:
    assert job(text).total == Total(cost, objects)


@pytest.mark.parametrize(
    ("variables", "cost"), [({}, 4), ({"n": 8}, 8), ({"n": None}, 10), ({"n": 0}, 1), ({"n": 90}, 90)]
)
def test_variables_decide_how_long_a_list_is(variables: Mapping[str, Any], cost: int) -> None:
    assert job("query($n: Int = 4) { books(first: $n) { title } }", variables).total.cost == cost


@pytest.mark.parametrize(("titles", "cost"), [(["a"], 2), (["a", "b", "c", "d"], 8)])
def test_a_list_of_arguments_is_as_long_as_its_answer(titles: list[str], cost: int) -> None:
    assert job("query($t: [String!]!) { titled(titles: $t) { title } }", {"t": titles}).total.cost == cost


def test_nested_lists_multiply() -> None:
    nested = "{ books(first: 200) { author { books(first: 200) { author { books(first: 30) { title } } } } } }"

    assert job(nested).total.cost == 200 * (1 + 1 + 200 * (1 + 1 + 30))


def test_a_standard_introspection_query_is_cheap_and_a_nested_one_is_not() -> None:
    standard = job(get_introspection_query()).total
    nested = job("{ __schema { types { fields { type { fields { type { name } args { name } } } } } } }").total

    assert standard.cost < 500
    assert nested.cost > 100


async def test_an_answer_is_priced_by_what_it_holds() -> None:
    asked = job("{ books(first: 3) { author { books(first: 2) { title } } } node(id: 1) { author { name } } }")

    answer = await CoreExecutor(CORE).execute(asked, None)  # type: ignore[arg-type]

    assert isinstance(answer.data, dict)
    assert asked.operation.price.spent(answer.data) == 3 + 3 + 6 + 1
    assert asked.total.cost == 3 + 3 + 6 + 2


def test_the_directives_stand_in_the_sdl() -> None:
    sdl = schema.as_str()

    assert "directive @cost(weight: Int!) on FIELD_DEFINITION" in sdl
    assert "totalCount: Int! @cost(weight: 5)" in sdl
    assert (
        'titled(titles: [String!]!): [Book!]! @listSize(assumedSize: 3, slicingArguments: ["titles"]) @cost(weight: 2)'
        in sdl
    )
    assert 'books(first: Int! = 10): [Book!]! @listSize(assumedSize: 10, slicingArguments: ["first"])' in sdl


def test_a_dry_run_is_asked_by_a_constant_or_a_variable() -> None:
    assert job("{ books { title } rateLimit(dryRun: true) { cost } }").dry
    assert job("query($d: Boolean!) { rateLimit(dryRun: $d) { cost } }", {"d": True}).dry
    assert not job("query($d: Boolean!) { rateLimit(dryRun: $d) { cost } }", {"d": False}).dry
    assert not job("{ rateLimit { cost } }").dry


SERIES = 'protocol(by: {slug: "a"}) { series(keys: [FEES], %s) { points { value } } }'


@pytest.mark.parametrize(
    ("days", "variables", "points"),
    [
        ('from: "2026-01-01", to: "2026-01-31"', {}, 31),
        ('from: "2000-01-02", to: "2026-08-30"', {}, 9_738),
        ('from: "2026-01-01", to: "2026-12-31", interval: MONTH', {}, 14),
        (
            "from: $from, to: $to, interval: $interval",
            {"from": "2026-01-01", "to": "2026-01-10", "interval": "DAY"},
            10,
        ),
        (
            "from: $from, to: $to, interval: $interval",
            {"from": "2026-01-01", "to": "2026-01-14", "interval": "WEEK"},
            2,
        ),
        ('from: "2026-01-31", to: "2026-01-01"', {}, 0),
    ],
)
def test_points_are_as_many_as_the_days_that_are_asked(days: str, variables: Mapping[str, Any], points: int) -> None:
    declared = "query Q($from: Date!, $to: Date!, $interval: Interval) " if variables else ""
    core = market._schema
    found = job_of(core, Documents(core).read(f"{declared}{{ {SERIES % days} }}"), None, variables, Limits())

    assert found.total.objects == 2 + points


def test_a_negative_page_takes_nothing_off_the_price() -> None:
    dear = "books(first: 100) { title }"

    assert job(f"{{ {dear} less: books(first: -9000) {{ title }} }}").total == job(f"{{ {dear} }}").total
