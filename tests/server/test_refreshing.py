"""`accrual serve --sync-every`: a process beside the server syncs, and how fresh it is is said in three places."""

import asyncio
import threading
from collections.abc import Generator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from models.store import Store
from sync.report import last_report
from tests.builders import protocol_fact, published, revenue
from tests.server.processes import accrual, serving
from tests.standin.defillama import answer
from tests.standin.server import Standin
from tests.standin.server import serving as standing_in
from tests.standin.world import World

META = """{ meta {
  epoch { number } dataThrough { domain day } lastSyncAt nextSyncAt
  sources { name status lagSeconds lastSuccessAt lastError skippedBecause }
} }"""
# Seconds between two questions: the sync wants to work, too.
PACE = 0.1
FRESHNESS = ("name", "status", "lastError", "skippedBecause")


@pytest.fixture
def world() -> World:
    return World(size=12, length=40, today=datetime.now(UTC).date())


@pytest.fixture
def standin(world: World) -> Generator[Standin, None, None]:
    with standing_in(partial(answer, world)) as standin:
        yield standin


def hosts(standin: Standin) -> dict[str, str]:
    """Everything at one stand-in, that knows DefiLlama's routes alone: the others answer 404."""
    names = ("DEFILLAMA", "DEFILLAMA_COINS", "COINGECKO", "HYPERLIQUID", "GROWTHEPIE", "SOSOVALUE")
    return {f"ACCRUAL_{name}_URL": standin.url for name in names}


async def fill(store: Store) -> str:
    """An epoch to answer from; returns where it is."""
    await published(store, protocol_fact("aave"), revenue("aave", {1: 5}))
    return store.url.render_as_string(hide_password=False)


async def meta(client: httpx.AsyncClient) -> dict[str, Any]:
    answered = (await client.post("/graphql", json={"query": META})).json()
    assert "errors" not in answered
    found: dict[str, Any] = answered["data"]["meta"]
    return found


async def test_a_server_syncs_beside_its_answers_and_says_the_same_everywhere(
    store: Store, standin: Standin, tmp_path: Path
) -> None:
    syncing = serving(await fill(store), "--sync-every", "1h", cwd=tmp_path, workers=1, **hosts(standin))
    async with syncing as server, httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        told = await meta(client)
        async with asyncio.timeout(120):
            while told["nextSyncAt"] is None or told["epoch"]["number"] < 2:
                await asyncio.sleep(PACE)
                told = await meta(client)
        ready = (await client.get("/readyz")).json()
        metrics = (await client.get("/metrics")).text

    by_name = {source["name"]: source for source in told["sources"]}
    llama, keyed = by_name["defillama"], by_name["etf_flows"]
    assert (llama["status"], llama["lastError"]) == ("published", None)
    assert (keyed["status"], keyed["lastSuccessAt"]) == ("skipped", None)
    assert keyed["skippedBecause"].startswith("it needs a key: set ACCRUAL_")
    assert by_name["ethereum_activity"]["status"] == "failed"
    assert "404" in by_name["ethereum_activity"]["lastError"]
    last, following = (datetime.fromisoformat(told[name]) for name in ("lastSyncAt", "nextSyncAt"))
    assert timedelta(minutes=53) < following - last < timedelta(minutes=67)

    assert ready["epoch"] == told["epoch"]["number"]
    assert ready["dataThrough"] == {each["domain"]: each["day"] for each in told["dataThrough"]}
    assert [datetime.fromisoformat(ready[name]) for name in ("lastSyncAt", "nextSyncAt")] == [last, following]
    assert [[source[name] for name in FRESHNESS] for source in ready["sources"]] == [
        [source[name] for name in FRESHNESS] for source in told["sources"]
    ]
    assert 'accrual_source_skipped{source="etf_flows"} 1.0' in metrics
    assert 'accrual_source_failed{source="ethereum_activity"} 1.0' in metrics
    (since,) = [source["lagSeconds"] for source in ready["sources"] if source["name"] == "defillama"]
    (line,) = [
        line for line in metrics.splitlines() if line.startswith('accrual_source_lag_seconds{source="defillama"')
    ]
    assert 0 <= llama["lagSeconds"] <= since <= float(line.split()[1])
    for gauge, moment in (("last", last), ("next", following)):
        (line,) = [line for line in metrics.splitlines() if line.startswith(f"accrual_{gauge}_sync_timestamp_seconds ")]
        assert float(line.split()[1]) == pytest.approx(moment.timestamp())
    report = await last_report(store)
    assert report is not None
    assert report.epoch == 2


async def test_a_run_that_finds_nothing_new_is_seen_all_the_same(
    sqlite_store: Store, standin: Standin, tmp_path: Path
) -> None:
    syncing = serving(await fill(sqlite_store), "--sync-every", "1s", cwd=tmp_path, workers=1, **hosts(standin))
    async with syncing as server, httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        seen: set[tuple[int, str]] = set()
        async with asyncio.timeout(120):
            while len({last for epoch, last in seen if epoch == 2}) < 3:
                await asyncio.sleep(PACE)
                told = await meta(client)
                seen.add((told["epoch"]["number"], told["lastSyncAt"]))

    assert max(epoch for epoch, _ in seen) == 2


async def test_readers_do_not_wait_for_a_sync_and_no_other_runs_meanwhile(
    sqlite_store: Store, standin: Standin, world: World, tmp_path: Path
) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slowly(path: str, query: Mapping[str, str]) -> str:
        asked.set()
        go_on.wait(60)
        return answer(world, path, query)

    standin.answer, filled = slowly, await fill(sqlite_store)
    syncing = serving(filled, "--sync-every", "1h", cwd=tmp_path, workers=1, **hosts(standin))
    async with syncing as server, httpx.AsyncClient(base_url=server.url, timeout=5) as client:
        await asyncio.to_thread(asked.wait, 60)
        meanwhile = await meta(client)
        other = await asyncio.to_thread(partial(accrual, filled, "sync", cwd=tmp_path, **hosts(standin)))
        go_on.set()

    assert meanwhile["epoch"]["number"] == 1
    assert (other.returncode, other.stderr) == (3, "accrual: another sync is publishing to this store\n")
