"""In front of the application: what was answered before to the same bytes, and what can be answered without waiting."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from secrets import token_hex
from typing import TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.plan.cache import Cache
from resolvers.caller import Caller
from server.edge.callers import anonymous
from server.edge.straight import Straight

# Where the view says in a request's scope which epoch its answer holds for, when an equal request has that answer.
LASTING = "accrual.lasting"
# Where it says that the headers of its answer are those of any answer to a request with the same headers.
USUAL = "accrual.usual"
# Where what is answered straight waits to be squeezed: its headers and its body.
READY = "accrual.ready"
ID_HEADER = b"x-request-id"
# What an answer depends on besides the body. One with any header of REFUSED is left to the view.
ASKED = frozenset((b"accept", b"accept-encoding", b"content-type", b"origin"))
TLS = (b":scheme", b"https")
REFUSED = frozenset((b"authorization", b"content-encoding", b"x-api-key", b"expect"))

# What differs between answers to requests with equal headers.
OF_ONE_ANSWER = frozenset((ID_HEADER, b"content-length", b"content-encoding"))
# Of the headers of answers, by those of the requests.
MANNERS_BYTES = 1_000_000
# A kept answer's headers, and the objects around it.
SENT_BYTES = 2_000

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
Key: TypeAlias = tuple[int, bytes, Headers]
Record: TypeAlias = Callable[[float, str, Mapping[str, object]], None]
"""Told of each answer of `Straight`: the seconds it took, its request's id, and what else the log says of it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer as it went out, without the id of its request."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


class Hot:
    """Wraps the application. Only callers without key and limit are answered here: no bucket of theirs has to pay.

    `epoch` is the newest there is, None while it must not be relied on; `free` tells whether a caller has no limit.
    What is found in `kept` is not logged one by one: its hits tell how many there were. What `straight` answers has
    the headers that the application gave an answer to a request with the same headers, and goes through `squeeze` where
    its caller takes it compressed. A body has `body_seconds` to begin, as it has them to end at the application.
    """

    def __init__(
        self,
        app: ASGIApp,
        path: str,
        kept: Cache[Sent],
        epoch: Callable[[], int | None],
        free: Callable[[Caller], bool],
        straight: Straight | None = None,
        squeeze: Callable[[ASGIApp], ASGIApp] = lambda app: app,
        record: Record = lambda seconds, request_id, told: None,
        body_seconds: float = 10.0,
    ) -> None:
        self.app, self.path, self.kept, self.epoch = app, path, kept, epoch
        self.straight, self.squeezed, self.record = straight, squeeze(_send_ready), record
        self.body_seconds = body_seconds
        self.manners: Cache[list[tuple[bytes, bytes]]] = Cache(MANNERS_BYTES)
        self.ids, self.numbers = token_hex(12).encode(), count()
        self.free = lru_cache(maxsize=4_096)(lambda host: free(anonymous({"client": (host, 0)})))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = _asked(scope) if self._is_for_here(scope) else None
        if asked is None or not self.free(scope["client"][0] if scope.get("client") else None):
            await self.app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self.body_seconds):
                message = await receive()
        except TimeoutError:
            await self.app(scope, _late, send)
            return
        # Not before: the body may have been long in coming.
        epoch = self.epoch()
        if epoch is None:
            await self.app(scope, _again(message, receive), send)
            return
        key: Key = (epoch, message.get("body", b""), asked)
        whole = message["type"] == "http.request" and not message.get("more_body", False)
        found = self.kept.peek(key) if whole else None
        if found is None:
            await self._answer(key if whole else None, scope, message, receive, send)
            return
        headers = [*found.headers, (ID_HEADER, self._next_id())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": found.body})

    def _is_for_here(self, scope: Scope) -> bool:
        """A query string is left to the view, which bounds it."""
        if scope["type"] != "http" or scope["path"] != self.path or scope["method"] != "POST":
            return False
        return not scope.get("query_string")

    async def _answer(self, key: Key | None, scope: Scope, message: Message, receive: Receive, send: Send) -> None:
        """Straight away if that is possible, else by the application."""
        began = time.perf_counter()
        manner = self.manners.peek((0, key[2])) if key else None
        body = self.straight.answer(key[1], anonymous(scope)) if key and manner and self.straight else None
        if key is None or manner is None or body is None:
            await self._learn(key, scope, _again(message, receive), send)
            return
        request_id = self._next_id()
        headers = [*manner, (b"content-length", b"%d" % len(body.json)), (ID_HEADER, request_id)]
        scope[READY] = headers, body.json
        packed = any(name == b"accept-encoding" for name, _ in key[2])
        sent = await _sent(self.squeezed if packed else _send_ready, scope, receive, send)
        if body.kept:
            self._keep(key, sent)
        self.record(time.perf_counter() - began, request_id.decode(), body.told)

    async def _learn(self, key: Key | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and keep what it sends if that holds for the epoch."""
        if key is None:
            await self.app(scope, receive, send)
            return
        sent = await _sent(self.app, scope, receive, send)
        if len(sent) == 2 and USUAL in scope and sent[0]["status"] == 200:
            self.manners.put((0, key[2]), _manner(sent[0]["headers"]))
        if len(sent) == 2 and scope.get(LASTING) == key[0]:
            self._keep(key, sent)

    def _keep(self, key: Key, sent: list[Message]) -> None:
        headers, body = [each for each in sent[0]["headers"] if each[0] != ID_HEADER], sent[1]["body"]
        self.kept.put(key, Sent(headers, body), len(key[1]) + len(body) + SENT_BYTES)

    def _next_id(self) -> bytes:
        return b"%s%08x" % (self.ids, next(self.numbers))


async def _send_ready(scope: Scope, receive: Receive, send: Send) -> None:
    headers, body = scope[READY]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _late() -> Message:
    """What the application receives of a body that did not come in time: it has the words."""
    raise TimeoutError


async def _sent(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> list[Message]:
    """What an application sends, as it sends it."""
    sent: list[Message] = []

    async def noted(message: Message) -> None:
        sent.append(message)
        await send(message)

    await app(scope, receive, noted)
    return sent


def _asked(scope: Scope) -> tuple[tuple[bytes, bytes], ...] | None:
    """The headers and TLS that an answer depends on; None for a request that is for the view or brings its own id."""
    asked = [TLS] if scope.get("scheme") == "https" else []
    for header in scope["headers"]:
        name = header[0]
        if name in ASKED:
            asked.append(header)
        elif name in REFUSED or name == ID_HEADER:
            return None
    return tuple(asked)


def _manner(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Of any answer."""
    return [header for header in headers if header[0] not in OF_ONE_ANSWER]


def _again(message: Message, receive: Receive) -> Receive:
    """What gives a message that was received already, then all that follow it."""
    first: list[Message] = [message]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again
