"""One call per batch, level and pin, however many rows, aliases and fragments there are."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from graph.plan.kept import Kept
from graph.plan.levels import run
from models.epoch import Pin
from models.store import Store
from resolvers.context import Context
from resolvers.paging import encoded
from tests.graph.plan.batches import JOURNAL
from tests.graph.plan.both import Pair
from tests.graph.plan.operations import Asked
from tests.graph.plan.sample import schema

NESTED = """{
  protocols(first: %d) { nodes { ...Money } edges { node { ...Money token { holders issuer { name } } } } }
  search(text: "1") { ... on Protocol { ...Money } ... on Token { holders } }
}
fragment Money on Protocol { week: spent(window: D7) { usd } month: spent { usd } entries { usd } }
"""


@pytest.fixture
def pair(sample_store: Store) -> Pair:
    return Pair(schema, sample_store)


@pytest.fixture
def keeping(sample_store: Store) -> Pair:
    return Pair(schema, sample_store, Kept(1_000_000, 1_000_000, 1_000_000))


@pytest.mark.parametrize("first", [1, 5, 12])
def test_a_batch_is_called_once_per_level_however_many_rows(runner: asyncio.Runner, pair: Pair, first: int) -> None:
    reply = runner.run(pair.product(Asked(NESTED % first)))

    assert reply.fell_back is None
    calls = Counter(JOURNAL.names())
    # holders: once on the level of the search's tokens, once for the others on the level below.
    assert calls["holders_by_token"] <= 2
    del calls["holders_by_token"]
    assert set(calls.values()) == {1}


def test_a_key_is_asked_for_once_in_a_request(runner: asyncio.Runner, pair: Pair) -> None:
    text = "{ protocols(first: 6) { nodes { parent { parent { parent { name } } } } } }"

    reply = runner.run(pair.product(Asked(text)))

    assert reply.fell_back is None
    keys = [key for _, keys in JOURNAL.calls[1:] for key in keys]
    assert len(keys) == len(set(keys))


def test_a_key_of_none_never_reaches_its_batch(runner: asyncio.Runner, pair: Pair) -> None:
    reply = runner.run(pair.product(Asked('{ protocol(by: {slug: "p1"}) { parent { name } } }')))

    assert reply.data == b'{"protocol":{"parent":null}}'
    assert JOURNAL.names() == ["nodes_by_id"]


def test_each_moment_has_calls_of_its_own_and_everything_below_reads_there(runner: asyncio.Runner, pair: Pair) -> None:
    text = """{
      before: protocol(by: {slug: "p3"}, at: {epoch: 1}) { ...All }
      now: protocol(by: {slug: "p3"}) { ...All }
      then: protocol(by: {slug: "p3"}, at: {day: "2024-01-09"}) { name spent { through } }
    }
    fragment All on Protocol { name spent { through } series(to: "2024-01-02") { points { value } } }"""

    reference, product = runner.run(pair.both(Asked(text)))

    assert product.fell_back is None
    assert product.data == reference.data
    assert JOURNAL.names().count("nodes_by_id") == 3
    assert b'"now":{"name":"Renamed","spent":{"through":null},"series":{"points":[{"value":"0"},{"value":"1.5"}]}}' in (
        product.data
    )
    assert b'"then":{"name":"Renamed","spent":{"through":"2024-01-09"}}' in product.data


def test_below_a_cursor_everything_reads_at_the_epoch_it_was_issued_at(runner: asyncio.Runner, pair: Pair) -> None:
    text = "query Q($after: String) { protocols(first: 1, after: $after) { nodes { name parent { id } } } }"

    reference, product = runner.run(pair.both(Asked(text, {"after": encoded(1, [2])})))

    assert product.fell_back is None
    assert product.data == reference.data
    assert "Protocol “3”".encode() in product.data


def test_values_are_shared_between_requests_of_one_epoch(runner: asyncio.Runner, keeping: Pair) -> None:
    text = "{ protocols(first: %d) { nodes { spent { usd } } } }"

    for first in (3, 5):
        runner.run(keeping.product(Asked(text % first)))
    runner.run(keeping.product(Asked(text % 2), epoch=1))

    assert [len(keys) for name, keys in JOURNAL.calls if name == "spent_totals"] == [3, 2, 2]


def test_conditions_and_selections_have_plans_and_bytes_of_their_own(runner: asyncio.Runner, keeping: Pair) -> None:
    text = """query($more: Boolean!) { protocols(first: 1) { nodes {
      a: series(to: "2024-01-01") { points { day state @include(if: $more) } }
      b: series(to: "2024-01-01") { points { on: day } } } } }"""

    for more in (True, False):
        reference, product = runner.run(keeping.both(Asked(text, {"more": more})))
        assert product.fell_back is None
        assert product.data == reference.data


def test_a_ready_field_is_neither_fetched_nor_projected_again(runner: asyncio.Runner, keeping: Pair) -> None:
    text = "{ protocols(first: 3) { nodes { %s: series { points { day value } } } } }"

    first = runner.run(keeping.product(Asked(text % "a")))
    second = runner.run(keeping.product(Asked(text % "b")))

    assert second.data == first.data.replace(b'"a"', b'"b"')
    assert JOURNAL.names().count("series_chosen") == 1


def test_a_document_is_planned_once_whatever_its_variables(runner: asyncio.Runner, pair: Pair) -> None:
    text = "query Q($first: Int!) { protocols(first: $first) { nodes { name } } }"

    for first in (1, 2, 3):
        runner.run(pair.product(Asked(text, {"first": first})))

    assert len(pair.plan.planner.plans) == 1


def test_plans_are_bounded(pair: Pair) -> None:
    planner = pair.plan.planner
    planner.readings.limit = planner.plans.limit = 10

    for number in range(30):
        planner.plan(pair.job(Asked(f"{{ a{number}: __typename }}")))

    assert len(planner.readings) == 10
    assert len(planner.plans) == 10


def test_one_name_for_two_leaves_has_bytes_for_each(runner: asyncio.Runner, keeping: Pair) -> None:
    text = '{ protocol(by: {slug: "p1"}) { series(to: "2024-01-01") { points { it: %s } } } }'

    found = [runner.run(keeping.product(Asked(text % leaf))).data for leaf in ("day", "state")]

    assert b'"it":"2024-01-01"' in found[0]
    assert b'"it":"KNOWN"' in found[1]


class SaidSo(Exception):
    """A failure of a batch."""


def test_a_failure_of_one_batch_of_several_is_raised_as_it_is(runner: asyncio.Runner, pair: Pair) -> None:
    def fail(values: list[Any]) -> list[Any]:
        raise SaidSo

    JOURNAL.faults["nodes_by_id"] = fail
    job = pair.job(Asked('{ node(id: "token:1") { id } protocols { nodes { name } } }'))
    running = run(pair.plan.planner.plan(job), Context(pair.store, Pin(2)), job.coerced, None)

    with pytest.raises(SaidSo):
        runner.run(running)
