"""Upstreams over HTTP: one exchange at a time, within the budget of its host.

The only module that knows httpx.
"""

import asyncio
import hashlib
import logging
import zlib
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import NamedTuple

import httpx
from opentelemetry.trace import SpanKind

from models.span import span
from sync.budget import Budget
from sync.errors import Busy, NotFound, Refused, Unreachable
from sync.memory import Known
from sync.request import Request
from sync.response import retry_after, said_in
from sync.upstream import Host, Upstreams

Clock = Callable[[], datetime]

AGENT = "accrual"
# Ten times the largest answer known, /overview/fees with its breakdown: beyond it something is wrong.
LARGEST = 512 * 1024 * 1024
# Level 1 packs these numbers to a fifth in a third of the time of the default.
LEVEL = 1
# Both log whole URLs, with the keys in them.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class Body(NamedTuple):
    """A whole answer, zlib-compressed: None in `packed` when the upstream says that nothing has changed."""

    packed: bytes | None
    sha256: str
    etag: str | None
    last_modified: str | None


class Pool:
    """One connection pool and one budget per host for all sources of a run."""

    def __init__(self, http: httpx.AsyncClient, upstreams: Upstreams, clock: Clock) -> None:
        self.http = http
        self.upstreams = upstreams
        self.clock = clock
        # By the loop's clock, not by one that can be set.
        self.deadline = asyncio.get_running_loop().time() + upstreams.deadline.total_seconds()
        # Parsed answers are many times their size: one at a time.
        self.parsing = asyncio.Lock()
        self._budgets: dict[str, Budget] = {}

    def budget(self, host: Host) -> Budget:
        """The budget of a host: one for all who ask it under this address."""
        if host.url not in self._budgets:
            self._budgets[host.url] = Budget(host.per_minute, host.concurrent)
        return self._budgets[host.url]

    async def fetched(self, request: Request, before: Known | None) -> Body:
        """The answer, asked for once; `before`: the last one, which is asked whether it still holds.

        Raises NotFound, Refused, Busy, Unreachable.
        """
        try:
            async with self.budget(request.host).spent(request.weight):
                async with asyncio.timeout(request.host.timeout.total_seconds()):
                    return await self._exchanged(request, before)
        except TimeoutError as error:
            seconds = request.host.timeout.total_seconds()
            raise Unreachable(f"{request.named} did not answer within {seconds:g} s") from error
        except httpx.HTTPError as error:
            # The chain would quote the URL, key and all.
            reason = request.host.redacted(str(error)) or type(error).__name__
            raise Unreachable(f"{request.named} gave no whole answer: {reason}") from None
        except httpx.InvalidURL:
            raise Refused(f"{request.named} is not an address that can be asked") from None

    async def _exchanged(self, request: Request, before: Known | None) -> Body:
        with span(f"upstream {request.source}", request.described, SpanKind.CLIENT) as current:
            async with self._streamed(request, before) as response:
                current.set_attribute("http.response.status_code", response.status_code)
                if response.status_code == httpx.codes.NOT_MODIFIED and before is not None:
                    return Body(None, before.sha256, before.etag, before.last_modified)
                await self._accept(request, response)
                return await _read(request, response)

    def _streamed(self, request: Request, before: Known | None) -> AbstractAsyncContextManager[httpx.Response]:
        headers = request.host.header_values() | _conditions(before)
        if request.content is not None:
            headers["content-type"] = "application/json"
        return self.http.stream(
            request.method,
            request.host.base + request.path,
            params=dict(request.params) or None,
            headers=headers,
            content=request.content,
            timeout=httpx.Timeout(request.host.timeout.total_seconds()),
        )

    async def _accept(self, request: Request, response: httpx.Response) -> None:
        """Raise what an answer other than 200 means."""
        status = response.status_code
        if status == httpx.codes.OK:
            return
        said = said_in(await response.aread(), request.host.redacted)
        message = f"{request.named} answered {status}" + (f": {said}" if said else "")
        if status in (400, 404):
            raise NotFound(message)
        if status in (408, 425, 429) or status >= 500:
            raise Busy(message, retry_after(response.headers, self.clock()))
        raise Refused(message)


@asynccontextmanager
async def connected(upstreams: Upstreams, clock: Clock) -> AsyncGenerator[Pool, None]:
    """A pool, closed at the end."""
    # A redirect could carry a key to another host.
    async with httpx.AsyncClient(headers={"user-agent": AGENT}, follow_redirects=False) as http:
        yield Pool(http, upstreams, clock)


async def _read(request: Request, response: httpx.Response) -> Body:
    """The body, compressed as it comes in, so that it is never held whole."""
    packer, digest, packed, size = zlib.compressobj(LEVEL), hashlib.sha256(), bytearray(), 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > LARGEST:
            raise Refused(f"{request.named} sent more than {LARGEST} bytes")
        digest.update(chunk)
        packed += packer.compress(chunk)
    packed += packer.flush()
    headers = response.headers
    return Body(bytes(packed), digest.hexdigest(), headers.get("etag"), headers.get("last-modified"))


def _conditions(before: Known | None) -> dict[str, str]:
    if before is None:
        return {}
    conditions = {"if-none-match": before.etag, "if-modified-since": before.last_modified}
    return {name: value for name, value in conditions.items() if value}
