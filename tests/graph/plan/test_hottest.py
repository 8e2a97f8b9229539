"""What is asked most is answered again when an epoch begins."""

import asyncio

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
