"""Answers as server-sent events: graphql-sse in its distinct connections mode."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, aclosing

from starlette.responses import StreamingResponse

from server.edge.negotiation import Media
from server.edge.reply import headers_of

# Lines end in LF alone: some clients split events at two of them.
COMPLETE = b"event: complete\ndata: \n\n"
HEARTBEAT = b":\n\n"


def event_stream(
    bodies: AsyncGenerator[bytes, None], place: AbstractContextManager[None], heartbeat_seconds: float, seconds: float
) -> StreamingResponse:
    """Each body as an event `next`, then `complete`; comments in between so that no proxy takes it for dead.

    `place` is held as long as the stream is. After `seconds` it ends without `complete`: its reader reconnects.
    """
    # A proxy that gathers answers would hold back every event.
    headers = headers_of(Media.EVENTS, x_accel_buffering="no")
    return StreamingResponse(_events(bodies, place, heartbeat_seconds, seconds), headers=headers)


async def _events(
    bodies: AsyncGenerator[bytes, None], place: AbstractContextManager[None], heartbeat_seconds: float, seconds: float
) -> AsyncGenerator[bytes, None]:
    end = asyncio.get_running_loop().time() + seconds
    with place:
        async with aclosing(bodies), aclosing(_ticking(bodies, heartbeat_seconds)) as ticking:
            async for body in ticking:
                yield HEARTBEAT if body is None else b"event: next\ndata: " + body + b"\n\n"
                if asyncio.get_running_loop().time() > end:
                    return
    yield COMPLETE


async def _ticking(bodies: AsyncGenerator[bytes, None], every: float) -> AsyncGenerator[bytes | None, None]:
    """The bodies as they come, and None whenever nothing came for so long."""
    waiting: asyncio.Future[bytes] = asyncio.ensure_future(anext(bodies))
    try:
        while True:
            done, _ = await asyncio.wait({waiting}, timeout=every)
            if not done:
                yield None
                continue
            try:
                body = waiting.result()
            except StopAsyncIteration:
                return
            yield body
            waiting = asyncio.ensure_future(anext(bodies))
    finally:
        waiting.cancel()
        # The generator may not be closed while it is still running.
        await asyncio.wait({waiting})
