"""The messages of graphql-transport-ws: read strictly, written as JSON, and the codes a socket is closed with."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from server.edge.fault import Fault, bad_request
from server.edge.strictjson import StrictJson
from server.edge.written import written

PROTOCOL = "graphql-transport-ws"
# The protocol's own close codes, and two of WebSocket's.
INVALID, UNAUTHORIZED, FORBIDDEN, NOT_ACCEPTABLE = 4400, 4401, 4403, 4406
TOO_SLOW, DUPLICATE, TOO_MANY = 4408, 4409, 4429
GOING_AWAY, TRY_AGAIN = 1001, 1012
# A longer one is no name for an operation.
LONGEST_ID = 256
# A close frame holds 123 bytes of reason.
LONGEST_REASON = 120


class Closing(Exception):
    """Ends a socket with a code and a reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass(frozen=True, slots=True)
class Channel:
    """An accepted socket."""

    socket: WebSocket
    json: StrictJson

    async def receive(self) -> dict[str, Any]:
        """The next message, an object with a type; raises Closing, and WebSocketDisconnect when it was the last."""
        # Messages that wait already are had without waiting: everyone else gets a turn between two of them.
        await asyncio.sleep(0)
        received = await self.socket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code", GOING_AWAY))
        try:
            text = received.get("text")
            message = self.json.read(text) if text is not None else None
            if not isinstance(message, dict) or not isinstance(message.get("type"), str):
                raise bad_request("A message is a JSON object with a type.")
        except Fault as fault:
            raise Closing(INVALID, fault.message) from fault
        return message

    async def send(self, type_: str, **members: Any) -> None:
        await self.socket.send_text(written({"type": type_, **members}).decode())

    async def send_next(self, id_: str, body: bytes) -> None:
        """An answer that is JSON already."""
        await self.socket.send_text((b'{"id":' + written(id_) + b',"type":"next","payload":' + body + b"}").decode())

    async def answer_ping(self, message: Mapping[str, Any]) -> None:
        """A ping gets a pong with its payload; a pong gets nothing."""
        payload = payload_of(message)
        if message["type"] == "ping":
            await self.send("pong", **({"payload": payload} if payload else {}))

    async def close(self, closing: Closing) -> None:
        if self.socket.application_state is not WebSocketState.DISCONNECTED:
            # The other side may have hung up in the meantime.
            with suppress(WebSocketDisconnect, RuntimeError):
                await self.socket.close(closing.code, closing.reason[:LONGEST_REASON])


def id_of(message: Mapping[str, Any]) -> str:
    """The operation a message is about; raises Closing."""
    id_ = message.get("id")
    if not isinstance(id_, str) or not 0 < len(id_) <= LONGEST_ID:
        raise Closing(INVALID, "The id is a string.")
    return id_


def payload_of(message: Mapping[str, Any]) -> dict[str, Any]:
    """The payload where it may be left out; raises Closing."""
    payload = message.get("payload")
    if not isinstance(payload, dict | None):
        raise Closing(INVALID, "The payload is an object.")
    return payload or {}
