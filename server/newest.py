"""The newest epoch and run, watched in the background: no request asks the store, and no old answer outlives them.

The store is asked now and then, and at once where it tells of a publish.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from graph.plan.execute import PlanExecutor
from models.epoch import BeforeFirstEpoch, Pin, epoch, sync_run
from models.store import Store
from resolvers.caller import Caller
from resolvers.context import Context
from resolvers.export import Desk
from resolvers.news import News
from server.listening import Listening

# A request may read up to this long after a publish what was newest before it.
EVERY_SECONDS = 1.0

log = structlog.get_logger("server.newest")


class Newest:
    """The newest epoch of a store. `warmed`: how many requests of the last epoch are answered again in a new one.

    `every`: seconds between two looks where the store tells nothing.
    """

    def __init__(
        self,
        store: Store,
        plan: PlanExecutor,
        warmed: int = 0,
        every: float = EVERY_SECONDS,
        exports: Desk | None = None,
    ) -> None:
        self.store, self.plan, self.warmed, self.every, self.exports = store, plan, warmed, every, exports
        self.hinted = asyncio.Event()
        self.listening = Listening(store, self.hinted.set)
        self.epoch: int | None = None
        self.news = News()
        self.state = ""

    async def context(self, caller: Caller) -> Context:
        """What a request reads; asks the store while no epoch was ever seen, and raises what it raises."""
        return self.known(caller) or self._at(await self.store.resolve(), caller)

    def known(self, caller: Caller) -> Context | None:
        """The same without asking, None while no epoch was ever seen."""
        return self._at(Pin(self.epoch), caller) if self.epoch is not None else None

    def _at(self, pin: Pin, caller: Caller) -> Context:
        kept = self.plan.kept
        return Context(
            self.store, pin, kept.values if kept else None, caller, self.news, exports=self.exports, state=self.state
        )

    @asynccontextmanager
    async def watching(self) -> AsyncGenerator[None, None]:
        """Watches until left. It is not cancelled: a statement under way would outlive its loop."""
        leaving = asyncio.Event()
        tasks = [asyncio.create_task(self._watch(leaving))]
        if self.store.url.get_backend_name() == "postgresql":
            tasks.append(asyncio.create_task(self.listening.until(leaving)))
        try:
            yield
        finally:
            leaving.set()
            self.hinted.set()
            await asyncio.gather(*tasks)

    async def _watch(self, leaving: asyncio.Event) -> None:
        while not leaving.is_set():
            # Before the look: what is published during it is looked for again.
            self.hinted.clear()
            try:
                await self._look()
            except BeforeFirstEpoch:
                self.epoch = None
            except (SQLAlchemyError, OSError) as error:
                log.warning("the store can't be asked for its newest epoch", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.hinted.wait(), self.every)

    async def _look(self) -> None:
        """The epoch before is kept a little longer: requests under way and pages of cursors still read it.

        A run that publishes nothing changes what is said of the sources, and a prune which epochs can be read: then
        nothing is kept.
        """
        newest, state = await self.store.current(), await self._state()
        if (newest, state) == (self.epoch, self.state):
            return
        oldest_kept = newest - 1 if newest != self.epoch else newest + 1
        self.epoch, self.state = newest, state
        self.news.tell(newest)
        if self.plan.kept is not None:
            self.plan.kept.forget_before(oldest_kept)
            await self._warm(Pin(newest))

    async def _warm(self, pin: Pin) -> None:
        """A request that fails now fails for whoever asks it next: here it must only not end the watch."""
        try:
            await self.plan.warm(pin, self.warmed)
        except Exception:
            log.exception("a request of the last epoch can't be answered again", epoch=pin.epoch)

    async def _state(self) -> str:
        """What tells one finished run from another, and how many epochs can be read: ever fewer of those there are."""
        runs = select(sync_run).where(sync_run.c.status != "running").order_by(sync_run.c.sync_run_id.desc()).limit(1)
        last, retained = runs.subquery(), select(func.count()).where(epoch.c.retained)
        told = [select(column).scalar_subquery() for column in (last.c.sync_run_id, last.c.next_at)]
        async with self.store.readers.connect() as connection:
            row = (await connection.execute(select(*told, retained.scalar_subquery()))).one()
        return "|".join(map(str, row))
