"""`accrual sync` as a real process, against a stand-in upstream over real HTTP."""

import asyncio
import threading
from collections.abc import Generator
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from models.store import Store
from tests.server.processes import PATIENCE, accrual
from tests.standin.defillama import answer
from tests.standin.everywhere import Everywhere
from tests.standin.server import Fault, Standin, serving
from tests.standin.world import World


@pytest.fixture
def upstream() -> Generator[Standin, None, None]:
    with serving(partial(answer, World(size=12, length=40))) as standin:
        yield standin


def sync(url: str, upstream: Standin, cwd: Path, *arguments: str, **more: str) -> CompletedProcess[str]:
    where = {"ACCRUAL_DEFILLAMA_URL": upstream.url, "ACCRUAL_DEFILLAMA_COINS_URL": upstream.url}
    # The others have no stand-in here.
    return accrual(url, "sync", "--source", "defillama", *arguments, cwd=cwd, **{**where, **more})


def row_of(output: str, source: str) -> list[str]:
    (row,) = [line for line in output.splitlines() if f" {source} " in line]
    return [cell.strip() for cell in row.strip("│").split("│")]


async def test_a_first_sync_publishes_and_a_second_finds_nothing_new(
    url: str, upstream: Standin, tmp_path: Path
) -> None:
    first = sync(url, upstream, tmp_path)
    second = sync(url, upstream, tmp_path)

    assert first.returncode == 0, first.stderr
    assert "epoch 1 published" in first.stdout
    assert row_of(first.stdout, "defillama")[1] == "published"
    assert second.returncode == 0, second.stderr
    assert "nothing changed: no epoch published" in second.stdout
    assert row_of(second.stdout, "defillama")[1] == "unchanged"


async def test_what_the_gate_refuses_is_one_line_that_names_the_way_past_it(url: str, tmp_path: Path) -> None:
    world = World(size=12, length=40)
    with serving(partial(answer, world)) as upstream:
        assert sync(url, upstream, tmp_path).returncode == 0
        for id_ in list(world.listings)[2:]:
            del world.listings[id_]
        refused = sync(url, upstream, tmp_path)
        accepted = sync(url, upstream, tmp_path, "--accept")
        shown = sync(url, upstream, tmp_path, "--report")

    assert refused.returncode == 1
    (line,) = [line for line in refused.stdout.splitlines() if "--accept" in line]
    assert line.startswith("nothing was published, --accept would: ")
    assert line.endswith(" more")
    assert "vanished" not in refused.stdout.replace(line, "")
    assert "epoch 2 published" in accepted.stdout + shown.stdout


async def test_a_source_that_fails_is_named_with_its_reason_and_returns_1(
    url: str, upstream: Standin, tmp_path: Path
) -> None:
    upstream.fault = lambda path, number: Fault.NOT_FOUND

    done = sync(url, upstream, tmp_path)

    assert done.returncode == 1
    assert row_of(done.stdout, "defillama")[1] == "failed"
    assert "\nno source was read: no epoch published\ndefillama: " in done.stdout


async def test_of_two_sources_one_fails_and_is_named_and_the_other_publishes(url: str, tmp_path: Path) -> None:
    two = ("sync", "--source", "defillama", "--source", "ethereum_activity")
    with serving(Everywhere().answer) as upstream:
        hosts = {"DEFILLAMA": "defillama", "DEFILLAMA_COINS": "prices", "GROWTHEPIE": "growthepie"}
        where = {f"ACCRUAL_{host}_URL": f"{upstream.url}/{path}" for host, path in hosts.items()}
        upstream.fault = lambda path, number: Fault.GONE if "/growthepie/" in path else None
        hurt = accrual(url, *two, cwd=tmp_path, **where)
        upstream.fault = lambda path, number: None
        healed = accrual(url, *two, cwd=tmp_path, **where)

    (line,) = [line for line in hurt.stdout.splitlines() if line.startswith("ethereum_activity: ")]
    assert (hurt.returncode, row_of(hurt.stdout, "ethereum_activity")[1]) == (1, "failed")
    assert line.startswith(f"ethereum_activity: {upstream.url}/growthepie/metrics/chains/ethereum/")
    assert line.endswith("answered 410")
    assert "epoch 1 published" in hurt.stdout
    assert (healed.returncode, row_of(healed.stdout, "ethereum_activity")[1]) == (0, "published"), healed.stdout


async def test_a_key_is_in_the_path_upstream_and_in_no_output(url: str, upstream: Standin, tmp_path: Path) -> None:
    key = {"ACCRUAL_DEFILLAMA_KEY": "hunter2", "ACCRUAL_DEFILLAMA_PRO_URL": upstream.url}
    upstream.fault = lambda path, number: Fault.NOT_FOUND

    done = sync(url, upstream, tmp_path, **key, ACCRUAL_LOG_LEVEL="DEBUG")

    assert upstream.asked
    assert all(path.startswith("/hunter2/") for path in upstream.asked)
    assert done.returncode == 1
    assert "hunter2" not in done.stdout + done.stderr


async def test_a_source_without_its_key_is_skipped_and_names_the_setting(url: str, tmp_path: Path) -> None:
    done = accrual(url, "sync", "--source", "etf_flows", "--source", "emissions", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert row_of(done.stdout, "etf_flows")[1] == row_of(done.stdout, "emissions")[1] == "skipped"
    assert "it needs a key: set ACCRUAL_SOSOVALUE_KEY or ACCRUAL_DEFILLAMA_KEY" in done.stdout.replace("\n", " ")


async def test_the_last_run_can_be_shown_again(url: str, upstream: Standin, tmp_path: Path) -> None:
    ran = sync(url, upstream, tmp_path)
    asked = len(upstream.asked)

    shown = sync(url, upstream, tmp_path, "--report")

    assert shown.returncode == 0, shown.stderr
    assert row_of(shown.stdout, "defillama") == row_of(ran.stdout, "defillama")
    assert len(upstream.asked) == asked


async def test_a_sync_while_another_publishes_returns_3_and_asks_nobody(
    store: Store, url: str, upstream: Standin, tmp_path: Path
) -> None:
    async with store.publishing() as publication:
        done = sync(url, upstream, tmp_path)
        await publication.finish()

    assert (done.returncode, done.stderr) == (3, "accrual: another sync is publishing to this store\n")
    assert upstream.asked == []


async def test_of_two_syncs_at_once_one_works_and_the_other_returns_3(
    url: str, upstream: Standin, tmp_path: Path
) -> None:
    asked, ended = threading.Event(), threading.Event()

    def hold(path: str, number: int) -> None:
        asked.set()
        ended.wait(PATIENCE)

    upstream.fault = hold
    working = asyncio.create_task(asyncio.to_thread(sync, url, upstream, tmp_path))
    await asyncio.to_thread(asked.wait, PATIENCE)

    other = sync(url, upstream, tmp_path)
    ended.set()
    done = await working

    assert other.returncode == 3
    assert done.returncode == 0, done.stderr
    assert "epoch 1 published" in done.stdout
