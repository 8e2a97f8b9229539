"""How the cold list grows with its length, and what a worker's memory comes to after many different requests."""

from dataclasses import dataclass
from itertools import islice

import orjson

from bench.load import load, post
from bench.machine import cpu_seconds, resident_bytes
from bench.queries import TEXTS, World, unseen
from bench.servers import Server

LENGTHS = (10, 50, 100)
REPEATS = 12
CONNECTIONS = 8
LONG = 900.0


@dataclass(frozen=True, slots=True)
class Grown:
    """CPU of the server for a list of so many protocols."""

    length: int
    cpu_us: float


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident bytes of a worker that may keep `bound_bytes`, before and after so many different requests."""

    requests: int
    bound_bytes: int
    before_bytes: int
    after_bytes: int


async def growth(server: Server) -> list[Grown]:
    """Of Q2, asked of a server that keeps nothing."""
    found = []
    for length in LENGTHS:
        text = TEXTS["Q2"].replace("NAME", "Growth").replace("first: 50", f"first: {length}")
        request = post("/graphql", orjson.dumps({"query": text, "variables": {"after": None}}))
        await load(server.url, iter([request] * 2), 1, LONG)
        before = cpu_seconds({server.pid})
        await load(server.url, iter([request] * REPEATS), 1, LONG)
        found.append(Grown(length, (cpu_seconds({server.pid}) - before) / REPEATS * 1e6))
    return found


async def memory(server: Server, world: World, bound_bytes: int, most: int) -> Memory:
    """After up to `most` requests of which no two are equal."""
    before, sent = resident_bytes(server.pid), 0
    for query in ("Q1", "Q3", "Q2", "Q4"):
        result = await load(server.url, islice(unseen(world, query), most - sent), CONNECTIONS, LONG)
        sent += len(result.latencies)
    return Memory(sent, bound_bytes, before, resident_bytes(server.pid))
