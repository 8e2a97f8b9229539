"""The field of a contest on one store: every server started, every cache as its tier wants it."""

from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import orjson

from bench import queries
from bench.bare import BYTES
from bench.contest import Contestant
from bench.load import load
from bench.queries import TEXTS, World
from bench.servers import Server, serving

# So that neither the limits of a caller nor those of a document, which are the edge's, are what is measured.
OPEN = {
    "ACCRUAL_MAX_COST": "1000000",
    "ACCRUAL_DOCUMENT_CACHE": "2000",
    "ACCRUAL_LOG_LEVEL": "WARNING",
    "ACCRUAL_EXECUTION_SECONDS": "600",
}
LONG = 600.0


@asynccontextmanager
async def field(url: str, folder: Path, megabytes: int) -> AsyncGenerator[list[Contestant], None]:
    """The contestants, from the slowest to be warmed to the one that needs nothing."""
    store = {"ACCRUAL_DATABASE_URL": url}
    with ExitStack() as running:
        warm = running.enter_context(product("product", url, megabytes))
        cold = running.enter_context(product("product without caches", url, 0))
        world = await asked_world(warm)
        await _keep_bodies(warm, world, folder)
        for query in TEXTS:
            await load(warm.url, queries.warming(world, query), 4, LONG)
        reference = running.enter_context(serving("reference", "bench.reference:application", store))
        by_hand = running.enter_context(serving("f", "bench.bare:by_hand", store))
        ready = running.enter_context(serving("g", "bench.bare:ready", {BYTES: str(folder)}))
        once = {query: queries.unseen(world, query) for query in TEXTS}
        yield [
            Contestant("reference", reference, lambda query: queries.rotating(world, query)),
            Contestant("f", by_hand, lambda query: queries.by_hand(world, query)),
            Contestant("g", ready, lambda query: queries.ready(world, query)),
            Contestant("T3", cold, lambda query: queries.rotating(world, query)),
            Contestant("T2", warm, lambda query: once[query]),
            Contestant("T1", warm, lambda query: queries.same(world, query)),
        ]


async def asked_world(server: Server) -> World:
    """What to ask for, asked of the product itself."""
    slugs: list[str] = []
    cursors: list[str] = []
    async with httpx.AsyncClient(base_url=server.url, timeout=LONG) as client:
        text = queries.CURSORS
        while len(cursors) < queries.PAGES * queries.FIRSTS["Q2"]:
            values = {"after": cursors[-1] if cursors else None}
            answer = await client.post("/graphql", json={"query": text, "variables": values})
            answer.raise_for_status()
            edges = _data(answer)["protocols"]["edges"]
            slugs += [edge["node"]["slug"] for edge in edges]
            cursors += [edge["cursor"] for edge in edges]
            if len(edges) < queries.MOST:
                break
        last = _data(await client.post("/graphql", json={"query": queries.THROUGH}))["meta"]["dataThrough"]
    return World(slugs, cursors, date.fromisoformat(last[0]["day"]))


async def _keep_bodies(server: Server, world: World, folder: Path) -> None:
    """The bytes that (g) sends: an answer of the product to each query."""
    for query in TEXTS:
        result = await load(server.url, queries.once(world, query), 1, LONG)
        (folder / query).write_bytes(result.body)


def _data(answer: httpx.Response) -> dict[str, Any]:
    body = orjson.loads(answer.content)
    if "errors" in body:
        raise RuntimeError(body["errors"])
    data: dict[str, Any] = body["data"]
    return data


def product(name: str, url: str, megabytes: int) -> AbstractContextManager[Server]:
    """The product as it is deployed, with so many megabytes of caches."""
    settings = {**OPEN, "ACCRUAL_DATABASE_URL": url, "ACCRUAL_CACHE_MEGABYTES": str(megabytes)}
    return serving(name, "server.app:from_environment", settings)
