"""The product as its users run it: real processes, found by the port they say they took."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

ACCRUAL = (sys.executable, "-m", "server")
PATIENCE = 60


def environment(url: str, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's, with a store."""
    return {**os.environ, "ACCRUAL_DATABASE_URL": url, **(more or {})}


def accrual(url: str, *arguments: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*ACCRUAL, *arguments], env=environment(url, more), cwd=cwd, capture_output=True, text=True, timeout=PATIENCE
    )


@dataclass(slots=True)
class Server:
    """A server that runs: where it is, and what it has logged."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    url: str = ""

    def logged(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.lines]

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    async def until_listening(self, workers: int) -> None:
        """Until it said its address, and each worker that it has started."""
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.lines.append(line.decode())
            workers -= "startup complete" in self.lines[-1]
            found = re.search(r"running on (http://[\d.:]+)", self.lines[-1])
            self.url = found[1] if found else self.url
            if self.url and not workers:
                return
        raise AssertionError("".join(self.lines))

    async def read_on(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.lines.append(line.decode())


@asynccontextmanager
async def serving(url: str, *arguments: str, cwd: Path, workers: int = 1, **more: str) -> AsyncGenerator[Server, None]:
    """`accrual serve` on a free port, ended with SIGTERM."""
    command = (*ACCRUAL, "serve", "--port", "0", "--workers", str(workers), *arguments)
    process = await asyncio.create_subprocess_exec(
        *command, env=environment(url, more), cwd=cwd, stderr=asyncio.subprocess.PIPE
    )
    server = Server(process)
    try:
        async with asyncio.timeout(PATIENCE):
            await server.until_listening(workers)
        reading = asyncio.create_task(server.read_on())
        yield server
    finally:
        if process.returncode is None:
            server.end()
        async with asyncio.timeout(PATIENCE):
            await process.wait()
    await reading
