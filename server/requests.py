"""What happens around every request: an id, a log line, a count."""

import logging
import re
import time
from functools import cache
from typing import Any
from uuid import uuid4

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.metrics import IN_PROGRESS, REQUESTS, SECONDS

ID_HEADER = "x-request-id"
# What a caller may choose as an id: long enough for any tracing system, and nothing that could forge a log line.
SOUND_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
OTHER = "other"
# Where an application says in a request's scope what else shall be logged of it.
TOLD = "accrual.told"

log, said = structlog.get_logger("server.requests"), logging.getLogger("server.requests")


class Requests:
    """Wraps an application. The id is the caller's where it sent a sound one, and goes back with the answer.

    Only `paths` are named in counts, and only the METHODS: others would let a caller make labels without end.
    """

    def __init__(self, app: ASGIApp, paths: frozenset[str]) -> None:
        self.app = app
        self.paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, status, began = _id_of(scope), 500, time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[ID_HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id), IN_PROGRESS.track_inprogress():
            try:
                await self.app(scope, receive, answer)
            finally:
                self._record(scope, status, time.perf_counter() - began)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        path = scope["path"] if scope["path"] in self.paths else OTHER
        method = scope["method"] if scope["method"] in METHODS else OTHER
        record(method, path, status, seconds, **scope.get(TOLD, {}))


def record(method: str, route: str, status: int, seconds: float, **more: Any) -> None:
    """Count an answered request, and log it with what more there is to say of it."""
    count, duration = _counts(method, route, status)
    count.inc()
    duration.observe(seconds)
    if said.isEnabledFor(logging.INFO):
        log.info("request", method=method, route=route, status=status, milliseconds=round(seconds * 1000, 1), **more)


@cache
def _counts(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Where they are counted: routes, methods and statuses are few."""
    return REQUESTS.labels(route, method, str(status)), SECONDS.labels(route)


def _id_of(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == ID_HEADER.encode():
            sent: str = value.decode("latin-1")
            if SOUND_ID.fullmatch(sent):
                return sent
    return uuid4().hex
