"""`accrual serve` as real processes over real sockets."""

import asyncio
import gc
import os
from hashlib import sha256
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
import pytest

from models.store import Store
from server.app import from_environment
from sync.generate import SYNTHETIC, World, facts_of
from sync.publish import publish
from tests.builders import TODAY
from tests.server.processes import FORKS, serving

QUERY = """{
  protocols(first: 1, orderBy: [{key: REVENUE}]) { nodes { name metric(key: REVENUE, window: D7) { value state } } }
}"""

NAMED = f"query Top {QUERY}"


@pytest.fixture
async def filled(url: str) -> str:
    store = Store(url)
    async with store.publishing() as publication:
        await publish(publication, {SYNTHETIC: facts_of(World(3, 40, 2, TODAY))}, note=SYNTHETIC)
    await store.close()
    return url


async def test_a_server_answers_a_query_from_its_store(filled: str, tmp_path: Path) -> None:
    async with serving(filled, cwd=tmp_path) as server, httpx.AsyncClient(base_url=server.url) as client:
        answer = await client.post("/graphql", json={"query": QUERY})

    body = answer.json()
    assert "errors" not in body
    (first,) = body["data"]["protocols"]["nodes"]
    assert first["name"] == "Amber Anchor"
    assert first["metric"]["state"] == "OK"
    assert float(first["metric"]["value"]) > 0


async def test_a_server_does_not_name_its_software(filled: str, tmp_path: Path) -> None:
    async with serving(filled, cwd=tmp_path) as server, httpx.AsyncClient(base_url=server.url) as client:
        answer = await client.get("/livez")

    assert "server" not in answer.headers


async def test_each_request_is_logged_under_its_id_and_without_its_query(filled: str, tmp_path: Path) -> None:
    async with serving(filled, cwd=tmp_path) as server, httpx.AsyncClient(base_url=server.url) as client:
        asked = await client.post("/graphql?secret=1", json={"query": NAMED}, headers={"X-Request-ID": "mine"})

    (line,) = [line for line in server.logged() if line.get("request_id") == "mine"]
    assert (line["event"], line["method"], line["route"], line["status"]) == ("request", "POST", "/graphql", 200)
    assert (line["operation"], line["document"], line["key"]) == ("Top", sha256(NAMED.encode()).hexdigest(), None)
    assert line["cost"] == asked.json()["extensions"]["cost"]["requestedQueryCost"]
    assert "secret" not in "".join(server.lines)
    assert "orderBy" not in "".join(server.lines)


async def test_workers_count_their_requests_together(filled: str, tmp_path: Path) -> None:
    async with serving(filled, cwd=tmp_path, workers=2) as server:
        for _ in range(10):
            # A new connection each time: the kernel deals them out to the workers.
            async with httpx.AsyncClient(base_url=server.url) as client:
                assert (await client.get("/livez")).status_code == 200
        async with httpx.AsyncClient(base_url=server.url) as client:
            text = (await client.get("/metrics")).text

    assert 'accrual_http_requests_total{method="GET",route="/livez",status="200"} 10.0' in text


async def test_told_to_end_a_server_first_says_that_it_is_not_ready(filled: str, tmp_path: Path) -> None:
    draining = serving(filled, cwd=tmp_path, ACCRUAL_DRAIN_SECONDS="3")

    async with draining as server, httpx.AsyncClient(base_url=server.url) as client:
        before = await client.get("/readyz")
        server.end()
        during = before
        async with asyncio.timeout(3):
            while during.status_code == 200:
                during = await client.get("/readyz")
        answer = await client.post("/graphql", json={"query": QUERY})

    assert before.status_code == 200
    assert (during.status_code, during.json()["reason"]) == (503, "this server is about to end")
    assert "errors" not in answer.json()


def frozen(url: str, answer: Connection) -> None:
    """What a worker does before it serves, and how many objects it leaves alone from then on."""
    os.environ["ACCRUAL_DATABASE_URL"] = url
    from_environment()
    answer.send(gc.get_freeze_count())


def test_what_a_worker_has_loaded_is_never_looked_through_for_garbage(tmp_path: Path) -> None:
    reader, writer = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=frozen, args=(f"sqlite+aiosqlite:///{tmp_path}/new.db", writer))
    process.start()

    assert reader.recv() > 100_000
    process.join()


async def test_an_empty_store_is_served_with_the_bundled_data(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/new.db"

    async with serving(url, cwd=tmp_path) as server, httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        answer = await client.post("/graphql", json={"query": '{ protocol(by: {slug: "hyperliquid"}) { name } }'})

    assert answer.json()["data"] == {"protocol": {"name": "Hyperliquid"}}
