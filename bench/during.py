"""How long requests of a warm epoch take while the next one is published, and how long a publish takes."""

import asyncio
import os
import sys
from dataclasses import dataclass

import orjson

from bench.field import asked_world
from bench.load import load
from bench.queries import TEXTS, World, unseen, warming
from bench.refresh import Refreshed
from bench.servers import Server

CONNECTIONS = 4
QUIET_SECONDS = 2.0
LONG = 900.0


@dataclass(frozen=True, slots=True)
class During:
    """p99 in milliseconds of requests that were never asked, by query: without a publish, and beside one."""

    quiet_ms: dict[str, float]
    beside_ms: dict[str, float]
    refresh: Refreshed


async def during(server: Server, url: str, protocols: int) -> During:
    """The server reads the store of `url`, which has another epoch afterwards for each query."""
    world, quiet, beside = await asked_world(server), dict[str, float](), dict[str, float]()
    for query in ("Q1", "Q2"):
        await load(server.url, warming(world, query), CONNECTIONS, LONG)
    fresh = {query: unseen(world, query) for query in TEXTS}
    for query in ("Q1", "Q2"):
        result = await load(server.url, fresh[query], CONNECTIONS, QUIET_SECONDS)
        quiet[query] = result.percentile_ms(99)
    publishing = asyncio.create_task(_published(url, protocols, world))
    latencies: dict[str, list[float]] = {"Q1": [], "Q2": []}
    while not publishing.done():
        for query, found in latencies.items():
            found += (await load(server.url, fresh[query], CONNECTIONS, 0.5)).latencies
    # A small store is asked everything before the publish ends.
    for query, found in ((query, found) for query, found in latencies.items() if found):
        beside[query] = sorted(found)[int(len(found) * 0.99)] * 1_000
    return During(quiet, beside, await publishing)


async def _published(url: str, protocols: int, world: World) -> Refreshed:
    """By a process of its own, as a sync is."""
    command = [sys.executable, "-m", "bench.refresh", str(protocols), str(world.last)]
    environment = {**os.environ, "ACCRUAL_DATABASE_URL": url}
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    return Refreshed(**orjson.loads(said))
