"""How a run went: what each source did, which answers it read, and the record of the last run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, or_, select, update

from models.epoch import sync_run, sync_source
from models.lock import is_held
from models.store import Store

PUBLISHED, UNCHANGED, FAILED, SKIPPED = "published", "unchanged", "failed", "skipped"
LEFT_OPEN = "the run was killed before its end, or its end could not be recorded: nothing published"
NOTHING_READ = "no source was read: no epoch published"


@dataclass(frozen=True, slots=True)
class Resource:
    """An answer as it was last read. `url` never holds a key; `body` is zlib-compressed."""

    url: str
    source: str
    etag: str | None
    last_modified: str | None
    sha256: str
    fetched_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one source did before anything was published. `fetched` and `rejected` count facts."""

    source: str
    status: str
    fetched: int = 0
    rejected: int = 0
    seconds: float = 0.0
    error: str | None = None
    skipped_because: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One source of a finished run: its outcome, and what became of its facts."""

    source: str
    status: str
    fetched: int
    new: int
    restated: int
    withdrawn: int
    unchanged: int
    rejected: int
    seconds: float
    error: str | None = None
    skipped_because: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A finished run. `epoch` is None when nothing changed, or when it failed: `error` then says why."""

    epoch: int | None
    started_at: datetime
    finished_at: datetime | None
    lines: tuple[Line, ...]
    error: str | None = None

    @property
    def exit_code(self) -> int:
        """1 when the run or one of its sources failed, wholly or in part."""
        return int(self.error is not None or any(line.error is not None for line in self.lines))

    def ordered(self, sources: Sequence[str]) -> "Report":
        """The same with the sources in this order; others, which are no more, at the end."""
        places = {source: place for place, source in enumerate(sources)}
        lines = sorted(self.lines, key=lambda line: (places.get(line.source, len(places)), line.source))
        return replace(self, lines=tuple(lines))


def nothing_read(outcomes: Sequence[Outcome]) -> bool:
    """Whether every source that was asked failed, and any was."""
    statuses = {outcome.status for outcome in outcomes}
    return FAILED in statuses and statuses <= {FAILED, SKIPPED}


async def last_report(store: Store) -> Report | None:
    """The newest run on record that is over, None before the first. One that runs and holds no lock is over."""
    left = await _left_open(store)
    async with store.readers.connect() as connection:
        over = select(sync_run).where(
            or_(sync_run.c.status.not_in(["running", "pruned"]), sync_run.c.sync_run_id == left)
        )
        run = (await connection.execute(over.order_by(sync_run.c.sync_run_id.desc()).limit(1))).one_or_none()
        if run is None:
            return None
        mine = sync_source.c.sync_run_id == run.sync_run_id
        found = await connection.execute(select(sync_source).where(mine).order_by(sync_source.c.source))
        lines = tuple(Line(**{name: row[name] for name in Line.__slots__}) for row in found.mappings())
    error = LEFT_OPEN if run.status in ("killed", "running") else run.error
    return Report(run.epoch, run.started_at, run.finished_at, lines, error)


async def _left_open(store: Store) -> int | None:
    """The newest run that is said to be running, if nobody is at it."""
    async with store.readers.connect() as connection:
        running = select(func.max(sync_run.c.sync_run_id)).where(sync_run.c.status == "running")
        found: int | None = await connection.scalar(running)
        return None if found is None or await is_held(connection) else found


async def note_next(store: Store, at: datetime) -> None:
    """Write down, with the newest run, when the next is meant to be."""
    newest = select(func.max(sync_run.c.sync_run_id)).scalar_subquery()
    async with store.writer.begin() as connection:
        await connection.execute(update(sync_run).where(sync_run.c.sync_run_id == newest).values(next_at=at))
