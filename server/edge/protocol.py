"""HTTP/1.1 as uvicorn reads it, with an end to how long a head may be, and how long it and reading may take."""

import asyncio
from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.edge.errors import of_fault
from server.edge.fault import Fault
from server.edge.settings import EdgeSettings
from server.edge.written import refusal

# The name under which the application's lifespan state holds the limits.
STATE = "head_limits"
# Each header costs a colon, a space and the end of its line besides.
PER_HEADER = 4
# Clients that keep connections open expect to use them again after a pause of their user.
KEEP_ALIVE_SECONDS = 30
LINGER_SECONDS = 1.0
REASONS = {408: b"Request Timeout", 431: b"Request Header Fields Too Large"}
HEAD = (
    b"HTTP/1.1 %d %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
    b"cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Of a request line and its headers, and how long an answer may lie unread."""

    size: int = 32_768
    headers: int = 100
    seconds: float = 10.0
    unread_seconds: float = 30.0


def limits_of(settings: EdgeSettings) -> ConnectionLimits:
    return ConnectionLimits(
        settings.max_header_bytes, settings.max_headers, settings.header_seconds, settings.unread_seconds
    )


def uvicorn_options(settings: EdgeSettings) -> dict[str, Any]:
    """What uvicorn has to be told, beside where to listen. The lifespan's state brings the limits themselves."""
    return {
        "http": f"{__name__}:{BoundedProtocol.__name__}",
        "ws_max_size": settings.max_body_bytes,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "server_header": False,
    }


class BoundedProtocol(HttpToolsProtocol):
    """A connection whose heads are limited, and which is closed where none arrives, or nobody reads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.limits: ConnectionLimits = self.app_state.get(STATE, ConnectionLimits())
        self.head_bytes = 0
        self.in_head, self.begun, self.refused, self.leaving = True, False, False, False
        self.timer: asyncio.TimerHandle | None = None
        self.unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._is_read()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.unread = self.loop.call_later(self.limits.unread_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        self._is_read()
        super().resume_writing()

    def _is_read(self) -> None:
        if self.unread is not None:
            self.unread.cancel()
            self.unread = None

    def data_received(self, data: bytes) -> None:
        if self.refused:
            return
        if self.in_head:
            self.head_bytes += len(data)
        super().data_received(data)
        if self.in_head and self.head_bytes > self.limits.size:
            self._refuse_size()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self.in_head:
            self._expect_head()
        self.begun = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """One more than there may be is enough to refuse them all."""
        if len(self.headers) <= self.limits.headers:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._stop_timer()
        self.in_head, self.begun, self.head_bytes = False, False, 0
        size = len(self.url) + sum(len(name) + len(value) + PER_HEADER for name, value in self.headers)
        if size > self.limits.size:
            self._refuse_size()
        elif len(self.headers) > self.limits.headers:
            self._refuse(431, f"A request may have {self.limits.headers} headers.")
        else:
            super().on_headers_complete()
            if self.leaving and self.cycle is not None:
                self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """End after the answer under way, else after a moment: a request that was sent already is answered too."""
        self.leaving = True
        if self._is_idle():
            self.loop.call_later(LINGER_SECONDS, self._leave)
        elif self.cycle is not None:
            self.cycle.keep_alive = False

    def _leave(self) -> None:
        if self._is_idle():
            self.transport.close()

    def _is_idle(self) -> bool:
        return not self.begun and (self.cycle is None or self.cycle.response_complete)

    def on_body(self, body: bytes) -> None:
        if not self.refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.refused:
            super().on_message_complete()

    def _expect_head(self) -> None:
        self.in_head, self.head_bytes = True, 0
        self._stop_timer()
        self.timer = self.loop.call_later(self.limits.seconds, self._give_up)

    def _stop_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def _give_up(self) -> None:
        if self.begun:
            self._refuse(408, "The headers did not arrive in time.")
        else:
            self.transport.close()

    def _refuse_size(self) -> None:
        self._refuse(431, f"A request's line and headers may have {self.limits.size} bytes.")

    def _refuse(self, status: int, message: str) -> None:
        """Answer without the application, and hang up."""
        if self.refused:
            return
        self.refused = True
        self._stop_timer()
        code = "REQUEST_TIMEOUT" if status == 408 else "HEADERS_TOO_LARGE"
        body = refusal([of_fault(Fault(status, code, message))])
        self.transport.write(HEAD % (status, REASONS[status], len(body)) + body)
        # What is still on its way is let pass for a moment, or its sender would be cut off before it reads this.
        self.timer = self.loop.call_later(LINGER_SECONDS, self.transport.close)
        if self.transport.can_write_eof():
            self.transport.write_eof()
