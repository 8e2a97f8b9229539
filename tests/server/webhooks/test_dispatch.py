"""Messages on their way: sent again until they are taken, given up in time, and never in each other's way."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, insert, update
from structlog.testing import capture_logs

from models.caller import api_key
from models.webhook import webhook
from server.outbound import Outbound
from server.webhooks.outbox import MOST_DEAD, pending, tidy
from server.webhooks.schedule import LIFE, LONGEST_WAIT, next_attempt
from tests.builders import entry_fact, published
from tests.server.webhooks.conftest import NOON, Telling
from tests.standin.server import Fault

KEPT = timedelta(days=30)


async def ping(telling: Telling, times: int = 1, number: int = 1, owner: str = "acme") -> None:
    for _ in range(times):
        assert (await telling.desk.test(owner, number)).errors == ()


async def states(telling: Telling) -> list[tuple[int, int | None, str | None, bool, bool]]:
    """Of each message: attempts, status, problem, whether it was taken, whether it waits."""
    return [
        (row.attempts, row.status, row.problem, row.delivered, row.next_at is not None)
        for row in await telling.messages()
    ]


@pytest.mark.parametrize(
    ("fault", "status", "problem"),
    [(Fault.BROKEN, 500, None), (Fault.MOVED, 307, None), (Fault.HANG, None, "no answer in time")],
)
async def test_what_is_not_taken_is_sent_again_when_its_time_has_come(
    simple: Telling, fault: Fault, status: int | None, problem: str | None
) -> None:
    await simple.order()
    simple.outbound.seconds = 0.3 if fault is Fault.HANG else 60
    simple.receiver.fail(fault)
    await ping(simple)

    await simple.tell()
    simple.clock.forward(seconds=9)
    await simple.tell()
    waiting = await states(simple)
    simple.clock.forward(seconds=1)
    simple.outbound.seconds = 60
    await simple.tell()

    assert waiting == [(1, status, problem, False, True)]
    assert await states(simple) == [(2, 200, None, True, False)]
    assert len(set(simple.headers("webhook-id"))) == 1
    assert simple.receiver.asked[0] == simple.receiver.asked[1]


async def test_after_a_day_a_message_is_dead_and_ten_of_them_end_the_webhook(telling: Telling) -> None:
    await telling.order()
    telling.receiver.fail(Fault.UNAVAILABLE, times=1_000)

    for number in range(MOST_DEAD):
        assert (await telling.hooks())[0].dead == number
        await ping(telling)
        telling.clock.forward(hours=25)
        await telling.tell()

    [hook] = await telling.hooks()
    assert (hook.active, hook.ended, hook.dead) == (False, "FAILING", MOST_DEAD)
    assert await states(telling) == [(1, 503, None, False, False)] * MOST_DEAD


async def test_one_message_that_is_taken_forgives_the_dead(telling: Telling) -> None:
    await telling.order()
    telling.receiver.fail(Fault.BROKEN)
    await ping(telling)
    telling.clock.forward(hours=25)
    await telling.tell()
    [failing] = await telling.hooks()

    await ping(telling)
    await telling.tell()

    [hook] = await telling.hooks()
    assert (failing.dead, hook.dead, hook.active) == (1, 0, True)


async def test_an_address_that_is_gone_is_told_nothing_more(telling: Telling) -> None:
    await telling.order()
    telling.receiver.fail(Fault.GONE)
    await ping(telling, 3)

    await telling.tell()
    await published(telling.store, entry_fact("a", "one"))
    await telling.tell()

    [hook] = await telling.hooks()
    assert (hook.active, hook.ended, len(telling.received())) == (False, "GONE", 1)
    assert await states(telling) == [
        (1, 410, None, False, False),
        (0, None, None, False, False),
        (0, None, None, False, False),
    ]


async def test_messages_go_in_their_order_and_one_that_fails_holds_up_no_other(simple: Telling) -> None:
    await simple.order()
    await ping(simple, 3)
    seqs = [row.seq for row in await simple.messages()]
    simple.receiver.fail(Fault.BROKEN)

    await simple.tell()
    simple.clock.forward(seconds=10)
    await simple.tell()

    ids = simple.headers("webhook-id")
    assert len(seqs) == len(set(ids)) == 3
    assert ids == [ids[0], ids[1], ids[2], ids[0]]
    assert simple.receiver.most_at_once == 1


async def test_a_host_is_sent_a_few_at_a_time_and_one_that_hangs_keeps_no_other_waiting(simple: Telling) -> None:
    simple.most = 10
    for number in range(6):
        await simple.order("/slow" if number < 1 else "/in")
        await ping(simple, number=number + 1)
    simple.outbound.seconds = 2
    simple.receiver.fail(Fault.HANG, times=1, where="/slow")

    await simple.dispatch.start()
    running = len(simple.dispatch.busy)
    while len(simple.dispatch.busy) > 1 or not simple.received():
        await simple.dispatch.freed.wait()
        await simple.dispatch.start()
    others = [row.delivered for row in await simple.messages()][1:]
    await simple.dispatch.finish()

    assert running == 4
    assert dict(simple.dispatch.hosts) == {}
    assert others == [True] * 5
    assert simple.receiver.most_at_once <= 4


async def test_what_came_of_a_message_and_was_not_stored_is_not_sent_again_at_once(simple: Telling) -> None:
    await simple.order()
    await ping(simple)

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    event.listen(simple.store.writer.sync_engine, "begin", full)
    with capture_logs() as lines:
        await simple.dispatch.send_all()
    event.remove(simple.store.writer.sync_engine, "begin", full)
    await simple.dispatch.send_all()
    early = len(simple.received())
    simple.clock.forward(seconds=31)
    await simple.dispatch.send_all()

    assert [line["webhook"] for line in lines] == [1]
    assert (early, len(simple.received())) == (1, 2)
    assert await states(simple) == [(1, 200, None, True, False)]


async def test_a_webhook_whose_client_has_no_good_key_ends(telling: Telling) -> None:
    await telling.order("/in", "acme")
    await telling.order("/in", "keyless")
    await ping(telling, 1, 2, "keyless")
    key = {"key_id": "k", "name": "acme", "hash": "", "tier": "standard", "scopes": (), "documents": "open"}
    async with telling.store.writer.begin() as connection:
        await connection.execute(insert(api_key).values(**key, created_at=NOON, expires_at=NOON + timedelta(hours=1)))

    left = await tidy(telling.store, telling.clock(), KEPT)
    before = [(hook.active, hook.ended) for hook in await telling.hooks()]
    telling.clock.forward(hours=1)
    await tidy(telling.store, telling.clock(), KEPT)

    assert (left, before) == (0, [(True, None), (False, "NO_KEY")])
    assert [hook.ended for hook in await telling.hooks()] == ["NO_KEY", "NO_KEY"]


async def test_old_messages_are_deleted_and_those_that_wait_are_kept(telling: Telling) -> None:
    await telling.order()
    await ping(telling)
    await telling.tell()
    await ping(telling)
    telling.clock.forward(days=30, seconds=1)

    await tidy(telling.store, telling.clock(), KEPT)

    assert [row.delivered for row in await telling.messages()] == [False]


async def test_no_test_is_written_beside_a_thousand_that_wait(simple: Telling, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.webhooks.desk.MOST_PENDING", 2)
    await simple.order()
    await ping(simple, 2)

    refused = await simple.desk.test("acme", 1)

    assert [error.code for error in refused.errors] == ["TOO_MANY_PENDING"]
    async with simple.store.readers.connect() as connection:
        assert (await pending(connection), await pending(connection, 1)) == (2, 2)


async def test_a_name_that_leads_inside_by_now_is_not_connected_to(simple: Telling) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    await simple.order()
    port = simple.receiver.url.rpartition(":")[2]
    async with simple.store.writer.begin() as connection:
        await connection.execute(update(webhook).values(url=f"https://hooks.example:{port}/in"))
    simple.dispatch.outbound = Outbound(resolve=resolve)
    await ping(simple)

    await simple.tell()

    assert await states(simple) == [(1, None, "the address is not a public one", False, True)]
    assert simple.receiver.asked == []


@given(attempts=st.integers(1, 1_000), chance=st.floats(0, 1))
def test_a_wait_is_never_longer_than_the_longest_nor_shorter_than_half_of_the_first(
    attempts: int, chance: float
) -> None:
    again = next_attempt(NOON, attempts, NOON, chance)

    assert again is not None
    assert timedelta(seconds=5) <= again - NOON <= LONGEST_WAIT


def test_waits_grow_threefold_until_the_message_is_given_up() -> None:
    now, waits, attempts = NOON, [], 0
    while (again := next_attempt(NOON, attempts + 1, now, 0.0)) is not None:
        waits.append((again - now).total_seconds())
        now, attempts = again, attempts + 1

    assert waits[:8] == [10, 30, 90, 270, 810, 2430, 7290, 14400]
    assert now <= NOON + LIFE < now + LONGEST_WAIT
    assert len(waits) == 12
