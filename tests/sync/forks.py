"""Processes that are split off one which has loaded everything: what takes a second to start takes none."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


def fork_for_each_line(run: Callable[[str], object]) -> None:
    """Split off a process for each line that comes in; say its number, and what it returned."""
    for line in sys.stdin:
        number = os.fork()
        if not number:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            run(line.strip())
            os._exit(0)
        _tell(number)
        _, status = os.waitpid(number, 0)
        _tell(os.waitstatus_to_exitcode(status))


def _tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Forks:
    """Where such processes are made, one at a time."""

    maker: asyncio.subprocess.Process

    async def begin(self, line: object = "") -> int:
        """Its number."""
        assert self.maker.stdin is not None
        self.maker.stdin.write(f"{line}\n".encode())
        return await self.answer()

    async def answer(self) -> int:
        assert self.maker.stdout is not None
        return int(await self.maker.stdout.readline())

    async def run(self, line: object = "") -> int:
        """One to its end: what it returned."""
        await self.begin(line)
        return await self.answer()

    async def run_while(self, code: int, line: object = "") -> int:
        """Again as long as it returns this, a few times.

        PostgreSQL lets go of a dead session's lock as soon as it notices, not sooner.
        """
        returned = code
        for _ in range(20):
            if returned == code:
                returned = await self.run(line)
        return returned


def unwatched(**more: str) -> dict[str, str]:
    """The environment of this process and more, less what would measure coverage: what is run so is run elsewhere, too.

    A process that is killed tells nothing, and of millions of values a tracer of lines sees the same lines.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")} | more


@asynccontextmanager
async def forking(module: str, *arguments: str, **more: str) -> AsyncGenerator[Forks, None]:
    """`python -m MODULE ARGUMENT…`, which calls `fork_for_each_line`, with more in its environment."""
    pipe = asyncio.subprocess.PIPE
    maker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, env=unwatched(**more), cwd=ROOT, stdin=pipe, stdout=pipe
    )
    try:
        yield Forks(maker)
    finally:
        assert maker.stdin is not None
        maker.stdin.close()
        await maker.wait()
