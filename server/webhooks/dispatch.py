"""Messages on their way: one of each webhook at a time, a few to each host, and so many in all."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import random

import httpx
import structlog

from models.store import Store
from resolvers.webhook import message_id
from server.outbound import Message, Outbound, Reply
from server.signing import secret_of
from server.webhooks.counts import ATTEMPTS
from server.webhooks.outbox import Due, Settled, due, settle
from server.webhooks.schedule import next_attempt, outcome_of

AT_ONCE = 16
AT_ONCE_TO_A_HOST = 4
# Of a webhook whose outcome could not be stored: its message would be sent again at once, and again.
REST = timedelta(seconds=30)

log = structlog.get_logger(__name__)


class Dispatch:
    """Sends what is due. `chance` draws from 0 to 1."""

    def __init__(
        self,
        store: Store,
        outbound: Outbound,
        pepper: str,
        now: Callable[[], datetime],
        chance: Callable[[], float] = random,
    ) -> None:
        self.store, self.outbound, self.pepper, self.now, self.chance = store, outbound, pepper, now, chance
        self.busy: dict[int, asyncio.Task[None]] = {}
        self.hosts: Counter[str] = Counter()
        self.resting: dict[int, datetime] = {}
        self.freed = asyncio.Event()

    async def start(self) -> None:
        """Send what is due and there is room for; `freed` is set as each ends."""
        self.freed.clear()
        self.resting = {number: until for number, until in self.resting.items() if until > self.now()}
        for each in await due(self.store, self.now(), {*self.busy, *self.resting}):
            host = httpx.URL(each.url).host
            if len(self.busy) < AT_ONCE and self.hosts[host] < AT_ONCE_TO_A_HOST:
                self.hosts[host] += 1
                self.busy[each.webhook] = asyncio.create_task(self._send(each, host))

    async def finish(self) -> None:
        """Until all that is on its way has arrived or failed."""
        while self.busy:
            await asyncio.wait(list(self.busy.values()))

    async def send_all(self) -> None:
        """Until nothing is due any more."""
        await self.start()
        while self.busy:
            await self.freed.wait()
            await self.start()

    async def _send(self, sent: Due, host: str) -> None:
        try:
            keys = [secret_of(self.pepper, seed) for seed in sent.seeds]
            message = Message(message_id(sent.webhook, sent.seq), sent.body.encode(), keys, self.now())
            await self._settle(sent, await self.outbound.post(sent.url, message))
        except Exception:
            # It is sent again: the receiver knows it by its id.
            log.exception("what came of a message could not be stored", webhook=sent.webhook)
            self.resting[sent.webhook] = self.now() + REST
        finally:
            del self.busy[sent.webhook]
            self._leave(host)
            self.freed.set()

    def _leave(self, host: str) -> None:
        self.hosts[host] -= 1
        if not self.hosts[host]:
            del self.hosts[host]

    async def _settle(self, sent: Due, reply: Reply) -> None:
        now = self.now()
        again = None
        if not reply.taken and not reply.gone:
            again = next_attempt(sent.written_at, sent.attempts + 1, now, self.chance())
        problem = reply.problem.value if reply.problem else None
        came = Settled(reply.taken, reply.status, problem, again, reply.gone)
        await settle(self.store, sent, came, now)
        ATTEMPTS.labels(outcome_of(reply, again)).inc()
