"""The product as its users run it: real processes, found by the port they say they took.

Each is split off one that has loaded the product, as loading takes longer than most of what they are asked to do.
"""

import asyncio
import atexit
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import IO

from server.cli import main

PATIENCE = 60
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["server.app", __name__])


def environment(url: str, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's, with a store."""
    return {**os.environ, "ACCRUAL_DATABASE_URL": url, **(more or {})}


def run(arguments: list[str], environment: dict[str, str], cwd: Path, out: Connection, error: Connection) -> None:
    """What the split-off process does: `accrual ARGUMENT…`, with everything that happens at an interpreter's end."""
    os.dup2(out.fileno(), 1)
    os.dup2(error.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.argv = ["accrual", *arguments]
    try:
        main()
    finally:
        sys.stdout.flush()
        atexit._run_exitfuncs()


def accrual(url: str, *arguments: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as error:
        process = FORKS.Process(
            target=run, args=(list(arguments), environment(url, more), cwd, writing(out), writing(error))
        )
        process.start()
        process.join(PATIENCE)
        ended = process.exitcode
        if ended is None:
            process.kill()
            raise TimeoutError(f"{arguments} took over {PATIENCE} s")
        return subprocess.CompletedProcess(arguments, ended, *(said(file) for file in (out, error)))


def writing(file: IO[str]) -> Connection:
    return Connection(os.dup(file.fileno()), readable=False)


def said(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


@dataclass(slots=True)
class Server:
    """A server that runs: where it is, and what it has logged."""

    process: ForkServerProcess | subprocess.Popen[bytes]
    speaking: asyncio.StreamReader
    lines: list[str] = field(default_factory=list)
    url: str = ""

    def logged(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.lines]

    def end(self) -> None:
        self.process.terminate()

    async def until_listening(self, workers: int) -> None:
        """Until it said its address, and each worker that it has started."""
        async for line in self.speaking:
            self.lines.append(line.decode())
            workers -= "startup complete" in self.lines[-1]
            found = re.search(r"running on (http://[\d.:]+)", self.lines[-1])
            self.url = found[1] if found else self.url
            if self.url and not workers:
                return
        raise AssertionError("".join(self.lines))

    async def read_on(self) -> None:
        async for line in self.speaking:
            self.lines.append(line.decode())


def _begun(
    command: list[str], environment: dict[str, str], cwd: Path, error: Connection, alone: bool
) -> ForkServerProcess | subprocess.Popen[bytes]:
    """One that begins workers of its own is begun as users do: its workers load the product anew in any case."""
    if not alone:
        return subprocess.Popen(
            [sys.executable, "-m", "server", *command], env=environment, cwd=cwd, stderr=error.fileno()
        )
    process = FORKS.Process(target=run, args=(command, environment, cwd, error, error))
    process.start()
    return process


def _ended(process: ForkServerProcess | subprocess.Popen[bytes]) -> None:
    if isinstance(process, subprocess.Popen):
        process.wait(PATIENCE)
        return
    process.join(PATIENCE)
    assert process.exitcode is not None


@asynccontextmanager
async def serving(url: str, *arguments: str, cwd: Path, workers: int = 1, **more: str) -> AsyncGenerator[Server, None]:
    """`accrual serve` on a free port, ended with SIGTERM."""
    command = ["serve", "--port", "0", "--workers", str(workers), *arguments]
    reader, writer = FORKS.Pipe(duplex=False)
    process = _begun(command, environment(url, more), cwd, writer, alone=workers == 1)
    writer.close()
    speaking = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(speaking), os.fdopen(os.dup(reader.fileno()), "rb")
    )
    reader.close()
    server = Server(process, speaking)
    try:
        async with asyncio.timeout(PATIENCE):
            await server.until_listening(workers)
        reading = asyncio.create_task(server.read_on())
        yield server
    finally:
        server.end()
        await asyncio.to_thread(_ended, process)
    await reading
    transport.close()
