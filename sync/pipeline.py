"""One run: read every source at once, check what they state, publish it as one epoch, say how it went."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from models.engine import in_one_line
from models.entity import external_id
from models.publication import Publication, TooLong
from models.source import upstream_resource
from models.store import Store
from models.versioned import FOREVER
from models.vocabulary import EntityKind
from sync.checks import examined
from sync.client import Client
from sync.counts import Counts
from sync.errors import SourceError
from sync.facts import Facts
from sync.gate import Gate, GateRefused
from sync.memory import Known, Memory
from sync.pool import Clock, Pool, connected
from sync.publish import Published, publish
from sync.report import (
    FAILED,
    NOTHING_READ,
    PUBLISHED,
    SKIPPED,
    UNCHANGED,
    Line,
    Outcome,
    Report,
    Resource,
    nothing_read,
)
from sync.source import Ask, Source
from sync.sources import SOURCES
from sync.upstream import Host, Upstreams

log = structlog.get_logger()


class Step(NamedTuple):
    """How far a source is: the answers it has read, and how it went once it is through."""

    source: str
    answers: int
    outcome: Outcome | None = None


OnProgress = Callable[[Step], None]
Sleep = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What came of one source."""

    outcome: Outcome
    facts: Facts | None = None
    resources: tuple[Resource, ...] = ()


def utc_now() -> datetime:
    return datetime.now(UTC)


def silent(_: Step) -> None:
    """Nobody looks."""


async def sync(
    store: Store,
    upstreams: Upstreams,
    sources: Sequence[Source] = SOURCES,
    *,
    since: date | None = None,
    accept: bool = False,
    gate: Gate | None = None,
    clock: Clock | None = None,
    on_progress: OnProgress = silent,
) -> Report:
    """Refresh the store; raises Locked when another sync is at it.

    A source that fails leaves its rows as they were, and the others are published; what the gate or the disk
    refuses is in the report. `since` leaves out days before it; `accept` publishes what the gate would refuse;
    `clock` is asked instead of those of this machine and of the database.
    """
    now = clock or utc_now
    started_at = now()
    today = started_at.astimezone(UTC).date()
    gathered: list[_Gathered] = []
    try:
        async with store.publishing(clock) as publication:
            async with connected(upstreams, now) as pool:
                memory = await _memory(publication)
                ask = Ask(today, since, await _coins(publication))
                gathered += await asyncio.gather(*(_gather(pool, one, memory, ask, on_progress) for one in sources))
            publication.ends_at = asyncio.get_running_loop().time() + upstreams.deadline.total_seconds()
            published = await _publish(publication, gathered, gate, accept)
        for source, reason in published.refused.items():
            log.error("source refused", source=source, error=reason)
    except (GateRefused, TooLong, DBAPIError) as error:
        reason = in_one_line(error)
        log.error("nothing published", error=reason)
        return Report(None, started_at, now(), _lines(gathered, None), reason)
    failed = published.epoch is None and nothing_read([one.outcome for one in gathered])
    return Report(
        published.epoch, started_at, now(), _lines(gathered, published), error=NOTHING_READ if failed else None
    )


async def _publish(
    publication: Publication, gathered: Sequence[_Gathered], gate: Gate | None, accept: bool
) -> Published:
    return await publish(
        publication,
        {one.outcome.source: one.facts for one in gathered if one.facts is not None},
        outcomes=[one.outcome for one in gathered],
        resources=[resource for one in gathered for resource in one.resources],
        gate=gate,
        accept=accept,
    )


async def repeat(
    once: Callable[[], Awaitable[object]],
    every: timedelta,
    *,
    planned: Callable[[timedelta], Awaitable[object]] | None = None,
    sleep: Sleep = asyncio.sleep,
    jitter: float = 0.1,
) -> None:
    """Run `once`, then again `every` so often, for ever; `jitter`: by how much of it the wait varies.

    So that many machines started together do not ask together. `planned` is told each wait before it begins.
    """
    while True:
        await once()
        wait = every * random.uniform(1 - jitter, 1 + jitter)  # noqa: S311 nothing secret
        if planned is not None:
            await planned(wait)
        await sleep(wait.total_seconds())


