"""Who asks often whether a server is ready does not wear out its store, nor waits for one that is stuck."""

import asyncio

import pytest
from sqlalchemy import text

from models.store import Store
from server.health import Health
from tests.builders import protocol_fact, published
from tests.conftest import Recording


async def test_a_store_is_asked_once_a_second_however_many_want_to_know(store: Store, statements: Recording) -> None:
    await published(store, protocol_fact("one"))
    now = 0.0
    health = Health(store, clock=lambda: now)
    with statements(store.readers) as once:
        first = await health.status()
    with statements(store.readers) as seen:
        now = 0.9
        again = [await health.status() for _ in range(3)]
        now = 1.0
        later = await asyncio.gather(*(health.status() for _ in range(10)))

    assert (first.ready, first.epoch) == (True, 1)
    assert [*again, *later] == [first] * 13
    assert len(seen) == len(once)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_a_store_that_is_stuck_is_not_waited_for(store: Store) -> None:
    await published(store, protocol_fact("one"))
    health = Health(store, patience=0.01)
    async with store.writer.begin() as connection:
        await connection.execute(text("LOCK TABLE epoch IN ACCESS EXCLUSIVE MODE"))
        stuck = [await health.status() for _ in range(3)]
    await health.close()

    assert [status.reason for status in stuck] == ["the store does not answer"] * 3
    assert (await health.status()).ready
