"""A whole `accrual sync` that is killed, or not alone: readers see whole epochs, and the next run goes on."""

import asyncio
import os
import random
import signal
import sys
import threading
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models import entity, external_id, obs, series, sync_run
from models.epoch import Pin
from models.publication import VERSIONED
from models.store import Store
from models.vocabulary import Metric
from tests.server.processes import environment
from tests.standin.defillama import answer
from tests.standin.server import Standin, serving
from tests.standin.uniform import Uniform

KILLS = 20
LOCKED = 3
# What a run reads anew each time; prices it reads once a day.
METRICS = (Metric.FEES, Metric.REVENUE, Metric.HOLDERS_REVENUE, Metric.SUPPLY_SIDE_REVENUE)
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Syncs:
    """Where processes of `accrual sync` are made, one at a time."""

    maker: asyncio.subprocess.Process

    async def begin(self) -> int:
        """Its number."""
        assert self.maker.stdin is not None
        self.maker.stdin.write(b"\n")
        return await self.answer()

    async def finish(self) -> int:
        """A run to its end. PostgreSQL lets go of a dead session's lock as soon as it notices, not sooner."""
        code = LOCKED
        for _ in range(20):
            if code == LOCKED:
                await self.begin()
                code = await self.answer()
        return code

    async def answer(self) -> int:
        assert self.maker.stdout is not None
        return int(await self.maker.stdout.readline())


@asynccontextmanager
async def syncing(url: str, standin: Standin) -> AsyncGenerator[Syncs, None]:
    where = {"ACCRUAL_DEFILLAMA_URL": standin.url, "ACCRUAL_DEFILLAMA_COINS_URL": standin.url}
    maker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.sync.forked_syncs", "sync", "--source", "defillama", "--accept"),
        env=environment(url, {**where, "ACCRUAL_LOG_LEVEL": "ERROR"}),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Syncs(maker)
    finally:
        assert maker.stdin is not None
        maker.stdin.close()
        await maker.wait()


@pytest.fixture
def world() -> Uniform:
    return Uniform(size=12, length=40)


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


async def unseen(store: Store) -> int:
    """Rows that only an epoch to come would show."""
    newest = await store.current()
    async with store.readers.connect() as connection:
        tables = [versioned.every_version for versioned in VERSIONED]
        counts = [select(func.count()).select_from(t).where(t.c.valid_from > newest) for t in tables]
        return sum([(await connection.execute(count)).scalar_one() for count in counts])


async def entities(store: Store) -> tuple[int, int]:
    """How many there are, and how many names of them."""
    async with store.reading() as reader:
        return tuple([len(await reader.rows(reader.live(table).select())) for table in (entity, external_id)])  # type: ignore[return-value]


async def test_killed_at_random_moments_nothing_is_lost_or_doubled(
    url: str, store: Store, world: Uniform, standin: Standin
) -> None:
    draw = random.Random(20260810)
    async with syncing(url, standin) as syncs:
        assert await syncs.finish() == 0
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
                await asyncio.sleep(0.01)
            return reads

        reader = asyncio.create_task(read())
        world.dollars = 2
        began = asyncio.get_running_loop().time()
        assert await syncs.finish() == 0
        seconds = asyncio.get_running_loop().time() - began
        told[await store.current()] = 2

        killed = junk = 0
        for number in range(KILLS):
            world.dollars += 1
            process, ended = await syncs.begin(), asyncio.create_task(syncs.answer())
            await asyncio.wait((ended,), timeout=draw.uniform(0.05, 0.95) * seconds)
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
                assert await syncs.finish() == 0
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


async def test_of_two_syncs_at_once_one_works_and_the_other_returns_3(
    url: str, store: Store, world: Uniform, standin: Standin
) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slowly(path: str, query: Mapping[str, str]) -> str:
        asked.set()
        go_on.wait(60)
        return answer(world, path, query)

    standin.answer = slowly
    async with syncing(url, standin) as one, syncing(url, standin) as two:
        await one.begin()
        await asyncio.to_thread(asked.wait, 60)
        await two.begin()
        other = await two.answer()
        go_on.set()
        done = await one.answer()

    assert (other, done) == (LOCKED, 0)
    assert await store.current() == 1
