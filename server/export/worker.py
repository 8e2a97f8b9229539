"""The worker of a process: takes exports that wait, one at a time, and clears away what is over."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import SQLAlchemyError

from server.draining import Draining
from server.export.counts import ENDED
from server.export.filling import Failed, Filling, Leaving, Owner
from server.export.jobs import GIVEN_UP, MOST_ATTEMPTS, ClaimLost, Jobs
from server.export.order import Claimed
from server.export.pages import PageFailed, Pages
from server.export.place import Place
from server.export.telling import Telling
from server.export_settings import ExportSettings

log = structlog.get_logger("server.export")

# Between two looks for an order that another process took.
POLL_SECONDS = 2.0
TIDY_SECONDS = 60.0
# Between two looks for an end that nobody was told of.
TELL_SECONDS = 5.0
# After something failed that may be better later.
REST_SECONDS = 5.0


@dataclass(slots=True)
class Worker:
    """`rung` is set when there is an order, `ended` when one was filled, `leaving` when this process is to end."""

    jobs: Jobs
    pages: Pages
    place: Place
    owner: Owner
    settings: ExportSettings
    rung: asyncio.Event
    telling: Telling
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    tidied: float = float("-inf")

    @asynccontextmanager
    async def working(self, draining: Draining) -> AsyncGenerator[None, None]:
        """Works until left, or until the server drains. It is not cancelled: a page is read to its end."""
        if self.settings.exports == "off":
            yield
            return
        lasting = (self._leave_with(draining), self._work_on(), self._tell_on())
        tasks = [asyncio.create_task(each) for each in lasting]
        try:
            yield
        finally:
            tasks[0].cancel()
            self._leave()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def work(self) -> bool:
        """Take the next export as far as it goes; False where none waits."""
        claimed = await self.jobs.claim()
        if claimed is None:
            return False
        # A claim is lost to another worker, or because nobody wants the export any more.
        with structlog.contextvars.bound_contextvars(export=claimed.number), suppress(ClaimLost):
            await self._fill(claimed)
        self.ended.set()
        return True

    async def tidy(self) -> None:
        """Expire exports whose time is over, and delete the files of those that have none any more."""
        await self.jobs.expire()
        folders = self.place.jobs()
        for number in set(folders) - await self.jobs.keeping(folders):
            await asyncio.to_thread(self.place.delete, number)

    async def _fill(self, claimed: Claimed) -> None:
        filling = Filling(claimed, self.jobs, self.pages, self.place, self.owner, self.settings, self.leaving)
        try:
            await filling.run()
        except ClaimLost:
            raise
        except Leaving:
            await self.jobs.give_back(filling.claimed, at_fault=False)
        except Failed as failure:
            await self._fail(filling.claimed, str(failure))
        except PageFailed as failure:
            await self._try_again(filling.claimed, str(failure), failure.passing)
        except Exception:
            log.exception("an export can't be filled")
            await self._try_again(filling.claimed, GIVEN_UP, True)
        else:
            ENDED.labels("done").inc()

    async def _try_again(self, claimed: Claimed, error: str, passing: bool) -> None:
        if not passing or claimed.attempts >= MOST_ATTEMPTS:
            await self._fail(claimed, error)
            return
        await self.jobs.give_back(claimed, at_fault=True)
        await self._rest(REST_SECONDS)

    async def _fail(self, claimed: Claimed, error: str) -> None:
        await self.jobs.fail(claimed, error)
        await asyncio.to_thread(self.place.delete, claimed.number)
        ENDED.labels("failed").inc()

    async def _work_on(self) -> None:
        while not self.leaving.is_set():
            self.rung.clear()
            if not await self._worked():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.rung.wait(), POLL_SECONDS)

    async def _worked(self) -> bool:
        """Whether there was work; a store or disk that is away is waited for."""
        try:
            if time.monotonic() > self.tidied + TIDY_SECONDS:
                self.tidied = time.monotonic()
                await self.tidy()
            return await self.work()
        except (SQLAlchemyError, OSError) as error:
            log.warning("exports can't be looked after", error=type(error).__name__)
            await self._rest(REST_SECONDS)
        except Exception:
            log.exception("exports can't be looked after")
            await self._rest(REST_SECONDS)
        return False

    async def _tell_on(self) -> None:
        """Tell whoever wants to hear of an end, also of those that other processes came to and did not tell."""
        while not self.leaving.is_set():
            self.ended.clear()
            try:
                await self.telling.tell()
            except (SQLAlchemyError, OSError) as error:
                log.warning("what came of exports can't be told", error=type(error).__name__)
            except Exception:
                log.exception("what came of exports can't be told")
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), TELL_SECONDS)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.leaving.wait(), seconds)

    async def _leave_with(self, draining: Draining) -> None:
        await draining.announced.wait()
        self._leave()

    def _leave(self) -> None:
        for event in (self.leaving, self.rung, self.ended):
            event.set()
