"""Contestants loaded in turn, round after round, so that what else the machine does falls on all of them alike."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.load import load
from bench.machine import cpu_seconds, family
from bench.servers import Server


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server loaded in one way: `requests` goes on where it stopped, however often it is called."""

    name: str
    server: Server
    requests: Callable[[str], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One load: `cpu_us` of the server for each request, `database_us` of the database."""

    rps: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    database_us: float


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    rounds: int
    seconds: float
    connections: int


@dataclass(slots=True)
class Contest:
    """Measures of every contestant and query over all rounds."""

    effort: Effort
    postmaster: int | None
    measures: dict[tuple[str, str], list[Measure]] = field(default_factory=dict[tuple[str, str], list[Measure]])

    async def run(self, contestants: Sequence[Contestant], queries: Sequence[str]) -> None:
        for number in range(self.effort.rounds):
            for query in queries:
                for contestant in contestants:
                    measure = await self._measure(contestant, query)
                    if measure is not None:
                        self.measures.setdefault((contestant.name, query), []).append(measure)
            print(f"  round {number + 1} of {self.effort.rounds}", flush=True)

    def medians(self) -> dict[str, dict[str, Measure]]:
        """By contestant and query."""
        found: dict[str, dict[str, Measure]] = {}
        for (name, query), measures in self.measures.items():
            columns = zip(*((m.rps, m.p50_ms, m.p99_ms, m.cpu_us, m.database_us) for m in measures), strict=True)
            found.setdefault(name, {})[query] = Measure(*map(median, columns))
        return found

    async def _measure(self, contestant: Contestant, query: str) -> Measure | None:
        """None where no request is left that was never asked."""
        server, database = {contestant.server.pid}, family(self.postmaster) if self.postmaster else set()
        before, before_database = cpu_seconds(server), cpu_seconds(database)
        result = await load(
            f"{contestant.server.url}", contestant.requests(query), self.effort.connections, self.effort.seconds
        )
        count = len(result.latencies)
        if count < self.effort.connections * 2:
            return None
        return Measure(
            result.per_second,
            result.percentile_ms(50),
            result.percentile_ms(99),
            (cpu_seconds(server) - before) / count * 1e6,
            (cpu_seconds(database) - before_database) / count * 1e6,
        )
