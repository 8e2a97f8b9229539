"""One attempt at an export: its pages, one after the other, into files."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from resolvers.caller import Caller
from server.edge.fault import Fault
from server.export.counts import ROWS
from server.export.files import Part
from server.export.jobs import Jobs
from server.export.order import Claimed
from server.export.pages import Page, Pages
from server.export.place import Place
from server.export.question import Question
from server.export_settings import ExportSettings

MEGABYTE = 1_000_000
# A claim is renewed so often in the time it holds.
RENEWALS = 4


class Leaving(Exception):
    """This process is to end; another goes on with the job."""


class Failed(Exception):
    """The export can't be finished; the message begins with a code."""


Owner = Callable[[str], Awaitable[Caller | None]]
"""The caller that a key belongs to, None for one that has ended."""


@dataclass(slots=True)
class Filling:
    """The job as far as it is, and what it needs to go on."""

    claimed: Claimed
    jobs: Jobs
    pages: Pages
    place: Place
    owner: Owner
    settings: ExportSettings
    leaving: asyncio.Event
    part: Part | None = None
    renewed_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.renewed_at = self.jobs.clock()

    async def run(self) -> None:
        """To the last row; raises ClaimLost, Leaving, Failed, PageFailed, and what the store or the disk raises."""
        await self._settle()
        question = self.pages.question(self.claimed.asked)
        cursor, cost = self.claimed.progress.cursor, self.claimed.progress.cost
        try:
            while True:
                page = await self._page(question, cursor)
                await self._write(question, page)
                cursor, cost = page.cursor, cost + page.cost
                if page.is_last or self._is_full():
                    await self._report(cursor, cost)
                if page.is_last:
                    break
                await self._pause(page.wait)
        finally:
            if self.part is not None:
                await asyncio.to_thread(self.part.discard)
        await self.jobs.finish(self.claimed, timedelta(hours=self.settings.export_hours))

    async def _settle(self) -> None:
        """Go on behind the files that are there; where one is missing, begin anew."""
        number = self.claimed.number
        names = {row.name for row in await self.jobs.files(number)}
        if any(self.place.file(number, name) is None for name in names):
            self.claimed, names = await self.jobs.begin_anew(self.claimed), set()
        await asyncio.to_thread(self.place.keep_only, number, names)

    async def _page(self, question: Question, cursor: str | None) -> Page:
        asked = self.claimed.asked
        size = min(asked.page, self.settings.export_file_rows - (self.part.rows if self.part else 0))
        while True:
            caller = await self.owner(self.claimed.key_id)
            if caller is None:
                raise Failed("UNAUTHENTICATED: The key that ordered this export has ended.")
            try:
                return await self.pages.read(question, asked.pin, caller, cursor, size)
            except Fault as fault:
                if "retry-after" not in fault.headers:
                    raise
                await self._pause(float(fault.headers["retry-after"]))

    async def _write(self, question: Question, page: Page) -> None:
        if self.part is None:
            name = f"{self.claimed.progress.files:05}-{self.claimed.claim}"
            folder, format = self.place.folder(self.claimed.number), self.claimed.asked.format
            self.part = await asyncio.to_thread(Part, folder, name, format, question.columns)
        await asyncio.to_thread(self.part.write, page.rows)
        self._check_bounds(self.part)

    def _check_bounds(self, part: Part) -> None:
        said, done = self.settings, self.claimed.progress
        if done.rows + part.rows > said.export_rows:
            raise Failed(f"EXPORT_TOO_LARGE: It has more than {said.export_rows} rows.")
        if done.bytes + part.bytes > said.export_megabytes * MEGABYTE:
            raise Failed(f"EXPORT_TOO_LARGE: Its files have more than {said.export_megabytes} megabytes.")
        if self.jobs.clock() > self.claimed.started_at + timedelta(seconds=said.export_seconds):
            raise Failed(f"EXPORT_TOO_SLOW: It took longer than {said.export_seconds:g} seconds.")

    def _is_full(self) -> bool:
        return self.part is not None and self.part.rows >= self.settings.export_file_rows

    async def _report(self, cursor: str | None, cost: int) -> None:
        """Keep the file; one without rows only where the export has none."""
        part = self.part
        if part is None or (not part.rows and self.claimed.progress.files):
            return
        finished = await asyncio.to_thread(part.finish)
        self.part = None
        self.claimed = await self.jobs.report(self.claimed, finished, cursor, cost)
        self.renewed_at = self.jobs.clock()
        ROWS.inc(finished.rows)

    async def _pause(self, seconds: float) -> None:
        """Say now and then that this worker lives, for so long; raises Leaving and ClaimLost."""
        between = self.settings.export_claim_seconds / RENEWALS
        while True:
            if self.leaving.is_set():
                raise Leaving
            if self.jobs.clock() >= self.renewed_at + timedelta(seconds=between):
                await self.jobs.renew(self.claimed)
                self.renewed_at = self.jobs.clock()
            if seconds <= 0:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self.leaving.wait(), min(seconds, between))
            seconds -= between
