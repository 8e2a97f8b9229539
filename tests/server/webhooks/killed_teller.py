"""Tells webhooks in one process after the other, each killed one write later than the one before."""

import asyncio
import os
import signal
from itertools import count

from sqlalchemy import event

from models.store import Store
from server.webhooks import evaluation
from tests.server.processes import FORKS
from tests.server.webhooks.conftest import Telling
from tests.standin.server import Standin

PATIENCE = 60


def lived(url: str) -> int:
    """How many lives it took to tell everything."""
    for number in count(1):
        process = FORKS.Process(target=live, args=(url, number))
        process.start()
        process.join(PATIENCE)
        if process.exitcode != -signal.SIGKILL:
            assert process.exitcode == 0
            break
    return number


def live(url: str, fatal: int) -> None:
    """A life that ends before its `fatal`th statement that writes, or commit."""
    asyncio.run(tell(url, fatal))


async def tell(url: str, fatal: int) -> None:
    evaluation.PAGE = 1
    store = Store(url)
    numbers = count(1)

    def die_in_time(*_: object) -> None:
        if next(numbers) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store.writer.sync_engine, "before_cursor_execute", die_in_time)
    event.listen(store.writer.sync_engine, "commit", die_in_time)
    await Telling(store, Standin(lambda path, asked: "")).tell()
    await store.close()
