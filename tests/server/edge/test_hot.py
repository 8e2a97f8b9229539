"""What was answered before is answered at once, and only to those it may be given to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from graph.plan.cache import Cache
from server.edge.fault import Fault
from server.edge.hot import LASTING, Hot
from server.edge.incoming import Incoming


@dataclass
class Counting:
    """An application that numbers its answers, and says that they hold for epoch `lasting`."""

    lasting: int | None = 7
    status: int = 200
    answered: int = 0
    bodies: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        self.answered += 1
        self.bodies.append(body)
        scope[LASTING] = self.lasting
        headers = [(b"content-type", b"application/json"), (b"x-request-id", b"%d" % self.answered)]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"%d" % self.answered})


@dataclass(frozen=True)
class Got:
    """An answer: its body as text, and its headers."""

    text: str
    headers: dict[bytes, bytes]


class World:
    """`epoch` is the newest there is; `free` whether callers have no limit."""

    def __init__(self) -> None:
        self.app, self.epoch, self.free = Counting(), 7, True
        self.hot = Hot(self.app, "/graphql", Cache(1_000_000), lambda: self.epoch, lambda caller: self.free)

    async def ask(
        self,
        *pieces: bytes,
        path: str = "/graphql",
        method: str = "POST",
        scope: dict[str, Any] | None = None,
        before: Callable[[], None] = lambda: None,
        **headers: str,
    ) -> Got:
        """As a server hands a request on: its body in one piece, or in several, `before` which something happens."""
        pieces, sent = pieces or (b"{}",), []
        messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
        messages[-1]["more_body"] = False
        named = {"content-type": "application/json", "accept": "*/*", **headers}
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()]
        whole = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": raw,
            "client": ("192.0.2.1", 1),
            **(scope or {}),
        }

        async def receive() -> Message:
            before()
            return messages.pop(0)

        async def send(message: Message) -> None:
            sent.append(message)

        await self.hot(whole, receive, send)
        return Got(sent[1]["body"].decode(), dict(sent[0]["headers"]))


@pytest.fixture
def world() -> World:
    return World()


async def test_an_equal_request_is_answered_without_the_application(world: World) -> None:
    replies = [await world.ask() for _ in range(2)]

    assert [reply.text for reply in replies] == ["1", "1"]
    assert world.app.answered == 1


async def test_every_answer_has_an_id_of_its_own(world: World) -> None:
    replies = [await world.ask() for _ in range(3)]

    assert len({reply.headers[b"x-request-id"] for reply in replies}) == 3
    assert {reply.headers[b"content-type"] for reply in replies} == {b"application/json"}


async def test_another_body_is_answered_anew(world: World) -> None:
    assert [(await world.ask(body)).text for body in (b"{}", b"{ }", b"{}")] == ["1", "2", "1"]


@pytest.mark.parametrize("name", ["accept", "origin", "accept_encoding", "content_type"])
async def test_another_header_that_matters_is_answered_anew(world: World, name: str) -> None:
    replies = [await world.ask(), await world.ask(**{name: "text/plain"}), await world.ask()]

    assert [reply.text for reply in replies] == ["1", "2", "1"]


@pytest.mark.parametrize("name", ["authorization", "x_api_key", "x_request_id", "content_encoding"])
async def test_who_brings_a_key_or_an_id_is_answered_by_the_application(world: World, name: str) -> None:
    replies = [await world.ask(), await world.ask(**{name: "abc"}), await world.ask(**{name: "abc"})]

    assert [reply.text for reply in replies] == ["1", "2", "3"]


async def test_a_new_epoch_ends_what_was_answered_before(world: World) -> None:
    before = await world.ask()
    world.epoch = world.app.lasting = 8
    after = [await world.ask(), await world.ask()]

    assert before.text == "1"
    assert [reply.text for reply in after] == ["2", "2"]


@pytest.mark.parametrize("lasting", [6, None])
async def test_what_does_not_hold_for_the_newest_epoch_is_not_kept(world: World, lasting: int | None) -> None:
    world.app.lasting = lasting

    assert [(await world.ask()).text for _ in range(2)] == ["1", "2"]


async def test_a_limited_caller_is_counted_each_time(world: World) -> None:
    world.free = False

    assert [(await world.ask()).text for _ in range(2)] == ["1", "2"]


async def test_a_body_in_pieces_reaches_the_application_whole(world: World) -> None:
    await world.ask(b'{"a":', b"1}")

    assert world.app.bodies == [b'{"a":1}']


@pytest.mark.parametrize("other", [{"path": "/other"}, {"method": "GET"}])
async def test_other_paths_and_methods_pass(world: World, other: dict[str, str]) -> None:
    assert [(await world.ask(**other)).text for _ in range(2)] == ["1", "2"]


async def test_a_query_string_is_left_to_the_application_which_bounds_it(world: World) -> None:
    scope = {"query_string": b"a=1"}

    assert [(await world.ask(scope=scope)).text for _ in range(2)] == ["1", "2"]


async def test_a_body_that_does_not_come_is_408_in_the_words_of_the_application() -> None:
    told: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with pytest.raises(Fault) as fault:
            await Incoming(scope, receive).body(100, 60)
        told.append(fault.value.status)

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        raise AssertionError(message)

    hot = Hot(app, "/graphql", Cache(1_000_000), lambda: 7, lambda caller: True, body_seconds=0.01)
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": [], "query_string": b""}
    async with asyncio.timeout(10):
        await hot(scope, never, send)

    assert told == [408]


async def test_an_answer_is_of_the_epoch_when_its_body_has_come(world: World) -> None:
    await world.ask()
    world.app.lasting = 8

    def flip() -> None:
        world.epoch = 8

    late = await world.ask(before=flip)

    assert late.text == "2"
