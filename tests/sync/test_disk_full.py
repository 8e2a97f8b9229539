"""A full disk: readers keep their epoch, the error says why, and with room again the next run works."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from models.migrate import migrate
from models.store import Store
from models.vocabulary import Metric, Window
from sync.pipeline import sync
from sync.report import Report
from sync.sources import defillama
from tests.standin.defillama import answer
from tests.standin.server import Standin, serving
from tests.standin.uniform import Uniform
from tests.standin.upstreams import upstreams
from tests.sync.truth import exactly, ids, totals

MEGABYTES = 96
USER = "postgres"


class Disk(NamedTuple):
    """A store on a small disk of its own; `spare` is a file whose place can be taken and given back."""

    url: str
    spare: Path

    def fill(self) -> None:
        """Until nothing more fits."""
        with self.spare.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                self._write(file.fileno(), bytes(size))

    def free(self) -> None:
        self.spare.unlink()

    def _write(self, file: int, block: bytes) -> None:
        try:
            while os.write(file, block) == len(block):
                pass
        except OSError:
            return


@contextmanager
def mounted(folder: Path) -> Generator[Path, None, None]:
    """A file system in memory; skips where this user may not mount one."""
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    done = subprocess.run(mounting, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def cluster(data: Path, elsewhere: Path) -> Generator[str, None, None]:
    """A PostgreSQL of the test's own, which answers in a folder only; its write-ahead log is on another disk."""
    binaries = Path(_output("pg_config", "--bindir"))
    for folder in (data, elsewhere):
        shutil.chown(folder, USER)
        folder.chmod(0o700)
    log, options = elsewhere / "log", f"-c listen_addresses='' -c unix_socket_directories={elsewhere} -c fsync=off"
    initdb = (binaries / "initdb", "--pgdata", data / "db", "--waldir", elsewhere / "wal", "--auth", "trust")
    _as_postgres(*initdb, "--no-sync", "--no-instructions")
    control = (binaries / "pg_ctl", "--pgdata", data / "db", "--wait")
    _as_postgres(*control, "--log", log, "--options", options, "start")
    try:
        yield f"postgresql+asyncpg://{USER}@/postgres?host={elsewhere}"
    finally:
        _as_postgres(*control, "--mode", "immediate", "stop")


def _as_postgres(*command: str | Path) -> None:
    """It refuses to run as root."""
    become = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups")
    # Its output may outlive it: the server inherits it.
    subprocess.run([*become, *command], check=True, cwd="/", stdout=subprocess.DEVNULL)


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except FileNotFoundError:
        pytest.skip(f"{command[0]} is not installed here")


@pytest.fixture
def place() -> Generator[Path, None, None]:
    """A folder that other users can pass through, and with a path short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="accrual-disk-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def disk(request: pytest.FixtureRequest, place: Path) -> Generator[Disk, None, None]:
    with mounted(place / "disk") as folder:
        if request.param == "sqlite":
            yield Disk(f"sqlite+aiosqlite:///{folder}/store.db", folder / "spare")
            return
        elsewhere = place / "elsewhere"
        elsewhere.mkdir()
        with cluster(folder, elsewhere) as url:
            yield Disk(url, folder / "spare")


@pytest.fixture
async def store(disk: Disk) -> AsyncGenerator[Store, None]:
    await migrate(disk.url)
    store = Store(disk.url)
    yield store
    await store.close()


@pytest.fixture
def world() -> Uniform:
    return Uniform(size=24, length=200)


@pytest.fixture
def standin(world: Uniform) -> Generator[Standin, None, None]:
    with serving(partial(answer, world)) as standin:
        yield standin


async def synced(store: Store, standin: Standin, world: Uniform) -> Report:
    now = datetime.combine(world.today, time(9), UTC)
    return await sync(store, upstreams(standin), [defillama.SOURCE], accept=True, clock=lambda: now)


async def test_on_a_full_disk_readers_keep_the_epoch_and_with_room_again_the_next_run_works(
    disk: Disk, store: Store, standin: Standin, world: Uniform
) -> None:
    await synced(store, standin, world)
    before = await totals(store, Metric.FEES, Window.ALL)
    world.dollars = 2
    disk.fill()

    full = await synced(store, standin, world)

    assert (full.epoch, full.exit_code) == (None, 1)
    assert full.error is not None
    assert "disk is full" in full.error or "No space left on device" in full.error
    assert (await store.current(), await totals(store, Metric.FEES, Window.ALL)) == (1, before)

    disk.free()
    again = await synced(store, standin, world)

    assert (again.epoch, again.exit_code) == (2, 0)
    known, after = await ids(store), await totals(store, Metric.FEES, Window.ALL)
    told = {id_: after.get(known[id_]) for id_ in (*world.listings, *world.families)}
    assert told == {id_: exactly(world, id_, Metric.FEES, world.days) for id_ in told}
