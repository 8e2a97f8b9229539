"""API keys over their whole life, from the command line to the server."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from structlog.testing import capture_logs

from models.caller import key_usage
from models.store import Store
from resolvers.caller import Caller
from server.edge.callers import Callers
from server.edge.fault import Fault
from server.edge.key import DIGITS, ID_LENGTH, SECRET_LENGTH, Key, drawn, read
from server.edge.keyring import SCOPES, KeyRefused, Keyring, create, listed, revoke
from server.edge.usage import Usage
from tests.server.edge.conftest import served_inside
from tests.server.edge.test_sockets import closed, heard, opened, say
from tests.server.edge.test_view import code_of

PEPPER = "pepper"
KEYS = st.builds(
    Key,
    st.text(DIGITS, min_size=ID_LENGTH, max_size=ID_LENGTH),
    st.text(DIGITS, min_size=SECRET_LENGTH, max_size=SECRET_LENGTH),
)


async def given_out(store: Store, name: str = "acme", **more: object) -> str:
    options = {"tier": "standard", "scopes": SCOPES, "documents": "open", "expires": None, **more}
    return (await create(store, PEPPER, name, **options)).text  # type: ignore[arg-type]


def keyring(store: Store, seconds: float = 0) -> Keyring:
    return Keyring(store, PEPPER, seconds)


@given(KEYS)
def test_a_key_is_read_back_from_its_text(key: Key) -> None:
    assert read(key.text) == key


@given(KEYS, st.integers(0, 70), st.sampled_from(DIGITS))
def test_a_slip_in_a_key_is_seen_without_the_store(key: Key, place: int, digit: str) -> None:
    place %= len(key.text)
    slipped = key.text[:place] + digit + key.text[place + 1 :]

    assert slipped == key.text or read(slipped) is None


@given(st.text())
def test_a_text_that_is_no_key_is_none(text: str) -> None:
    assert read(text) is None


def test_two_keys_are_never_the_same() -> None:
    assert len({drawn().text for _ in range(1_000)}) == 1_000


async def test_a_key_is_known_by_its_secret_and_stored_without_it(store: Store) -> None:
    text = await given_out(store, tier="partner", scopes=("read",))

    caller = await keyring(store).known(text)

    (row,) = await listed(store)
    assert caller == Caller("key:acme", "acme", row.key_id, "partner", ("read",))
    assert read(text).secret not in str(row)  # type: ignore[union-attr]


async def test_another_secret_or_pepper_is_not_known(store: Store) -> None:
    text = await given_out(store)
    key = read(text)
    assert key is not None

    assert await keyring(store).known(Key(key.key_id, drawn().secret).text) is None
    assert await keyring(store).known(drawn().text) is None
    assert await Keyring(store, "other", 0).known(text) is None


async def test_a_key_ends_when_it_is_revoked_or_expires(store: Store) -> None:
    revoked, expired = await given_out(store), await given_out(store, expires=datetime.now(UTC) - timedelta(seconds=1))
    (live, *_) = await listed(store)

    await revoke(store, live.key_id)

    assert await keyring(store).known(revoked) is None
    assert await keyring(store).known(expired) is None
    with pytest.raises(KeyRefused, match="no live key"):
        await revoke(store, live.key_id)


async def test_a_client_changes_keys_through_a_time_with_two(store: Store) -> None:
    old, new = await given_out(store), await given_out(store)

    callers = [await keyring(store).known(text) for text in (old, new)]
    with pytest.raises(KeyRefused, match="has 2 live keys"):
        await given_out(store)
    await revoke(store, read(old).key_id)  # type: ignore[union-attr]
    await given_out(store)

    assert [caller.account for caller in callers if caller] == ["key:acme"] * 2


async def test_a_key_is_believed_for_a_while_and_then_looked_up_again(store: Store) -> None:
    now = 0.0
    text = await given_out(store)
    ring = Keyring(store, PEPPER, 30, clock=lambda: now)
    assert await ring.known(text) is not None
    await revoke(store, read(text).key_id)  # type: ignore[union-attr]

    now = 29.0
    assert await ring.known(text) is not None
    now = 31.0
    assert await ring.known(text) is None


async def test_usage_is_added_up_by_key_and_day(store: Store) -> None:
    usage, caller = Usage(store), Caller("key:acme", "acme", "abcdefgh")

    for _ in range(2):
        usage.count(caller, 5)
        usage.count(caller, 1, refused=True)
        usage.count(Caller("address:1.2.3.4"), 100)
        await usage.store_now()

    async with store.readers.connect() as connection:
        rows = (await connection.execute(select(key_usage))).all()
    assert [tuple(row) for row in rows] == [("abcdefgh", datetime.now(UTC).date(), 4, 2, 12)]


async def test_the_server_takes_good_keys_and_no_others(published_url: str) -> None:
    store = Store(published_url)
    text = await given_out(store, "acme", scopes=("read",))
    await store.close()

    async with served_inside(published_url, {"key_pepper": PEPPER}) as edge:
        by_header = await whoami(edge.http, edge.path, {"x-api-key": text})
        by_bearer = await whoami(edge.http, edge.path, {"authorization": f"Bearer {text}"})
        none = await whoami(edge.http, edge.path, {})
        refused = [
            await whoami(edge.http, edge.path, headers)
            for headers in (
                {"x-api-key": "nope"},
                {"x-api-key": ""},
                {"x-api-key": drawn().text},
                {"authorization": "Basic eDp5"},
                {"authorization": f"Bearer {text}x"},
            )
        ]
        subscription = await edge.http.post(
            edge.path,
            json={"query": "subscription {count}"},
            headers={"x-api-key": text, "accept": "text/event-stream"},
        )

    assert [answer.json()["data"]["whoami"] for answer in (by_header, by_bearer, none)] == ["acme", "acme", "local"]
    assert by_header.headers["ratelimit-policy"] == '"points";q=200000;w=40'
    assert {(answer.status_code, code_of(answer)) for answer in refused} == {(401, "UNAUTHENTICATED")}
    assert {answer.headers["www-authenticate"] for answer in refused} == {"Bearer"}
    assert (subscription.status_code, code_of(subscription)) == (403, "FORBIDDEN")


async def test_a_revoked_key_closes_its_sockets(published_url: str) -> None:
    store = Store(published_url)
    text = await given_out(store)
    settings = {"key_pepper": PEPPER, "key_cache_seconds": "0", "socket_ping_seconds": "0.1"}

    async with served_inside(published_url, settings) as edge, opened(edge) as socket:
        await say(socket, {"type": "connection_init", "payload": {"X-API-Key": text}})
        assert await heard(socket) == {"type": "connection_ack"}
        await revoke(store, read(text).key_id)  # type: ignore[union-attr]

        assert await closed(socket) == 4403
    await store.close()


@pytest.mark.parametrize("every", ["100", "0.02"])
async def test_a_revoked_key_ends_its_event_streams(published_url: str, every: str) -> None:
    """Whether it is idle or never is."""
    store = Store(published_url)
    text = await given_out(store)
    settings = {"key_pepper": PEPPER, "key_cache_seconds": "0", "heartbeat_seconds": "0.1"}
    forever = {"query": f"subscription {{ count(to: 1000000, every: {every}) }}"}
    headers = {"x-api-key": text, "accept": "text/event-stream"}

    async with (
        asyncio.timeout(10),
        served_inside(published_url, settings) as edge,
        edge.http.stream("POST", edge.path, json=forever, headers=headers) as answer,
    ):
        lines = answer.aiter_lines()
        await anext(lines)
        await revoke(store, read(text).key_id)  # type: ignore[union-attr]
        said = [line async for line in lines if line.startswith(("event", "data"))]
    await store.close()

    assert [line for line in said if line.startswith("event")][-2:] == ["event: next", "event: complete"]
    assert json.loads(said[-3].removeprefix("data: "))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_while_the_store_is_away_a_key_is_neither_good_nor_bad(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/missing/store.db")
    callers, scope = Callers(keyring(store).known), {"headers": []}

    with capture_logs(), pytest.raises(Fault) as fault:
        await callers.by_key(drawn().text, scope)
    with capture_logs():
        await callers.check(drawn().text, scope)
    await store.close()

    assert (fault.value.status, fault.value.code) == (503, "UNAVAILABLE")


async def whoami(http: httpx.AsyncClient, path: str, headers: dict[str, str]) -> httpx.Response:
    return await http.post(path, json={"query": "{ whoami }"}, headers=headers)
