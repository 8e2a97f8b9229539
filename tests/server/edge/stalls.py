"""How long others wait while a server is abused: python -m tests.server.edge.stalls.

All cases run against one server, with a second that is left alone: a machine that is busy with other things shows in
both. Ends with 1 where only the first stood still, and did so each of three times.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from models.migrate import migrate
from models.store import Store
from tests.graph.world import open_market
from tests.server.edge.abuse import (
    BODIES,
    CONNECTIONS,
    DOCUMENTS,
    MEMORY_BYTES,
    codes_of,
    everything,
    flooded,
    memory,
    probing,
    sent,
    warmed,
)
from tests.server.edge.conftest import Edge, served_product

STALL_SECONDS = 0.25
# A machine on which a server that does nothing takes half of that is no judge.
UNFIT_SECONDS = STALL_SECONDS / 2
MESSAGES, ROUNDS, TRIES, DOCUMENTS_BEFORE = 20_000, 10, 3, 600


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(slots=True)
class Suite:
    """All cases, against `edge`, with `other` left alone."""

    edge: Edge
    other: Edge
    stalled: list[str] = field(default_factory=list[str])

    async def run(self) -> None:
        tell(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; longest answers in ms\n")
        before = await warmed(self.edge, DOCUMENTS_BEFORE)
        tell(f"{'case':<32}{'beside it':>10}{'left alone':>12}  {'':<14}answers")
        for name, document in DOCUMENTS.items():
            await self.case(name, lambda document=document: codes_of(self.edge, document))
        for name, body in BODIES.items():
            await self.case(name, lambda body=body: sent(self.edge, body))
        for name, (abuse, _) in CONNECTIONS.items():
            await self.case(name, lambda abuse=abuse: abuse(self.edge))
        await self.case(f"{MESSAGES} messages of a socket", lambda: flooded(self.edge, MESSAGES))
        await everything(self.edge, ROUNDS)
        grown = memory(self.edge) - before
        tell(f"\nmemory after {ROUNDS} times all of it: {grown / 1e6:+.1f} MB")
        if grown > MEMORY_BYTES:
            self.stalled.append("memory")

    async def case(self, name: str, abuse: Callable[[], Awaitable[object]]) -> None:
        """What a server does it does each time: a case in which it seems to stand still is tried again."""
        for _ in range(TRIES):
            async with probing(self.edge) as probe, probing(self.other) as quiet:
                answers = await abuse()
            longest, alone = max(probe.seconds), max(quiet.seconds)
            verdict = "" if longest < STALL_SECONDS else "busy machine" if alone > UNFIT_SECONDS else "STALL"
            tell(f"{name:<32}{longest * 1e3:>10.0f}{alone * 1e3:>12.0f}  {verdict:<14}{answers}")
            if verdict != "STALL" and not probe.failed:
                return
        self.stalled.append(name)


async def main() -> int:
    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/store.db"
        await migrate(url)
        store = Store(url)
        await open_market(store)
        await store.close()
        async with served_product(url, Path(folder)) as edge, served_product(url, Path(folder)) as other:
            suite = Suite(edge, other)
            await suite.run()
    tell(f"\nstood still: {', '.join(suite.stalled) or 'never'}; load {os.getloadavg()[0]:.1f}")
    return 1 if suite.stalled else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
