"""Answers that were given before, given again at once: to the same bytes, at the same epoch, before they are read."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from secrets import token_hex
from typing import TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.plan.cache import Cache
from resolvers.caller import Caller
from server.edge.callers import anonymous

# Where the view says in a request's scope which epoch its answer holds for, when an equal request has that answer.
LASTING = "accrual.lasting"
ID_HEADER = b"x-request-id"
# What an answer depends on besides the body. One with any header of REFUSED is left to the view.
ASKED = frozenset((b"accept", b"accept-encoding", b"content-type", b"origin"))
REFUSED = frozenset((b"authorization", b"content-encoding", b"x-api-key", b"expect"))

Key: TypeAlias = tuple[int, bytes, tuple[tuple[bytes, bytes], ...]]


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer as it went out, without the id of its request."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


class Hot:
    """Wraps the application. Only callers without key and limit are answered here: nothing of theirs has to be counted.

    `epoch` is the newest there is, None while it must not be relied on; `free` tells whether a caller has no limit.
    Such answers are not logged one by one: the hits of `kept` tell how many there were.
    """

    def __init__(
        self,
        app: ASGIApp,
        path: str,
        kept: Cache[Sent],
        epoch: Callable[[], int | None],
        free: Callable[[Caller], bool],
    ) -> None:
        self.app, self.path, self.kept, self.epoch = app, path, kept, epoch
        self.ids, self.numbers = token_hex(12).encode(), count()
        self.free = lru_cache(maxsize=4_096)(lambda host: free(anonymous({"client": (host, 0)})))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        epoch = self.epoch()
        if epoch is None or scope["type"] != "http" or scope["path"] != self.path or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        asked = _asked(scope)
        if asked is None or not self.free(scope["client"][0] if scope.get("client") else None):
            await self.app(scope, receive, send)
            return
        message = await receive()
        key: Key = (epoch, message.get("body", b""), asked)
        whole = message["type"] == "http.request" and not message.get("more_body", False)
        found = self.kept.peek(key) if whole else None
        if found is None:
            await self._learn(key if whole else None, scope, _again(message, receive), send)
            return
        headers = [*found.headers, (ID_HEADER, b"%s%08x" % (self.ids, next(self.numbers)))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": found.body})

    async def _learn(self, key: Key | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and keep what it sends if that holds for the epoch."""
        sent: list[Message] = []

        async def noted(message: Message) -> None:
            sent.append(message)
            await send(message)

        await self.app(scope, receive, noted if key else send)
        if key is not None and scope.get(LASTING) == key[0] and len(sent) == 2:
            headers = [(name, value) for name, value in sent[0]["headers"] if name != ID_HEADER]
            self.kept.put(key, Sent(headers, sent[1]["body"]))


def _asked(scope: Scope) -> tuple[tuple[bytes, bytes], ...] | None:
    """The headers an answer depends on; None for a request that is not for here, or brings an id of its own."""
    asked = []
    for header in scope["headers"]:
        name = header[0]
        if name in ASKED:
            asked.append(header)
        elif name in REFUSED or name == ID_HEADER:
            return None
    return tuple(asked)


def _again(message: Message, receive: Receive) -> Receive:
    """What gives a message that was received already, then all that follow it."""
    first: list[Message] = [message]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again
