"""The stores that are measured: a PostgreSQL started from its binaries, or the one that is named, and a SQLite file."""

import os
import shutil
import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import NullPool, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

URL = "ACCRUAL_BENCH_DATABASE_URL"


class NoPostgres(Exception):
    """There is neither a URL nor a set of binaries; the message says what to do."""


@contextmanager
def postgresql(folder: Path) -> Generator[str, None, None]:
    """The URL of an empty database: the one that the environment names, else of a cluster made in `folder`."""
    if URL in os.environ:
        yield os.environ[URL]
        return
    binaries, port = _binaries(), _free_port()
    data = folder / "postgresql"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    _run(binaries / "initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--no-sync")
    # As a server is set up that has this machine to itself: an eighth of its memory for pages, no wait for the disk.
    options = f"-p {port} -h 127.0.0.1 -k {data} -c shared_buffers=1GB -c synchronous_commit=off -c max_wal_size=4GB"
    _run(binaries / "pg_ctl", "-D", str(data), "-l", str(data / "log"), "-w", "-o", options, "start")
    try:
        yield f"postgresql+asyncpg://postgres@127.0.0.1:{port}/postgres"
    finally:
        _run(binaries / "pg_ctl", "-D", str(data), "-m", "fast", "-w", "stop")


async def postmaster_of(url: str) -> int | None:
    """The process whose descendants do the database's work; None for SQLite and for a server that does not tell."""
    parts = make_url(url)
    if parts.get_backend_name() != "postgresql" or parts.host not in ("127.0.0.1", "localhost"):
        return None
    engine = create_async_engine(parts, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            found = await connection.scalar(text("SELECT pg_read_file('postmaster.pid')"))
    except DBAPIError:
        return None
    return int(str(found).split()[0])


def _binaries() -> Path:
    named = shutil.which("initdb")
    found = [Path(named).parent] if named else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        raise NoPostgres(f"PostgreSQL's initdb is not here: install it, or set {URL} to an empty database")
    return found[-1]


def _run(*command: object) -> None:
    # PostgreSQL refuses to run as root.
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*as_postgres, *map(str, command)], check=True, stdout=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