async def _gather(pool: Pool, source: Source, memory: Memory, ask: Ask, on_progress: OnProgress) -> _Gathered:
    """What a source states, checked. Whatever goes wrong upstream ends in its outcome."""
    lacking = _lacking(source, pool.upstreams)
    if lacking:
        return _told(_Gathered(Outcome(source.name, SKIPPED, skipped_because=lacking)), 0, on_progress)
    began = time.monotonic()
    client = Client(pool, source.name, memory, lambda answers: on_progress(Step(source.name, answers)))
    try:
        gathered = await _read(client, source, ask)
    except SourceError as failure:
        gathered = _Gathered(Outcome(source.name, FAILED, error=str(failure)))
    outcome = replace(gathered.outcome, seconds=time.monotonic() - began)
    return _told(replace(gathered, outcome=outcome), client.answers, on_progress)


def _told(gathered: _Gathered, answers: int, on_progress: OnProgress) -> _Gathered:
    outcome = gathered.outcome
    on_progress(Step(outcome.source, answers, outcome))
    if outcome.error:
        log.warning("source failed", source=outcome.source, status=outcome.status, error=outcome.error)
    return gathered


async def _read(client: Client, source: Source, ask: Ask) -> _Gathered:
    reading = await source.fetch(client, ask)
    if reading is None:
        return _Gathered(Outcome(source.name, UNCHANGED))
    facts = await asyncio.to_thread(examined, reading.facts, ask.today, ask.since)
    outcome = Outcome(
        source.name,
        PUBLISHED,
        fetched=facts.count(),
        rejected=len(facts.rejected),
        error=_summed_up(source.name, reading.troubles),
    )
    if outcome.error and not outcome.fetched and not outcome.rejected:
        return _Gathered(replace(outcome, status=FAILED))
    if ask.since is None:
        return _Gathered(outcome, facts, tuple(client.resources.values()))
    # Only a part was taken: the next whole run must not find the answers unchanged, nor miss a series.
    facts.complete = frozenset()
    return _Gathered(outcome, facts)


def _summed_up(source: str, troubles: Sequence[str]) -> str | None:
    if not troubles:
        return None
    if len(troubles) == 1:
        return troubles[0]
    return f"{source}: {len(troubles)} answers could not be read, the first: {troubles[0].removeprefix(f'{source}: ')}"


def _lacking(source: Source, upstreams: Upstreams) -> str | None:
    """Why a source can't be asked at all."""
    hosts: list[Host] = [getattr(upstreams, name) for name in source.needs_key]
    if not hosts or any(host.key for host in hosts):
        return None
    return "it needs a key: set " + " or ".join(f"ACCRUAL_{name.upper()}_KEY" for name in source.needs_key)


async def _memory(publication: Publication) -> Memory:
    """The answers of the runs before."""
    table = upstream_resource.c
    columns = (table.url, table.etag, table.last_modified, table.sha256, table.fetched_at)
    async with publication.transaction() as connection:
        rows = (await connection.execute(select(*columns))).all()
    one_at_a_time = asyncio.Lock()

    async def body(address: str) -> bytes:
        async with one_at_a_time, publication.transaction() as connection:
            found: bytes = (await connection.execute(select(table.body).where(table.url == address))).scalar_one()
            return found

    return Memory({row.url: Known(row.etag, row.last_modified, row.sha256, row.fetched_at) for row in rows}, body)


async def _coins(publication: Publication) -> frozenset[str]:
    """The CoinGecko ids of the tokens that are known before this run."""
    table = external_id.every_version.c
    mine = (table.kind == EntityKind.TOKEN) & (table.system == "coingecko")
    query = select(table.value).where(mine, table.last_day.is_(None), table.valid_to == FOREVER)
    async with publication.transaction() as connection:
        return frozenset((await connection.execute(query)).scalars())


def _lines(gathered: Sequence[_Gathered], published: Published | None) -> tuple[Line, ...]:
    """A line per source; without a publish none of them got anywhere."""
    if published is None:
        return tuple(_line(one.outcome, Counts(), FAILED) for one in gathered)
    outcomes = [published.told(one.outcome) for one in gathered]
    counts = [published.counts.get(one.source, Counts()) for one in outcomes]
    return tuple(
        _line(one, count, PUBLISHED if count.changed else UNCHANGED)
        for one, count in zip(outcomes, counts, strict=True)
    )


def _line(outcome: Outcome, counts: Counts, ended: str) -> Line:
    """`ended`: what became of the facts of a source that stated some."""
    status = ended if outcome.status == PUBLISHED else outcome.status
    return Line(
        outcome.source,
        status,
        outcome.fetched,
        counts.new,
        counts.restated,
        counts.withdrawn,
        counts.unchanged,
        outcome.rejected,
        outcome.seconds,
        outcome.error,
        outcome.skipped_because,
    )
