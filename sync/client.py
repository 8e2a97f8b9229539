"""What a source asks through: patient, and without reading twice what has not changed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

import stamina

from sync.errors import OutOfTime, Passing, Unintelligible
from sync.memory import FRESH, Known, Memory
from sync.pool import Body, Pool
from sync.report import Resource
from sync.request import Request, address_of, address_of_question, as_json
from sync.response import numbers_as_written
from sync.upstream import NOTHING, Host, Patience, Upstreams

# An answer that comes at the second asking is no news, and one that never comes is told of by name at the end.
logging.getLogger("stamina").setLevel(logging.ERROR)

# What a parse stumbles over where a value is not what it should be: none of it may end the other sources' runs.
ODD = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)

T = TypeVar("T")
Parse = Callable[[Any], T]


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """An answer; `changed` unless it is byte for byte what was read before. `value()` parses it, once at most."""

    address: str
    changed: bool
    value: Callable[[], Awaitable[T]]


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
        return self.memory.known.get(address_of(host, path, params))

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
        address, asked = address_of(host, path, params), {**params, **moving}
        return await self._ask(Request(self.source, host, "GET", path, asked, address, weight), parse)

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
        address, content = address_of_question(host, path, question), as_json({**question, **moving}).encode()
        return await self._ask(Request(self.source, host, "POST", path, NOTHING, address, weight, content), parse)

    def asked(self, host: Host, path: str, question: Mapping[str, Any]) -> Known | None:
        """What is remembered of the answer to a question."""
        return self.memory.known.get(address_of_question(host, path, question))

    def forget(self, host: Host, path: str, question: Mapping[str, Any]) -> None:
        """Let the answer this run had to a question not be remembered: only a part of it could be read."""
        self.resources.pop(address_of_question(host, path, question), None)

    async def recall(self, host: Host, path: str, parse: Parse[T], params: Mapping[str, str] = NOTHING) -> T:
        """What an answer said that is known, without asking again."""
        request = Request(self.source, host, "GET", path, params, address_of(host, path, params))
        return await self._parsed(request, await self.memory.body(request.address), parse)

    def charge(self, host: Host, weight: float) -> None:
        """Count weight that only the answer told."""
        self.pool.budget(host).charge(weight)

    async def _ask(self, request: Request, parse: Parse[T]) -> Answer[T]:
        try:
            async with asyncio.timeout_at(self.pool.deadline):
                answer = await self._patiently(request, parse)
        except TimeoutError as error:
            raise OutOfTime(f"{request.named} was not read before the run's time was over") from error
        self.answers += 1
        if self.on_answer is not None:
            self.on_answer(self.answers)
        return answer

    async def _patiently(self, request: Request, parse: Parse[T]) -> Answer[T]:
        before = self.memory.known.get(request.address)
        async for attempt in _attempts(self.pool.upstreams.patience):
            with attempt:
                body = await self.pool.fetched(request, before)
                changed = before is None or before.sha256 != body.sha256
                parsed = await self._parsed(request, body.packed, parse) if changed and body.packed else None
        if changed and body.packed is not None:
            self._remember(request.address, body, body.packed)
            return Answer(request.address, True, _settled(parsed))
        return Answer(request.address, False, self._later(request, parse))

    async def _parsed(self, request: Request, packed: bytes, parse: Parse[T]) -> T:
        try:
            async with self.pool.parsing:
                return await asyncio.to_thread(lambda: parse(numbers_as_written(packed, request.host.redacted)))
        except Unintelligible as error:
            raise Unintelligible(f"{request.named} {request.host.redacted(str(error))}") from error
        except ODD as error:
            odd = request.host.redacted(f"{type(error).__name__}: {error}")
            raise Unintelligible(f"{request.named} holds a value that can't be read ({odd[:200]})") from error

    def _later(self, request: Request, parse: Parse[T]) -> Callable[[], Awaitable[T]]:
        async def value() -> T:
            return await self._parsed(request, await self.memory.body(request.address), parse)

        return value

    def _remember(self, address: str, body: Body, packed: bytes) -> None:
        self.resources[address] = Resource(
            address, self.source, body.etag, body.last_modified, body.sha256, self.pool.clock(), packed
        )


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


def _settled(value: Any) -> Callable[[], Awaitable[Any]]:
    async def settled() -> Any:
        return value

    return settled
