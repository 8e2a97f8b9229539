"""What operations cost, worked out by hand."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_introspection_query,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from graph.cost import DaySpan, ListSize
from graph.document import Documents
from graph.execution import CoreExecutor, Job, job_of
from graph.limits import Limits
from graph.price import Total
from graph.schema import schema as market
from server.edge.settings import EdgeSettings
from tests.server.edge.sample import schema

# Lists that are bounded by what they are of, and over a page have fewer items each than the ten that are assumed.
SHORT = {
    # What a person wrote down of one thing.
    "AllocationPolicy": {"rules", "conditions"},
    "Token": {"deployments", "externalIds", "funds"},
    "Organisation": {"people", "raises", "holdings", "funds"},
    "CapitalRaise": {"investors", "claims"},
    "Treasury": {"holdings"},
    "TokenRights": {"sourceUrls", "entities"},
    "RevenueStream": {"metrics"},
    "ValueLayer": {"streams"},
    "Chain": {"externalIds"},
    "Protocol": {
        *("children", "sectors", "chains", "externalIds", "revenueStreams"),
        *("valueLayers", "risks", "policies"),
    },
    # One for each source that said something of it, or each number it is made of.
    "Provenance": {"sources", "rivals", "inputs"},
    "Figure": {"inputs"},
    "Operation": {"claims"},
    "Claim": {"rivals"},
    "Attestation": {"rivals"},
    "Holding": {"deployed", "statements"},
    "RiskAssessment": {"evidence", "claims"},
    # Twelve funds, on five days of seven.
    "FundFlowDay": {"byFund", "rivals", "claims"},
    "LedgerEntry": {"followedBy"},
    "DcfResult": {"inputs"},
    "Meta": {"dataThrough", "deprecations", "sources"},
    # Of a kind that the schema lists.
    "IncomeStatement": {"lines", "identities"},
    "StatementLine": {"byStream"},
    "PolicyExecution": {"promises"},
    "LedgerGroup": {"keys"},
    "Change": {"fields"},
    "RejectedFact": {"fact"},
    "Epoch": {"through"},
    "MetricDefinition": {"windows", "history", "fieldUse"},
    # As long as the request, or as the caller's own orders.
    "RateLimit": {"breakdown"},
    "Viewer": {"scopes", "webhooks"},
    "Webhook": {"watches"},
    "WebhookRule": {"ledgerKind"},
    "ExportJob": {"files"},
    "ExportPayload": {"errors"},
    "UserError": {"path"},
    "WebhookPayload": {"errors"},
}

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


def test_days_and_periods_are_counted_as_they_are_asked() -> None:
    flows = '{ fundFlows(underlying: "btc" from: "2024-01-01" to: "2024-12-31"%s) { byFund { netUsd } } }'
    statement = '{ protocol(by: {slug: "a"}) { statement(periods: 40) { lines { key } } } }'

    assert priced(flows % "") == 366 * (1 + 10)
    assert priced(flows % " interval: WEEK") == 53 * (1 + 10)
    assert priced(statement) == 1 + 40 * (1 + 10)
    assert priced("{ viewer { usage(days: 366) { points } } }") == 1 + 366
    assert priced("{ changes(first: 100) { nodes { seq } } }") == 1 + 100


def test_the_page_of_flows_can_pay_for_half_a_year_of_days() -> None:
    text = (Path(__file__).parents[2] / "web" / "src" / "ops" / "Flows.graphql").read_text()

    cost = priced(text, {"asset": "btc", "from": "2026-01-01", "to": "2026-06-30", "interval": "DAY"})

    assert cost <= EdgeSettings.model_fields["max_cost"].default


def priced(text: str, variables: Mapping[str, Any] | None = None) -> int:
    core = market._schema
    return job_of(core, Documents(core).read(text), None, variables or {}, Limits()).total.cost


def test_every_list_says_how_long_it_may_be_or_is_known_to_be_short() -> None:
    """One that is in neither would be priced at ten whatever it answers."""
    core = market._schema
    types = [each for each in core.type_map.values() if isinstance(each, GraphQLObjectType) and each.name[:2] != "__"]
    sized = {
        (get_named_type(field.type).name, below)
        for type_ in types
        for field in type_.fields.values()
        for below in below_of(field)
    }
    unsized: dict[str, set[str]] = {}
    for type_ in types:
        for name, field in type_.fields.items():
            if is_list_type(get_nullable_type(field.type)) and not sizes_of(field) and (type_.name, name) not in sized:
                unsized.setdefault(type_.name, set()).add(name)

    assert unsized == SHORT


def sizes_of(field: GraphQLField) -> list[ListSize | DaySpan]:
    """What a field says of its own size, or of what is below it."""
    said = (field.extensions or {})["strawberry-definition"].directives
    return [each for each in said if isinstance(each, ListSize | DaySpan)]


def below_of(field: GraphQLField) -> list[str]:
    return [name for each in sizes_of(field) for name in each.sized_fields or ()]
