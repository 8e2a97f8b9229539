"""Answers as server-sent events: graphql-sse in its distinct connections mode."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractContextManager, aclosing
from dataclasses import dataclass
from typing import Any

from starlette.responses import StreamingResponse

from server.edge.counts import HELD
from server.edge.errors import of_fault
from server.edge.fault import Fault
from server.edge.negotiation import Media
from server.edge.reply import headers_of
from server.edge.written import refusal

# Lines end in LF alone: some clients split events at two of them.
COMPLETE = b"event: complete\ndata: \n\n"
HEARTBEAT = b":\n\n"


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a stream shows that it lives, how long it does, and what ends it before.

    `check` raises Fault for a caller who is no longer let in; it is asked once a heartbeat.
    """

    heartbeat_seconds: float
    seconds: float
    ending: asyncio.Event
    check: Callable[[], Awaitable[None]]


def event_stream(
    bodies: AsyncGenerator[bytes, None], place: AbstractContextManager[None], pace: Pace
) -> StreamingResponse:
    """Each body as an event `next`, then `complete`; comments in between so that no proxy takes it for dead.

    `place` is held as long as the stream is. When its time is over it ends without `complete`: its reader reconnects.
    """
    # A proxy that gathers answers would hold back every event.
    headers = headers_of(Media.EVENTS, x_accel_buffering="no")
    return StreamingResponse(_events(bodies, place, pace), headers=headers)


async def _events(
    bodies: AsyncGenerator[bytes, None], place: AbstractContextManager[None], pace: Pace
) -> AsyncGenerator[bytes, None]:
    now = asyncio.get_running_loop().time
    end, look = now() + pace.seconds, now() + pace.heartbeat_seconds
    with place, HELD.labels("stream").track_inprogress():
        try:
            async with aclosing(bodies), aclosing(_ticking(bodies, pace)) as ticking:
                async for body in ticking:
                    if pace.ending.is_set() or now() > end:
                        return
                    if body is None or now() >= look:
                        await pace.check()
                        look = now() + pace.heartbeat_seconds
                    yield HEARTBEAT if body is None else _next(body)
        except Fault as fault:
            yield _next(refusal([of_fault(fault)]))
    yield COMPLETE


def _next(body: bytes) -> bytes:
    return b"event: next\ndata: " + body + b"\n\n"


async def _ticking(bodies: AsyncGenerator[bytes, None], pace: Pace) -> AsyncGenerator[bytes | None, None]:
    """The bodies as they come, and None whenever nothing came for a heartbeat, or all is about to end."""
    waiting: asyncio.Future[Any] = asyncio.ensure_future(anext(bodies))
    ending: asyncio.Future[Any] = asyncio.ensure_future(pace.ending.wait())
    try:
        while True:
            done, _ = await asyncio.wait(
                {waiting, ending}, timeout=pace.heartbeat_seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if waiting not in done:
                yield None
                continue
            try:
                body = waiting.result()
            except StopAsyncIteration:
                return
            yield body
            waiting = asyncio.ensure_future(anext(bodies))
    finally:
        ending.cancel()
        waiting.cancel()
        # The generator may not be closed while it is still running.
        await asyncio.wait({waiting, ending})
