"""A whole `accrual sync` that is killed, or not alone: readers see whole epochs, and the next run goes on."""

import asyncio
import os
import random
import signal
from collections.abc import Generator, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial

import pytest
from sqlalchemy import select

from models import entity, external_id, obs, series, sync_run
from models.epoch import Pin
from models.store import Store
from models.vocabulary import Metric
from tests.standin.defillama import answer
from tests.standin.server import Standin, serving
from tests.standin.uniform import Uniform
from tests.sync.forks import Forks, forking
from tests.sync.reading import unseen

KILLS = 20
LOCKED = 3
# What a run reads anew each time; prices it reads once a day.
METRICS = (Metric.FEES, Metric.REVENUE, Metric.HOLDERS_REVENUE, Metric.SUPPLY_SIDE_REVENUE)


def syncing(url: str, standin: Standin) -> AbstractAsyncContextManager[Forks]:
    where = {"ACCRUAL_DEFILLAMA_URL": standin.url, "ACCRUAL_DEFILLAMA_COINS_URL": standin.url}
    more = {**where, "ACCRUAL_DATABASE_URL": url, "ACCRUAL_LOG_LEVEL": "ERROR"}
    return forking("tests.sync.forked_syncs", "sync", "--source", "defillama", "--accept", **more)


@pytest.fixture
def world() -> Uniform:
    return Uniform(size=6, length=15, chains=("Alder", "Birch L1", "Cedar"))


@pytest.fixture
def standin(world: Uniform) -> Generator[Standin, None, None]:
    with serving(partial(answer, world)) as standin:
        yield standin


async def said(store: Store, at: int) -> dict[int, list[int]]:
    """Every value of each series, sorted."""
    found: dict[int, list[int]] = {}
    async with store.reading(Pin(at)) as reader:
        live, one = reader.live(obs), reader.live(series)
        query = select(live.c.series_id, live.c.value).join(one, one.c.series_id == live.c.series_id)
        for id_, value in await reader.rows(query.where(one.c.metric.in_(METRICS)).order_by(live.c.value)):
            found.setdefault(id_, []).append(value)
    return found


def times(said: Mapping[int, list[int]], dollars: int) -> dict[int, list[int]]:
    return {id_: [value * dollars for value in values] for id_, values in said.items()}


async def writes(store: Store) -> bool:
    """Whether somebody has begun to write the next epoch's numbers."""
    newest, number = await store.current(), obs.every_version.c
    async with store.readers.connect() as connection:
        found = select(number.series_id).where(number.valid_from > newest).limit(1)
        return (await connection.execute(found)).one_or_none() is not None


async def entities(store: Store) -> tuple[int, int]:
    """How many there are, and how many names of them."""
    async with store.reading() as reader:
        return tuple([len(await reader.rows(reader.live(table).select())) for table in (entity, external_id)])  # type: ignore[return-value]


async def test_killed_at_random_moments_nothing_is_lost_or_doubled(
    url: str, store: Store, world: Uniform, standin: Standin
) -> None:
    draw = random.Random(20260810)
    async with syncing(url, standin) as syncs:
        assert await syncs.run_while(LOCKED) == 0
        first, names = await said(store, 1), await entities(store)
        told, reading = {1: 1}, True

        async def read() -> int:
            """What readers see meanwhile is one whole state of the world, always the same for an epoch."""
            reads = 0
            while reading:
                newest = await store.current()
                found = await said(store, newest)
                states = [state for state in {told.get(newest), world.dollars} if state]
                assert found in [times(first, dollars) for dollars in states], newest
                reads += 1
                # The processes want to work, too.
                await asyncio.sleep(0.05)
            return reads

        reader = asyncio.create_task(read())
        world.dollars = 2
        began = asyncio.get_running_loop().time()
        assert await syncs.run_while(LOCKED) == 0
        seconds = asyncio.get_running_loop().time() - began
        told[await store.current()] = 2

        killed = junk = 0
        for number in range(KILLS):
            world.dollars += 1
            process, ended = await syncs.begin(), asyncio.create_task(syncs.answer())
            if number % 2:
                await asyncio.wait((ended,), timeout=draw.uniform(0.05, 0.95) * seconds)
            while not number % 2 and not ended.done() and not await writes(store):
                await asyncio.wait((ended,), timeout=0)
            if not ended.done():
                # One that ended by itself just now is gone before its answer is here.
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            killed += await ended == -signal.SIGKILL
            newest = await store.current()
            if newest not in told:
                told[newest] = world.dollars
            junk += await unseen(store)
            if number % 5 == 4:
                assert await syncs.run_while(LOCKED) == 0
                told.setdefault(await store.current(), world.dollars)
                assert await unseen(store) == 0
        reading = False
        reads = await reader

    assert {epoch: await said(store, epoch) for epoch in told} == {
        epoch: times(first, dollars) for epoch, dollars in told.items()
    }
    assert sorted(told) == list(range(1, await store.current() + 1))
    assert await entities(store) == names
    # Some died while they wrote, and someone read at the same time: else this would prove nothing.
    assert (killed > KILLS // 2, junk > 0, reads > KILLS) == (True, True, True)
    async with store.readers.connect() as connection:
        statuses = set((await connection.scalars(select(sync_run.c.status))).all())
    assert {"published", "killed"} <= statuses <= {"published", "killed", "unchanged", "running"}
