"""What aiodataloader does not promise by itself: no sibling takes the others with it."""

import asyncio

import pytest

from resolvers.loader import BatchCancelled, Loader


async def doubled(keys: list[int]) -> list[int]:
    return [key * 2 for key in keys]


async def test_keys_of_one_turn_are_fetched_together() -> None:
    calls: list[list[int]] = []

    async def fetch(keys: list[int]) -> list[int]:
        calls.append(keys)
        return await doubled(keys)

    loader = Loader(fetch)

    assert await asyncio.gather(loader.load(1), loader.load(2), loader.load(1)) == [2, 4, 2]
    assert calls == [[1, 2]]


async def test_a_cancelled_waiter_leaves_the_others_theirs() -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def fetch(keys: list[int]) -> list[int]:
        begun.set()
        await go.wait()
        return await doubled(keys)

    loader = Loader(fetch)
    first, second = asyncio.create_task(loader.load(1)), asyncio.create_task(loader.load(1))
    await begun.wait()
    first.cancel()
    go.set()

    assert await second == 2
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_key_can_be_loaded_again_after_all_who_waited_were_cancelled() -> None:
    begun = asyncio.Event()

    async def fetch(keys: list[int]) -> list[int]:
        begun.set()
        return await doubled(keys)

    loader = Loader(fetch)
    task = asyncio.create_task(loader.load(1))
    await begun.wait()
    task.cancel()
    await asyncio.wait([task])

    assert await loader.load(1) == 2


async def test_a_batch_that_is_cancelled_from_within_is_an_error_and_not_a_wait_for_ever() -> None:
    async def fetch(keys: list[int]) -> list[int]:
        raise asyncio.CancelledError

    loader = Loader(fetch)

    async with asyncio.timeout(5):
        with pytest.raises(BatchCancelled):
            await loader.load(1)
