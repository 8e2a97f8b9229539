"""The process that tells: one at a time, and it leaves nothing half done when it ends."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import timedelta

import pytest
from prometheus_client.registry import REGISTRY
from sqlalchemy import insert
from structlog.testing import capture_logs

from models.caller import api_key
from models.lock import TELLING, Locked, exclusively
from models.store import Store
from server.outbound import Message, Outbound, Reply
from server.webhooks import worker
from server.webhooks.dispatch import Dispatch
from server.webhooks.outbox import Due
from server.webhooks.worker import Worker
from tests.builders import entry_fact, published
from tests.server.webhooks.conftest import NOON, PEPPER, Telling

FAILED = "accrual_webhook_looks_failed_total"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(worker, "PATIENCE_SECONDS", 0.01)


class Noted(Dispatch):
    """Notes each message as soon as what came of it is stored."""

    def __init__(self, telling: Telling, outbound: Outbound | None = None) -> None:
        super().__init__(telling.store, outbound or telling.outbound, PEPPER, telling.clock)
        self.sent: asyncio.Queue[str] = asyncio.Queue()

    async def _settle(self, sent: Due, reply: Reply) -> None:
        await super()._settle(sent, reply)
        self.sent.put_nowait(sent.seq)


async def ready(telling: Telling, dispatch: Dispatch, newest: Callable[[], int | None] = lambda: 1) -> Worker:
    """A worker over a store with one webhook, whose client has a key."""
    key = {"key_id": "k", "name": "acme", "hash": "", "tier": "standard", "scopes": (), "documents": "open"}
    async with telling.store.writer.begin() as connection:
        await connection.execute(insert(api_key).values(**key, created_at=NOON))
    await telling.order()
    return Worker(telling.store, telling.evaluation, dispatch, newest, asyncio.Event(), timedelta(days=30))


async def entered(store: Store) -> None:
    """Take the lock, if it is to be had."""
    async with store.writer.connect() as connection, exclusively(connection, TELLING):
        pass


async def test_it_tells_each_epoch_as_it_comes(telling: Telling) -> None:
    newest, dispatch = 1, Noted(telling)
    working = await ready(telling, dispatch, lambda: newest)

    async with asyncio.timeout(60), working.running():
        for refs in ("a", "ab"):
            await published(telling.store, *(entry_fact(ref, "one") for ref in refs))
            newest += 1
            await dispatch.sent.get()

    assert [each["data"]["epoch"] for each in telling.received()] == [2, 3]
    assert [message.delivered for message in await telling.messages()] == [True, True]


async def test_one_tells_at_a_time_and_another_goes_on_when_it_ends(telling: Telling) -> None:
    first, second = Noted(telling), Noted(telling)
    working = await ready(telling, first)
    other = Worker(telling.store, telling.evaluation, second, lambda: 1, asyncio.Event(), timedelta(days=30))

    async with asyncio.timeout(60):
        async with working.running():
            await telling.desk.test("acme", 1)
            await first.sent.get()
            with pytest.raises(Locked, match="another process"):
                await entered(telling.store)
            waiting = other.running()
            await waiting.__aenter__()
        await telling.desk.test("acme", 1)
        await second.sent.get()
        await waiting.__aexit__(None, None, None)

    await entered(telling.store)
    assert (first.sent.qsize(), len(telling.received())) == (0, 2)


async def test_what_is_on_its_way_arrives_when_the_server_is_told_to_end_and_nothing_else_is_begun(
    simple: Telling,
) -> None:
    class Ending(Outbound):
        async def post(self, url: str, message: Message) -> Reply:
            working.ending.set()
            return await super().post(url, message)

    working = await ready(simple, Noted(simple, Ending(True, tls=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))))
    for _ in range(2):
        await simple.desk.test("acme", 1)

    async with asyncio.timeout(60), working.running():
        await working.ending.wait()

    assert [message.delivered for message in await simple.messages()] == [True, False]


async def test_a_look_that_fails_is_told_and_repeated(simple: Telling, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    async def look(newest: int) -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise RuntimeError("no epochs today")
        again.set()

    again, working = asyncio.Event(), await ready(simple, Noted(simple))
    monkeypatch.setattr(simple.evaluation, "look", look)
    before = REGISTRY.get_sample_value(FAILED) or 0

    with capture_logs() as lines:
        async with asyncio.timeout(60), working.running():
            await again.wait()

    assert REGISTRY.get_sample_value(FAILED) == before + 1
    assert [(line["newest"], line["log_level"]) for line in lines if "newest" in line] == [(1, "error")]


async def test_a_store_that_is_away_is_waited_for(simple: Telling) -> None:
    dispatch = Noted(simple)
    working = await ready(simple, dispatch)
    working.store = Store("sqlite+aiosqlite:////nowhere/at/all.db")
    await simple.desk.test("acme", 1)

    async with asyncio.timeout(60), working.running():
        await asyncio.sleep(0)
        working.store = simple.store
        await dispatch.sent.get()

    assert [message.delivered for message in await simple.messages()] == [True]
