"""Upstreams over HTTP: patient, within their budgets, and without reading twice what has not changed.

The only module that knows httpx.
"""

import asyncio
import hashlib
import json
import logging
import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

import httpx
import stamina
from opentelemetry.trace import SpanKind

from models.span import span
from sync.budget import Budget
from sync.errors import Busy, NotFound, OutOfTime, Passing, Refused, Unintelligible, Unreachable
from sync.memory import FRESH, Known, Memory
from sync.report import Resource
from sync.response import numbers_as_written, retry_after, said_in
from sync.upstream import NOTHING, Host, Patience, Upstreams

T = TypeVar("T")
Parse = Callable[[Any], T]
Clock = Callable[[], datetime]

AGENT = "accrual"
# Ten times the largest answer known, /overview/fees with its breakdown: beyond it something is wrong.
LARGEST = 512 * 1024 * 1024
# Level 1 packs these numbers to a fifth in a third of the time of the default.
LEVEL = 1
# Both log whole URLs, with the keys in them.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """An answer; `changed` unless it is byte for byte what was read before. `value()` parses it, once at most."""

    address: str
    changed: bool
    value: Callable[[], Awaitable[T]]


class _Body(NamedTuple):
    """A whole answer: None in `packed` when the upstream says that nothing has changed."""

    packed: bytes | None
    sha256: str
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class _Request:
    host: Host
    method: str
    path: str
    params: Mapping[str, str]
    address: str
    weight: float
    content: bytes | None = None


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


@asynccontextmanager
async def connected(upstreams: Upstreams, clock: Clock) -> AsyncGenerator[Pool, None]:
    """A pool, closed at the end."""
    # A redirect could carry a key to another host.
    async with httpx.AsyncClient(headers={"user-agent": AGENT}, follow_redirects=False) as http:
        yield Pool(http, upstreams, clock)


