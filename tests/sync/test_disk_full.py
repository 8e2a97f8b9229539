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
from sqlalchemy.exc import DBAPIError

from models.engine import in_one_line
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

    def fill(self, but: int = 0) -> None:
        """Until nothing more fits, but for so many bytes."""
        with self.spare.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                self._write(file.fileno(), bytes(size))
            file.truncate(file.tell() - but)

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


class Cluster(NamedTuple):
    """A PostgreSQL of the test's own, which answers in a folder only."""

    url: str
    control: tuple[str | Path, ...]
    starting: tuple[str | Path, ...]

    def start(self) -> None:
        _as_postgres(*self.control, *self.starting, "start")

    def stop(self) -> None:
        """At once, if it did not end by itself."""
        _as_postgres(*self.control, "--mode", "immediate", "stop", check=False)


@contextmanager
def cluster(data: Path, log: Path, folder: Path) -> Generator[Cluster, None, None]:
    """With its data and its write-ahead log in these folders, in segments that are small and not kept in store."""
    binaries = Path(_output("pg_config", "--bindir"))
    for each in {data, log, folder}:
        shutil.chown(each, USER)
        each.chmod(0o700)
    initdb = (binaries / "initdb", "--pgdata", data / "db", "--waldir", log / "wal", "--auth", "trust")
    _as_postgres(*initdb, "--wal-segsize", "1", "--no-sync", "--no-instructions")
    settings = {"listen_addresses": "''", "unix_socket_directories": folder, "fsync": "off", "min_wal_size": "2MB"}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    control = (binaries / "pg_ctl", "--pgdata", data / "db", "--wait")
    url = f"postgresql+asyncpg://{USER}@/postgres?host={folder}"
    running = Cluster(url, control, ("--log", folder / "log", "--options", options))
    running.start()
    try:
        yield running
    finally:
        running.stop()


def _as_postgres(*command: str | Path, check: bool = True) -> None:
    """It refuses to run as root."""
    become = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups")
    # Its output may outlive it: the server inherits it.
    subprocess.run([*become, *command], check=check, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


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
        with cluster(folder, elsewhere, elsewhere) as running:
            yield Disk(running.url, folder / "spare")


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


async def test_a_store_without_room_to_be_opened_names_the_cause(place: Path) -> None:
    with mounted(place / "disk") as folder:
        disk = Disk(f"sqlite+aiosqlite:///{folder}/store.db", folder / "spare")
        await migrate(disk.url)
        disk.fill(but=12 << 10)
        store = Store(disk.url)

        with pytest.raises(DBAPIError) as caught:
            await nothing(store)
        disk.free()
        await nothing(store)
        await store.close()

    assert in_one_line(caught.value) == "disk I/O error: no space left on the device"


async def nothing(store: Store) -> None:
    """A publish of nothing."""
    async with store.publishing() as publication:
        await publication.finish()


async def test_a_full_disk_of_the_write_ahead_log_ends_postgresql_and_with_room_again_all_is_as_it_was(
    place: Path, standin: Standin, world: Uniform
) -> None:
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    with mounted(place / "disk") as folder, cluster(elsewhere, folder, elsewhere) as running:
        disk = Disk(running.url, folder / "spare")
        await migrate(disk.url)
        store = Store(disk.url)
        await synced(store, standin, world)
        before = await totals(store, Metric.FEES, Window.ALL)
        world.dollars = 2
        disk.fill()

        full = await synced(store, standin, world)
        await store.close()
        disk.free()
        running.stop()
        running.start()
        store = Store(disk.url)
        kept = await store.current(), await totals(store, Metric.FEES, Window.ALL)
        again = await synced(store, standin, world)
        await store.close()

    assert (full.epoch, full.exit_code, kept) == (None, 1, (1, before))
    # Which of its processes finds the disk full first is chance: where another does, it cuts the connection.
    assert any(words in str(full.error) for words in ("No space left on device", "connection was closed"))
    assert (again.epoch, again.exit_code) == (2, 0)
