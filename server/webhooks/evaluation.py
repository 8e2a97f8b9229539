"""What an epoch has for webhooks: the alerts that meet their rules, written as messages with the place they were at.

The messages and the cursor of a webhook move in one transaction, from the very place they were read from. So a process
that is killed leaves nothing out, and two that look at once write nothing twice.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row

from graph.document import Document
from graph.execution import Answer
from graph.payload import Payloads
from graph.refusal import Refused, coded
from models.epoch import Pin
from models.store import Store
from resolvers.alert import AlertRow, alerts_until
from resolvers.alert_place import known_up_to, place_of
from resolvers.alert_rule import restored
from resolvers.change import CursorPruned
from resolvers.context import Context
from server.edge.errors import TOO_SLOW, formatted
from server.webhooks.counts import WRITTEN
from server.webhooks.message import alert_message, gap_message
from server.webhooks.outbox import MOST_PENDING, Written, behind, pending, write

# Messages written at once.
PAGE = 50
# A payload may take so long, as an operation may.
SECONDS = 10.0
# After a failure; the next epoch may be long in coming.
REST = timedelta(seconds=30)

log = structlog.get_logger(__name__)


class Evaluation:
    """Looks epochs through. `context` makes one that reads at a pin; `stopping` says that it is time to go."""

    def __init__(
        self,
        store: Store,
        payloads: Payloads,
        context: Callable[[Pin], Context],
        now: Callable[[], datetime],
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.store, self.payloads, self.context, self.now, self.stopping = store, payloads, context, now, stopping
        self._resting: dict[int, datetime] = {}

    async def look(self, newest: int) -> None:
        """Write to every webhook what it is to be told up to an epoch."""
        for found in await behind(self.store, newest):
            number = found.webhook_id
            if self.stopping():
                return
            if self._resting.get(number, self.now()) > self.now():
                continue
            try:
                await self._tell(found, newest)
                self._resting.pop(number, None)
            except Exception:
                # One that can't be told must not keep the others from it.
                self._resting[number] = self.now() + REST
                log.exception("a webhook could not be told yet", webhook=number)

    async def _tell(self, found: Row[Any], newest: int) -> None:
        async with self.store.readers.connect() as connection:
            room = MOST_PENDING - await pending(connection, found.webhook_id)
        if room <= 0:
            return
        try:
            await self._write_all(found, newest, room)
        except CursorPruned:
            # What lay between is not to be had any more: say so, and go on.
            gap = gap_message(found.told, newest, self.now())
            await self._write(found.webhook_id, (found.cursor, known_up_to(newest).cursor), newest, [gap])

    async def _write_all(self, found: Row[Any], newest: int, room: int) -> None:
        """Page by page, as long as there is room for more; the cursor stays where it stopped."""
        number, cursor = found.webhook_id, found.cursor
        async with aclosing(self._alerts(found, newest)) as alerts:
            page: list[Written] = []
            async for alert, message in alerts:
                page.append(message)
                if len(page) == min(PAGE, room):
                    moved = await self._write(number, (cursor, alert.seq), alert.place.known, page)
                    cursor, room, page = alert.seq, room - len(page), []
                    if not moved or not room or self.stopping():
                        return
        await self._write(number, (cursor, known_up_to(newest).cursor), newest, page)

    async def _write(self, number: int, cursors: tuple[str, str], told: int, messages: list[Written]) -> bool:
        written = await write(self.store, number, cursors, told, messages, self.now())
        WRITTEN.inc(len(messages) if written else 0)
        return written

    async def _alerts(self, found: Row[Any], newest: int) -> AsyncGenerator[tuple[AlertRow, Written], None]:
        """What meets the webhook's rules after its cursor, each with its message."""
        context, rules = self.context(Pin(newest)), [restored(rule) for rule in found.rules]
        document = self._document(found.payload)
        async with aclosing(alerts_until(context, rules, place_of(found.cursor), newest)) as alerts:
            async for alert in alerts:
                answer = await self._answer(document, alert, context)
                yield alert, alert_message(alert, answer.data, formatted(answer.errors))

    def _document(self, payload: str | None) -> Document | Refused:
        """Of a fragment that was good when it was ordered, perhaps by another schema."""
        try:
            return self.payloads.read(payload)
        except Refused as reason:
            return reason

    async def _answer(self, document: Document | Refused, alert: AlertRow, context: Context) -> Answer:
        if isinstance(document, Refused):
            return Answer(None, document.errors)
        try:
            async with asyncio.timeout(SECONDS):
                return await self.payloads.payload(document, alert, context)
        except TimeoutError:
            return Answer(None, (coded(TOO_SLOW, f"This took longer than {SECONDS:g} seconds."),))
