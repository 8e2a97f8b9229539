"""Killed anywhere, a publish leaves no trace that a reader could see."""

import asyncio
import random
import signal

import pytest
from sqlalchemy import event, func, select

from models import sync_run
from models.lock import Locked
from models.publication import VERSIONED
from models.store import Store
from sync.facts import Facts
from sync.publish import Published
from tests.builders import published
from tests.sync.crash_world import everything_says, expected, what_is_said
from tests.sync.forks import Forks, forking

KILLS = 20
# What an error that nobody caught returns.
TURNED_AWAY = 1


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.diff.BATCH", 4)
    monkeypatch.setattr("sync.observation.SLICE", 150)


async def kill_when_free(publishers: Forks, fatal: int, dollars: int) -> int:
    """Until it is killed rather than turned away by a lock that was not let go of yet."""
    return await publishers.run_while(TURNED_AWAY, f"{fatal} {dollars}")


async def publish_when_free(store: Store, facts: Facts) -> Published:
    """PostgreSQL lets go of a dead session's lock as soon as it notices, not sooner."""
    for _ in range(100):
        try:
            return await published(store, facts)
        except Locked:
            await asyncio.sleep(0.05)
    raise AssertionError("the lock of a killed publisher was never released")


async def statements_of(store: Store, facts: Facts) -> int:
    seen: list[int] = []
    event.listen(store.writer.sync_engine, "before_cursor_execute", lambda *_: seen.append(1))
    await published(store, facts)
    return len(seen)


async def unseen(store: Store, newest: int) -> int:
    """Rows of every table that only a later epoch would show."""
    tables = [versioned.every_version for versioned in VERSIONED]
    async with store.readers.connect() as connection:
        counts = [select(func.count()).select_from(t).where(t.c.valid_from > newest) for t in tables]
        return sum([(await connection.execute(count)).scalar_one() for count in counts])


@pytest.mark.many
async def test_killed_at_random_points_readers_see_whole_epochs(store: Store, url: str) -> None:
    await published(store, everything_says(1))
    statements = await statements_of(store, everything_says(2))
    points = random.Random(20260710).sample(range(1, statements + 1), KILLS)

    # Every third time the next publish is made at once; the others find the leftovers of several.
    junk, epoch = 0, 2
    async with forking("tests.sync.killed_publisher", url) as publishers:
        for number, fatal in enumerate(points):
            assert await kill_when_free(publishers, fatal, 999) == -signal.SIGKILL
            assert await store.current() == epoch
            assert await what_is_said(store, epoch) == expected(epoch)
            junk += await unseen(store, epoch)
            if number % 3:
                continue

            result = await publish_when_free(store, everything_says(epoch + 1))
            epoch += 1
            assert result.epoch == epoch
            for at in (epoch - 1, epoch):
                assert await what_is_said(store, at) == expected(at)
            assert await unseen(store, epoch) == 0

    # Some died with rows half written: else this would prove nothing.
    assert junk > 0
    async with store.readers.connect() as connection:
        statuses = (await connection.scalars(select(sync_run.c.status).distinct())).all()
    assert set(statuses) <= {"published", "killed", "running"}


@pytest.mark.many
async def test_readers_meanwhile_never_see_a_mixture(store: Store) -> None:
    await published(store, everything_says(1))
    publishing, seen = True, set()

    async def read() -> None:
        while publishing:
            epoch = await store.current()
            assert await what_is_said(store, epoch) == expected(epoch)
            seen.add(epoch)

    readers = [asyncio.create_task(read()) for _ in range(2)]
    for dollars in range(2, 5):
        await published(store, everything_says(dollars))
    publishing = False
    await asyncio.gather(*readers)

    assert len(seen) > 1
