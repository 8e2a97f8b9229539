"""The lock of SQLite: held by one, looked at by many, and nobody is turned away for a look."""

import asyncio
import fcntl
from pathlib import Path

import pytest

from models.lock import Locked, exclusively, is_held
from models.store import Store


async def held(store: Store) -> bool:
    async with store.readers.connect() as connection:
        return await is_held(connection)


async def test_it_is_held_while_somebody_publishes_and_a_second_is_turned_away(store: Store) -> None:
    before = await held(store)

    async with store.publishing() as publication:
        meanwhile = await held(store)
        with pytest.raises(Locked):
            async with store.publishing():
                pass
        await publication.finish()

    assert (before, meanwhile, await held(store)) == (False, True, False)


async def test_one_who_only_looks_turns_nobody_away(sqlite_store: Store) -> None:
    async with sqlite_store.writer.connect() as connection:

        async def take() -> None:
            async with exclusively(connection):
                pass

        with Path(f"{connection.engine.url.database}.sync.lock").open("w") as looking:  # noqa: ASYNC230
            fcntl.flock(looking, fcntl.LOCK_SH)
            taking = asyncio.create_task(take())
            # Its first try fails here.
            await asyncio.sleep(0)

        await taking
