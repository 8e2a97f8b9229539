"""`python -m bench.refresh PROTOCOLS DAY`: publish another value of that day for every series of a generated store."""

import os
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, NamedTuple

import orjson
import uvloop

from models.observation import pack
from models.store import Store
from sync import observation
from sync.generate import SYNTHETIC, World, facts_of
from sync.publish import publish


class Refreshed(NamedTuple):
    """A publish: how long it took, and how long of that packs were written; `days` are the new values of series."""

    seconds: float
    packs_seconds: float
    days: int


class Stopwatch:
    """Adds up the time of the calls that are about packs."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def around(self, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def timed(*arguments: Any) -> Any:
            began = time.perf_counter()
            found = await function(*arguments)
            if any(each is pack.every_version or each == "obs_pack" for each in arguments):
                self.seconds += time.perf_counter() - began
            return found

        return timed


async def refreshed(url: str, protocols: int, day: date) -> Refreshed:
    watch, store = Stopwatch(), Store(url)
    writing: Any = observation
    writing.insert_many, writing._close = watch.around(writing.insert_many), watch.around(writing._close)
    began = time.perf_counter()
    async with store.publishing() as publication:
        facts = {SYNTHETIC: facts_of(World(protocols, 1, 0, day))}
        published = await publish(publication, facts, accept=True, note=SYNTHETIC)
    await store.close()
    return Refreshed(time.perf_counter() - began, watch.seconds, published.counts[SYNTHETIC].changed)


if __name__ == "__main__":
    found = uvloop.run(refreshed(os.environ["ACCRUAL_DATABASE_URL"], int(sys.argv[1]), date.fromisoformat(sys.argv[2])))
    sys.stdout.buffer.write(orjson.dumps(found._asdict()))
