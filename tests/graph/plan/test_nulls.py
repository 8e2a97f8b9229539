"""Nulls and failures: what the specification says becomes of them, in both executions."""

import asyncio
from typing import Any

import orjson
import pytest

from models.store import Store
from tests.graph.plan.both import Pair, Spoil
from tests.graph.plan.operations import Asked
from tests.graph.plan.sample import schema
from tests.graph.plan.test_differential import a_null, an_error, no_answer

ONE = Asked('{ a: protocol(by: {slug: "p1"}) { name spent { usd } } b: __typename }')
LIST = Asked("{ protocols(first: 4) { nodes { name parent { name } } } }")


@pytest.fixture
def pair(sample_store: Store) -> Pair:
    return Pair(schema, sample_store)


def test_a_null_in_a_non_null_position_takes_the_nearest_nullable_parent(runner: asyncio.Runner, pair: Pair) -> None:
    reference, product = runner.run(pair.both(ONE, faults={"spent_totals": a_null}))

    assert product.fell_back == "Unexpected: null in a non-null position"
    assert product.errors == reference.errors
    assert orjson.loads(product.data) == {"a": None, "b": "Query"}


def test_a_null_where_null_is_allowed_stays_in_the_plan(runner: asyncio.Runner, pair: Pair) -> None:
    reference, product = runner.run(pair.both(LIST, faults={"protocols_by_id": a_null}))

    assert product.fell_back is None
    assert product.data == reference.data


@pytest.mark.parametrize("fault", [an_error, no_answer])
def test_a_failing_batch_is_reported_at_every_field_it_should_have_answered(
    runner: asyncio.Runner, pair: Pair, fault: Spoil
) -> None:
    reference, product = runner.run(pair.both(LIST, faults={"protocols_by_id": fault}))

    assert product.data == reference.data
    assert sorted(product.errors) == sorted(reference.errors)
    # The first protocol has no parent.
    assert len(product.errors) == 3


def test_a_null_non_null_scalar_is_an_error_though_str_would_take_it(runner: asyncio.Runner, pair: Pair) -> None:
    def without_usd(values: list[Any]) -> list[Any]:
        return [type(value)(usd=None, days=value.days, through=None, change=None) for value in values]

    reference, product = runner.run(pair.both(ONE, faults={"spent_totals": without_usd}))

    assert product.fell_back is not None
    assert product.data == reference.data
    assert product.errors == reference.errors


def test_an_error_in_place_of_a_row_is_reported_though_nothing_is_read_off_it(
    runner: asyncio.Runner, pair: Pair
) -> None:
    asked = Asked('{ protocol(by: {slug: "p1"}) { spent { __typename } } }')

    reference, product = runner.run(pair.both(asked, faults={"spent_totals": an_error}))

    assert product.fell_back == "Unexpected: an error or an awaitable in place of a row"
    assert product.errors == reference.errors
