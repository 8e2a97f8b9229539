"""Caches stay within their bytes, make a value once, and forget an epoch."""

import asyncio
from collections.abc import Hashable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.plan.cache import Cache
from graph.plan.kept import Kept
from models.store import Store
from resolvers.caller import Caller
from tests.graph.plan.batches import JOURNAL
from tests.graph.plan.both import Pair
from tests.graph.plan.operations import Asked
from tests.graph.plan.sample import schema


@given(sizes=st.lists(st.integers(0, 5_000), max_size=60), limit=st.integers(0, 20_000))
def test_a_cache_never_weighs_more_than_its_limit(sizes: list[int], limit: int) -> None:
    cache = Cache[bytes](limit)

    for number, size in enumerate(sizes):
        cache.put((1, number % 7), bytes(size))
        assert 0 <= cache.size_bytes <= limit

    cache.forget_before(2)
    assert cache.size_bytes == 0


def test_two_hundred_equal_requests_are_executed_once(runner: asyncio.Runner, sample_store: Store) -> None:
    pair = Pair(schema, sample_store, Kept(1_000_000, 1_000_000, 1_000_000))
    asked = Asked("{ protocols(first: 5) { nodes { spent { usd } } } }")

    async def herd() -> set[bytes]:
        return {reply.data for reply in await asyncio.gather(*(pair.product(asked) for _ in range(200)))}

    bodies = runner.run(herd())

    assert len(bodies) == 1
    assert JOURNAL.names() == ["protocol_pages", "spent_totals"]


def test_an_answer_with_errors_is_not_kept(runner: asyncio.Runner, sample_store: Store) -> None:
    kept = Kept(1_000_000, 1_000_000, 1_000_000)
    pair = Pair(schema, sample_store, kept)

    reply = runner.run(pair.product(Asked("{ protocols(first: 101) { nodes { id } } }")))

    assert reply.failed
    assert len(kept.answers) == 0


async def test_a_key_on_its_way_is_not_made_again() -> None:
    cache = Cache[int](10_000)
    made: list[list[Hashable]] = []

    async def make(keys: list[Hashable]) -> list[int]:
        made.append(keys)
        await asyncio.sleep(0)
        return [len(made)] * len(keys)

    await asyncio.gather(cache.many([(1, "a"), (1, "b")], make), cache.many([(1, "b"), (1, "c")], make))

    assert made == [[(1, "a"), (1, "b")], [(1, "c")]]


async def test_a_caller_that_is_cancelled_does_not_take_the_others_with_it() -> None:
    cache = Cache[int](10_000)
    started, may_end = asyncio.Event(), asyncio.Event()

    async def make() -> int:
        started.set()
        await may_end.wait()
        return 7

    first = asyncio.ensure_future(cache.one((1, "a"), make))
    await started.wait()
    second = asyncio.ensure_future(cache.one((1, "a"), make))
    await asyncio.sleep(0)
    first.cancel()
    may_end.set()

    assert await second == 7


async def test_a_failure_reaches_everyone_and_is_not_kept() -> None:
    cache = Cache[int](10_000)

    async def fail() -> int:
        raise LookupError("no store")

    both = await asyncio.gather(*(cache.one((1, "a"), fail) for _ in range(2)), return_exceptions=True)

    assert [type(each) for each in both] == [LookupError, LookupError]
    assert len(cache) == 0


async def test_a_value_of_a_forgotten_epoch_is_returned_but_not_kept() -> None:
    cache = Cache[int](10_000)

    async def make() -> int:
        cache.forget_before(2)
        return 7

    assert await cache.one((1, "a"), make) == 7
    assert len(cache) == 0


def test_the_key_counts_as_well_or_long_variables_would_fill_the_memory() -> None:
    cache = Cache[bytes](10_000)

    for number in range(100):
        cache.put((1, b"x" * 1_000 + bytes([number])), b"")

    assert len(cache) < 10


@pytest.mark.parametrize("mine", [True, False])
def test_an_answer_is_kept_for_its_scope_alone(runner: asyncio.Runner, sample_store: Store, mine: bool) -> None:
    pair = Pair(schema, sample_store, Kept(1_000_000, 1_000_000, 1_000_000))
    asked = Asked('{ search(text: "p") { ... on Protocol { name } } }')

    for scopes in (frozenset({"read"}), frozenset({"read"}) if mine else frozenset()):
        runner.run(pair.product(asked, caller=Caller("someone", scopes=scopes)))

    assert pair.kept is not None
    assert len(pair.kept.answers) == (1 if mine else 2)
