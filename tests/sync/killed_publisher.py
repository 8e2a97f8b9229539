"""A publisher that is killed before its nth statement, for each line "N DOLLARS" that comes in.

`python -m tests.sync.killed_publisher URL`
"""

import asyncio
import os
import signal
import sys
from itertools import count

from sqlalchemy import event

import sync.diff
import sync.observation
from models.store import Store
from tests.builders import published
from tests.sync.crash_world import everything_says
from tests.sync.forks import fork_for_each_line

# Small batches: many transactions to die between.
sync.diff.BATCH, sync.observation.SLICE = 4, 150


async def publish(url: str, fatal: int, dollars: int) -> None:
    store = Store(url)
    numbers = count(1)

    def die_in_time(*_: object) -> None:
        if next(numbers) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store.writer.sync_engine, "before_cursor_execute", die_in_time)
    await published(store, everything_says(dollars))
    await store.close()


if __name__ == "__main__":
    fork_for_each_line(lambda line: asyncio.run(publish(sys.argv[1], *map(int, line.split()))))
