"""How long others wait while a server is abused: python -m tests.server.edge.stalls.

All cases run against one server, with a second that is left alone: a machine that is busy with other things shows in
both. Ends with 1 where only the first stood still, and did so each of three times.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from models.migrate import migrate
from models.store import Store
from tests.graph.world import open_market
from tests.server.edge.abuse import (
    BODIES,
    CONNECTIONS,
    DOCUMENTS,
    MEMORY_BYTES,
    QUERY,
    codes_of,
    everything,
    flooded,
    memory,
    sent,
    warmed,
)
from tests.server.edge.conftest import Edge, served_product
from tests.server.test_hostile_strings import PLACES, SQL, queries, query_of

STALL_SECONDS = 0.25
# A machine on which a server that does nothing takes half of that is no judge.
UNFIT_SECONDS = STALL_SECONDS / 2
MESSAGES, ROUNDS, TRIES, DOCUMENTS_BEFORE = 20_000, 10, 3, 600


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Sample(NamedTuple):
    """When something small was asked, when it was answered, and how."""

    began: float
    ended: float
    status: int


@dataclass(slots=True)
class Beside:
    """What a probe in another process was answered so far."""

    samples: list[Sample] = field(default_factory=list[Sample])
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self, lines: asyncio.StreamReader) -> None:
        async for line in lines:
            began, ended, status = line.split()
            self.samples.append(Sample(float(began), float(ended), int(status)))
            self.heard.set()

    async def during(self, began: float, ended: float) -> list[Sample]:
        """All that were waited for between two moments, and the first after them."""
        while not self.samples or self.samples[-1].began < ended:
            self.heard.clear()
            await self.heard.wait()
        found = [each for each in self.samples if each.ended >= began]
        self.samples = self.samples[-1:]
        return found


@asynccontextmanager
async def asked_beside(edge: Edge) -> AsyncGenerator[Beside, None]:
    command = (sys.executable, "-m", "tests.server.edge.probe", edge.url, QUERY.decode())
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    beside = Beside()
    listening = asyncio.create_task(beside.listen(process.stdout))
    try:
        yield beside
    finally:
        process.terminate()
        await process.wait()
        await listening


@dataclass(slots=True)
class Suite:
    """All cases, against `edge`, with a server beside it that is left alone."""

    edge: Edge
    abused: Beside
    alone: Beside
    longest: float = 0.0
    stalled: list[str] = field(default_factory=list[str])

    async def run(self) -> None:
        tell(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; longest answers in ms\n")
        await warmed(self.edge, DOCUMENTS_BEFORE)
        # The same calls as an honest caller makes them: what is kept of those is no growth.
        await called(self.edge, "one")
        before = memory(self.edge)
        tell(f"{'case':<32}{'beside it':>10}{'left alone':>12}  {'':<14}answers")
        for name, document in DOCUMENTS.items():
            await self.case(name, lambda document=document: codes_of(self.edge, document))
        for name, body in BODIES.items():
            await self.case(name, lambda body=body: sent(self.edge, body))
        for name, (abuse, _) in CONNECTIONS.items():
            await self.case(name, lambda abuse=abuse: abuse(self.edge))
        await self.case(f"{MESSAGES} messages of a socket", lambda: flooded(self.edge, MESSAGES))
        await self.case("SQL in every argument", lambda: called(self.edge, SQL))
        await everything(self.edge, ROUNDS)
        grown = memory(self.edge) - before
        tell(f"\nmemory after {ROUNDS} times all of it: {grown / 1e6:+.1f} MB")
        if grown > MEMORY_BYTES:
            self.stalled.append("memory")

    async def case(self, name: str, abuse: Callable[[], Awaitable[object]]) -> None:
        """What a server does it does each time: a case in which it seems to stand still is tried again."""
        for _ in range(TRIES):
            began = time.monotonic()
            answers = await abuse()
            ended = time.monotonic()
            during, quiet = [await each.during(began, ended) for each in (self.abused, self.alone)]
            longest, alone = (max(each.ended - each.began for each in some) for some in (during, quiet))
            verdict = "" if longest < STALL_SECONDS else "busy machine" if alone > UNFIT_SECONDS else "STALL"
            tell(f"{name:<32}{longest * 1e3:>10.0f}{alone * 1e3:>12.0f}  {verdict:<14}{answers}")
            if verdict != "STALL" and {each.status for each in during} == {200}:
                self.longest = max(self.longest, 0 if verdict else longest)
                return
        self.stalled.append(name)


async def called(edge: Edge, text: str) -> set[str]:
    """The codes of calls with the text in each argument that takes one, one by one."""
    asked = [query_of(path, each) for path, some in PLACES.items() for each in queries(some, [text], 1)]
    answers = [await edge.ask(query) for query in asked]
    assert {answer.status_code for answer in answers} == {200}
    return {error["extensions"]["code"] for answer in answers for error in answer.json().get("errors", ())}


async def main() -> int:
    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/store.db"
        await migrate(url)
        store = Store(url)
        await open_market(store)
        await store.close()
        async with (
            served_product(url, Path(folder)) as edge,
            served_product(url, Path(folder)) as other,
            asked_beside(edge) as abused,
            asked_beside(other) as alone,
        ):
            suite = Suite(edge, abused, alone)
            await suite.run()
    tell(f"longest wait beside a case: {suite.longest * 1e3:.0f} ms")
    tell(f"stood still: {', '.join(suite.stalled) or 'never'}; load {os.getloadavg()[0]:.1f}")
    return 1 if suite.stalled else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
