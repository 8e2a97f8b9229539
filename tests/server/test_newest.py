"""Requests read the newest epoch without asking the store, and nothing kept outlives its epoch by more than one."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import make_url, text

from graph.execution import Answer, Job
from graph.plan.execute import PlanExecutor
from graph.plan.kept import Kept
from graph.schema import schema
from models.engine import writing_engine
from models.epoch import BeforeFirstEpoch, Pin
from models.store import Store
from resolvers.caller import Caller
from resolvers.context import Context
from server.newest import Newest
from tests.builders import chain_fact, published

SOON, NEVER = 0.01, 3_600.0


class Counting(PlanExecutor):
    """Notes at which epochs it was asked to answer again."""

    def __init__(self) -> None:
        super().__init__(schema, self, Kept(1_000, 1_000_000, 1_000))
        self.warmed: list[Pin] = []
        self.failure: Exception | None = None

    async def execute(self, job: Job, context: Context) -> Answer:
        raise NotImplementedError

    async def warm(self, pin: Pin, count: int) -> None:
        self.warmed.append(pin)
        if self.failure is not None:
            raise self.failure

    def epochs(self) -> list[int]:
        """Those it was asked for, in order. One is asked for again where its run is on record only after it is told."""
        return list(dict.fromkeys(pin.epoch for pin in self.warmed))


async def publish(store: Store, name: str) -> None:
    await published(store, chain_fact(name))


async def reaches(newest: Newest, epoch: int) -> None:
    await asyncio.wait_for(newest.news.after(epoch - 1), 10)


@asynccontextmanager
async def watched(store: Store, every: float = SOON) -> AsyncGenerator[tuple[Newest, Counting], None]:
    plan = Counting()
    newest = Newest(store, plan, warmed=3, every=every)
    newest.listening.pause = SOON
    async with newest.watching():
        yield newest, plan


async def test_before_the_first_epoch_a_request_is_told_so(store: Store) -> None:
    async with watched(store) as (newest, _):
        with pytest.raises(BeforeFirstEpoch):
            await newest.context(Caller("someone"))


async def test_a_publish_is_seen_and_what_is_wanted_is_answered_again(store: Store) -> None:
    await publish(store, "ethereum")
    async with watched(store) as (newest, plan):
        await reaches(newest, 1)
        await publish(store, "solana")
        await reaches(newest, 2)

        assert (await newest.context(Caller("someone"))).pin == Pin(2)

    assert plan.epochs() == [1, 2]


async def test_only_the_newest_two_epochs_are_kept(store: Store) -> None:
    await publish(store, "ethereum")
    async with watched(store) as (newest, plan):
        assert plan.kept is not None
        for epoch, name in enumerate(("solana", "base"), start=2):
            plan.kept.values.put((epoch - 1, "key"), "value")
            await publish(store, name)
            await reaches(newest, epoch)

    assert [plan.kept.values.peek((epoch, "key")) for epoch in (1, 2)] == [None, "value"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE epoch SET retained = false WHERE epoch = 1",
        "INSERT INTO sync_run (started_at, status) VALUES ('2026-01-01 00:00:00', 'failed')",
    ],
)
async def test_nothing_outlives_a_prune_or_a_run_that_publishes_nothing(sqlite_store: Store, statement: str) -> None:
    await publish(sqlite_store, "ethereum")
    await publish(sqlite_store, "solana")
    newest = Newest(sqlite_store, plan := Counting())
    await newest._look()
    before = await newest.context(Caller("someone"))
    assert plan.kept is not None
    plan.kept.values.put((2, "key"), "value")
    async with sqlite_store.writer.begin() as connection:
        await connection.execute(text(statement))

    await newest._look()

    assert plan.kept.values.peek((2, "key")) is None
    after = await newest.context(Caller("someone"))
    assert (after.pin, after.state != before.state) == (before.pin, True)


async def test_a_failure_to_answer_again_does_not_end_the_watch(store: Store) -> None:
    await publish(store, "ethereum")
    async with watched(store) as (newest, plan):
        plan.failure = RuntimeError("a request that can't be answered")
        await reaches(newest, 1)
        await publish(store, "solana")
        await reaches(newest, 2)

    assert plan.epochs() == [1, 2]


async def test_without_a_watch_a_request_asks_the_store(store: Store) -> None:
    await publish(store, "ethereum")

    context = await Newest(store, Counting()).context(Caller("someone"))

    assert context.pin == Pin(1)


postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
# Whoever listens says nothing else.
LISTENERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"


async def hang_up_on_listeners(store: Store) -> int:
    """How many there were."""
    async with store.writer.begin() as connection:
        ended = await connection.execute(
            text(f"SELECT pg_terminate_backend(pid, 10000) FROM ({LISTENERS}) AS listening")
        )
        return len(ended.all())


@postgresql
async def test_a_publish_is_told_to_those_who_do_not_look(store: Store) -> None:
    await publish(store, "ethereum")
    async with watched(store, every=NEVER) as (newest, _):
        await reaches(newest, 1)
        for epoch, name in enumerate(("solana", "base"), start=2):
            await publish(store, name)
            await reaches(newest, epoch)


@postgresql
async def test_who_was_hung_up_on_listens_again_and_learns_what_was_missed(store: Store) -> None:
    await publish(store, "ethereum")
    async with watched(store, every=NEVER) as (newest, _):
        await reaches(newest, 1)
        await publish(store, "solana")
        await reaches(newest, 2)

        assert await hang_up_on_listeners(store) == 1
        for epoch, name in enumerate(("base", "tron"), start=3):
            await publish(store, name)
            await reaches(newest, epoch)


@postgresql
async def test_a_store_that_can_not_be_listened_to_is_looked_at(store: Store, url: str) -> None:
    await publish(store, "ethereum")
    deaf = Store(url)
    deaf.writer = writing_engine(make_url("postgresql+asyncpg://nobody@127.0.0.1:1/nowhere"))
    async with watched(deaf) as (newest, _):
        await reaches(newest, 1)
        await publish(store, "solana")
        await reaches(newest, 2)
    await deaf.close()

    assert newest.listening.failing
