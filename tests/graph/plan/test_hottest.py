"""What is asked most is answered again when an epoch begins."""

import asyncio

import pytest

from graph.plan.hottest import Hottest
from graph.plan.kept import Kept
from models.epoch import Pin
from models.store import Store
from resolvers.context import Context
from tests.graph.plan.batches import JOURNAL
from tests.graph.plan.both import Pair
from tests.graph.plan.operations import Asked
from tests.graph.plan.sample import schema

NAMES = Asked("{ protocols { nodes { name } } }")
RARE = Asked('{ node(id: "token:1") { id } }')


def test_an_answer_asked_for_before_the_flip_is_there_after_it(runner: asyncio.Runner, sample_store: Store) -> None:
    kept = Kept(1_000_000, 1_000_000, 1_000_000)
    pair = Pair(schema, sample_store, kept)
    before = runner.run(pair.product(NAMES, epoch=1))

    runner.run(pair.plan.warm(Pin(2), 10))
    JOURNAL.clear()
    after = runner.run(pair.product(NAMES, epoch=2))

    assert before.data != after.data
    assert JOURNAL.calls == []


def test_only_the_most_wanted_are_run_again(runner: asyncio.Runner, sample_store: Store) -> None:
    pair = Pair(schema, sample_store, Kept(1_000_000, 1_000_000, 1_000_000))
    for asked in (RARE, NAMES, NAMES):
        runner.run(pair.product(asked, epoch=1))
    JOURNAL.clear()

    runner.run(pair.plan.warm(Pin(2), 1))

    assert JOURNAL.names() == ["protocol_pages"]


def test_what_came_longest_ago_is_forgotten_first(sample_store: Store) -> None:
    pair, hottest = Pair(schema, sample_store), Hottest(limit=2)
    job, context = pair.job(RARE), Context(sample_store, Pin(1))

    for key in ("a", "b", "a", "c"):
        hottest.note(key, job, context)

    assert [wanted.times for wanted in hottest.take(5)] == [2, 1]
    assert hottest.take(5) == []


def test_a_request_that_is_tried_at_once_first_is_counted_once(runner: asyncio.Runner, sample_store: Store) -> None:
    kept = Kept(1_000_000, 1_000_000, 1_000_000)
    pair = Pair(schema, sample_store, kept)

    assert pair.plan.at_once(pair.job(NAMES), Context(sample_store, Pin(1), kept.values)) is None
    runner.run(pair.product(NAMES, epoch=1))

    assert (kept.answers.hits, kept.answers.misses) == (0, 1)
    assert [wanted.times for wanted in pair.plan.hottest.take(5)] == [1]


def test_a_plan_that_fails_at_once_is_logged_and_one_that_can_not_be_made_is_not(
    runner: asyncio.Runner, sample_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    kept = Kept(1_000_000, 1_000_000, 0)
    pair = Pair(schema, sample_store, kept)
    context = Context(sample_store, Pin(1), kept.values)
    runner.run(pair.product(NAMES, epoch=1))
    kept.answers.forget_before(2)
    for key in list(kept.values._entries):
        kept.values.put(key, object())

    assert pair.plan.at_once(pair.job(Asked("{ __schema { types { name } } }")), context) is None
    assert caplog.messages == []
    assert pair.plan.at_once(pair.job(NAMES), context) is None
    assert caplog.messages == ["a plan failed where nothing had to be waited for"]