@dataclass(slots=True)
class Client:
    """What one source reads through. `resources` are the answers of this run, to be remembered once published."""

    pool: Pool
    source: str
    memory: Memory = FRESH
    on_answer: Callable[[int], None] | None = None
    answers: int = 0
    resources: dict[str, Resource] = field(default_factory=dict)

    @property
    def upstreams(self) -> Upstreams:
        return self.pool.upstreams

    def known(self, host: Host, path: str, params: Mapping[str, str] = NOTHING) -> Known | None:
        """What is remembered of an answer."""
        return self.memory.known.get(_address(host, path, params))

    def last_read(self, host: Host) -> datetime | None:
        """When anything of a host was last found changed."""
        mine = (known.fetched_at for address, known in self.memory.known.items() if address.startswith(host.url))
        return max(mine, default=None)

    async def get(
        self,
        host: Host,
        path: str,
        parse: Parse[T],
        params: Mapping[str, str] = NOTHING,
        *,
        moving: Mapping[str, str] = NOTHING,
        weight: float = 1,
    ) -> Answer[T]:
        """The answer to a GET, parsed if it changed; raises SourceError.

        `parse` is pure and raises SourceError where it understands nothing; it runs in a thread. `moving` are
        parameters, such as a starting day, that do not make it another answer to remember.
        """
        address = _address(host, path, params)
        return await self._ask(_Request(host, "GET", path, {**params, **moving}, address, weight), parse)

    async def post(
        self,
        host: Host,
        path: str,
        question: Mapping[str, Any],
        parse: Parse[T],
        *,
        moving: Mapping[str, Any] = NOTHING,
        weight: float = 1,
    ) -> Answer[T]:
        """The answer to a question sent as JSON, as `get`."""
        content = _json({**question, **moving}).encode()
        request = _Request(host, "POST", path, NOTHING, _question(host, path, question), weight, content)
        return await self._ask(request, parse)

    def asked(self, host: Host, path: str, question: Mapping[str, Any]) -> Known | None:
        """What is remembered of the answer to a question."""
        return self.memory.known.get(_question(host, path, question))

    def forget(self, host: Host, path: str, question: Mapping[str, Any]) -> None:
        """Let the answer this run had to a question not be remembered: only a part of it could be read."""
        self.resources.pop(_question(host, path, question), None)

    async def recall(self, host: Host, path: str, parse: Parse[T], params: Mapping[str, str] = NOTHING) -> T:
        """What an answer said that is known, without asking again."""
        request = _Request(host, "GET", path, params, _address(host, path, params), 0)
        return await self._parsed(request, await self.memory.body(request.address), parse)

    def charge(self, host: Host, weight: float) -> None:
        """Count weight that only the answer told."""
        self.pool.budget(host).charge(weight)

    async def _ask(self, request: _Request, parse: Parse[T]) -> Answer[T]:
        try:
            async with asyncio.timeout_at(self.pool.deadline):
                answer = await self._patiently(request, parse)
        except TimeoutError as error:
            raise OutOfTime(f"{self._named(request)} was not read before the run's time was over") from error
        self.answers += 1
        if self.on_answer is not None:
            self.on_answer(self.answers)
        return answer

    async def _patiently(self, request: _Request, parse: Parse[T]) -> Answer[T]:
        before = self.memory.known.get(request.address)
        async for attempt in _attempts(self.pool.upstreams.patience):
            with attempt:
                body = await self._fetched(request, before)
                changed = before is None or before.sha256 != body.sha256
                parsed = await self._parsed(request, body.packed, parse) if changed and body.packed else None
        if changed and body.packed is not None:
            self._remember(request.address, body, body.packed)
            return Answer(request.address, True, _settled(parsed))
        return Answer(request.address, False, self._later(request, parse))

    async def _fetched(self, request: _Request, before: Known | None) -> _Body:
        try:
            async with self.pool.budget(request.host).spent(request.weight):
                async with asyncio.timeout(request.host.timeout.total_seconds()):
                    return await self._exchanged(request, before)
        except TimeoutError as error:
            seconds = request.host.timeout.total_seconds()
            raise Unreachable(f"{self._named(request)} did not answer within {seconds:g} s") from error
        except httpx.HTTPError as error:
            # The chain would quote the URL, key and all.
            reason = request.host.redacted(str(error)) or type(error).__name__
            raise Unreachable(f"{self._named(request)} gave no whole answer: {reason}") from None
        except httpx.InvalidURL:
            raise Refused(f"{self._named(request)} is not an address that can be asked") from None

    async def _exchanged(self, request: _Request, before: Known | None) -> _Body:
        host = request.host
        headers = host.header_values() | _conditions(before)
        if request.content is not None:
            headers["content-type"] = "application/json"
        url = host.base + request.path
        timeout = httpx.Timeout(host.timeout.total_seconds())
        streamed = self.pool.http.stream(
            request.method,
            url,
            params=dict(request.params) or None,
            headers=headers,
            content=request.content,
            timeout=timeout,
        )
        with span(f"upstream {self.source}", _described(request), SpanKind.CLIENT) as current:
            async with streamed as response:
                current.set_attribute("http.response.status_code", response.status_code)
                if response.status_code == httpx.codes.NOT_MODIFIED and before is not None:
                    return _Body(None, before.sha256, before.etag, before.last_modified)
                await self._accept(request, response)
                return await self._read(request, response)

    async def _accept(self, request: _Request, response: httpx.Response) -> None:
        """Raise what an answer other than 200 means."""
        status = response.status_code
        if status == httpx.codes.OK:
            return
        said = request.host.redacted(said_in(await response.aread()))
        message = f"{self._named(request)} answered {status}" + (f": {said}" if said else "")
        if status in (400, 404):
            raise NotFound(message)
        if status in (408, 425, 429) or status >= 500:
            raise Busy(message, retry_after(response.headers, self.pool.clock()))
        raise Refused(message)

    async def _read(self, request: _Request, response: httpx.Response) -> _Body:
        """The body, compressed as it comes in, so that it is never held whole."""
        packer, digest, packed, size = zlib.compressobj(LEVEL), hashlib.sha256(), bytearray(), 0
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > LARGEST:
                raise Refused(f"{self._named(request)} sent more than {LARGEST} bytes")
            digest.update(chunk)
            packed += packer.compress(chunk)
        packed += packer.flush()
        headers = response.headers
        return _Body(bytes(packed), digest.hexdigest(), headers.get("etag"), headers.get("last-modified"))

    async def _parsed(self, request: _Request, packed: bytes, parse: Parse[T]) -> T:
        try:
            async with self.pool.parsing:
                return await asyncio.to_thread(lambda: parse(numbers_as_written(packed)))
        except Unintelligible as error:
            raise Unintelligible(f"{self._named(request)} {error}") from error

    def _later(self, request: _Request, parse: Parse[T]) -> Callable[[], Awaitable[T]]:
        async def value() -> T:
            return await self._parsed(request, await self.memory.body(request.address), parse)

        return value

    def _remember(self, address: str, body: _Body, packed: bytes) -> None:
        self.resources[address] = Resource(
            address, self.source, body.etag, body.last_modified, body.sha256, self.pool.clock(), packed
        )

    def _named(self, request: _Request) -> str:
        return f"{self.source}: {request.address}"


def _described(request: _Request) -> dict[str, str]:
    """What a trace tells of a request: not its whole address, there may be a key in it."""
    address = httpx.URL(request.host.url).host
    return {"http.request.method": request.method, "server.address": address, "url.path": request.path}


def _attempts(patience: Patience) -> Any:
    def again(error: Exception) -> bool | float:
        if not isinstance(error, Passing):
            return False
        return True if error.wait is None else min(error.wait, patience.longest.total_seconds())

    return stamina.retry_context(
        on=again,
        attempts=patience.attempts,
        timeout=None,
        wait_initial=patience.first,
        wait_max=patience.longest,
        wait_jitter=patience.jitter,
    )


def _conditions(before: Known | None) -> dict[str, str]:
    if before is None:
        return {}
    conditions = {"if-none-match": before.etag, "if-modified-since": before.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _address(host: Host, path: str, params: Mapping[str, str]) -> str:
    query = str(httpx.QueryParams(dict(params)))
    return f"{host.url}{path}" + (f"?{query}" if query else "")


def _question(host: Host, path: str, question: Mapping[str, Any]) -> str:
    """What the answer to a question is remembered by."""
    return f"{_address(host, path, NOTHING)}#{_json(question)}"


def _json(question: Mapping[str, Any]) -> str:
    return json.dumps(dict(question), sort_keys=True, separators=(",", ":"))


def _settled(value: Any) -> Callable[[], Awaitable[Any]]:
    async def settled() -> Any:
        return value

    return settled
