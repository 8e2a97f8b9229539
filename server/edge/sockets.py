"""graphql-transport-ws: many operations over one WebSocket, held to the same limits as any other request."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import OperationType
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from graph.execution import Job
from graph.refusal import Refused
from resolvers.caller import Caller, Spending
from server.draining import Draining
from server.edge.callers import UNAUTHENTICATED, Callers, anonymous, key_in
from server.edge.channel import (
    DUPLICATE,
    FORBIDDEN,
    GOING_AWAY,
    INVALID,
    NOT_ACCEPTABLE,
    PROTOCOL,
    TOO_MANY,
    TOO_SLOW,
    TRY_AGAIN,
    UNAUTHORIZED,
    Channel,
    Closing,
    id_of,
    payload_of,
)
from server.edge.counts import HELD
from server.edge.errors import formatted, masked, of_fault
from server.edge.fault import Fault
from server.edge.operations import Operations
from server.edge.origins import Origins
from server.edge.parameters import from_body
from server.edge.places import Places
from server.edge.strictjson import StrictJson


@dataclass(frozen=True, slots=True)
class Sockets:
    """Serves sockets on one path."""

    operations: Operations
    callers: Callers
    json: StrictJson
    places: Places
    origins: Origins
    draining: Draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        if not self.origins.allow(socket.headers.get("origin")):
            await socket.close()
            return
        offered = PROTOCOL in scope.get("subprotocols", ())
        await socket.accept(PROTOCOL if offered else None)
        channel = Channel(socket, self.json)
        try:
            if not offered:
                raise Closing(NOT_ACCEPTABLE, "Subprotocol not acceptable")
            async with asyncio.timeout(self.operations.settings.socket_seconds):
                await self._hold(channel)
        except TimeoutError:
            await channel.close(Closing(TRY_AGAIN, "Reconnect"))
        except Closing as closing:
            await channel.close(closing)
        except WebSocketDisconnect:
            pass

    async def _hold(self, channel: Channel) -> None:
        """From `connection_init` on; raises Closing, and WebSocketDisconnect."""
        try:
            async with asyncio.timeout(self.operations.settings.socket_init_seconds):
                key = await _introduced(channel)
        except TimeoutError as error:
            raise Closing(TOO_SLOW, "Connection initialisation timeout") from error
        caller = await self.caller_of(key, channel)
        try:
            with self.places.one(caller.account), HELD.labels("socket").track_inprogress():
                await channel.send("connection_ack")
                await Conversation(self, channel, caller, key).hold()
        except Fault as fault:
            raise Closing(TOO_MANY, fault.message) from fault

    async def caller_of(self, key: str | None, channel: Channel) -> Caller:
        """Who holds the other end; raises Closing for a key that is not good, or that nothing can be said of."""
        try:
            scope = channel.socket.scope
            return anonymous(scope) if key is None else await self.callers.by_key(key, scope)
        except Fault as fault:
            closing = (FORBIDDEN, "Forbidden") if fault.status == UNAUTHENTICATED else (TRY_AGAIN, "Reconnect")
            raise Closing(*closing) from fault

    async def check(self, key: str | None, channel: Channel) -> None:
        """Raises Closing for a key that is good no longer."""
        try:
            await self.callers.check(key, channel.socket.scope)
        except Fault as fault:
            raise Closing(FORBIDDEN, "Forbidden") from fault


@dataclass(slots=True)
class Conversation:
    """One socket after its introduction: the operations it runs, by the ids it gave them."""

    sockets: Sockets
    channel: Channel
    caller: Caller
    key: str | None
    heard: bool = True
    running: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, asyncio.Task[None]])

    async def hold(self) -> None:
        """Until it is closed from either side."""
        tasks = [asyncio.ensure_future(each) for each in (self._listen(), self._ping(), self._end_with_server())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            tasks += self.running.values()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _ping(self) -> None:
        """Ask now and then whether anyone is there, and whether the key is still good."""
        while True:
            await asyncio.sleep(self.sockets.operations.settings.socket_ping_seconds)
            if not self.heard:
                raise Closing(GOING_AWAY, "Nobody answered")
            self.heard = False
            await self.sockets.check(self.key, self.channel)
            await self.channel.send("ping")

    async def _end_with_server(self) -> None:
        await self.sockets.draining.announced.wait()
        raise Closing(TRY_AGAIN, "Reconnect")

    async def _listen(self) -> None:
        while True:
            message = await self.channel.receive()
            self.heard = True
            match message["type"]:
                case "subscribe":
                    await self._subscribe(message)
                case "complete":
                    self._complete(id_of(message))
                case "ping" | "pong":
                    await self.channel.answer_ping(message)
                case "connection_init":
                    raise Closing(TOO_MANY, "Too many initialisation requests")
                case _:
                    raise Closing(INVALID, "Invalid message type")

    async def _subscribe(self, message: Mapping[str, Any]) -> None:
        id_ = id_of(message)
        if id_ in self.running:
            raise Closing(DUPLICATE, f"Subscriber for {id_} already exists")
        try:
            request = from_body(message.get("payload"))
        except Fault as fault:
            raise Closing(INVALID, fault.message) from fault
        caller = replace(self.caller, spending=Spending())
        try:
            self._check_room()
            job = self.sockets.operations.job(request, caller)
        except Refused as reason:
            await self._refuse(id_, reason, caller)
        except Fault as fault:
            await self.channel.send("error", id=id_, payload=[of_fault(fault)])
        except Exception as error:
            await self.channel.send("error", id=id_, payload=[masked(error)])
        else:
            self.running[id_] = asyncio.create_task(self._run(id_, job, caller))

    def _check_room(self) -> None:
        most = self.sockets.operations.settings.max_socket_operations
        if len(self.running) >= most:
            raise Fault(429, "TOO_MANY_OPERATIONS", f"A socket may run {most} operations at once.")

    async def _refuse(self, id_: str, reason: Refused, caller: Caller) -> None:
        errors = formatted(reason.errors)
        try:
            await self.sockets.operations.purses.charge_point(caller)
        except Fault as fault:
            errors = [of_fault(fault)]
        await self.channel.send("error", id=id_, payload=errors)

    async def _run(self, id_: str, job: Job, caller: Caller) -> None:
        """One operation, to its last message."""
        try:
            await self._answer(id_, job, caller)
        except Refused as reason:
            await self._end(id_, "error", payload=formatted(reason.errors))
        except Fault as fault:
            await self._end(id_, "error", payload=[of_fault(fault)])
        except WebSocketDisconnect:
            self.running.pop(id_, None)
        except Exception as error:
            # Whatever it is: this operation ends, the others go on.
            await self._end(id_, "error", payload=[masked(error)])
        else:
            await self._end(id_, "complete")

    async def _answer(self, id_: str, job: Job, caller: Caller) -> None:
        operations = self.sockets.operations
        context = await operations.pinned(caller)
        if job.operation.kind is not OperationType.SUBSCRIPTION:
            paid = await operations.charge(job, caller)
            await self.channel.send_next(id_, operations.body(await operations.execute(job, context, paid), context))
            return
        events = await operations.events(job, context)
        async with aclosing(operations.bodies(events, job, context)) as bodies:
            async for body in bodies:
                await self.channel.send_next(id_, body)

    async def _end(self, id_: str, type_: str, **members: Any) -> None:
        """Say the last word of an operation; its id is free from then on."""
        if self.running.pop(id_, None) is not None:
            with suppress(WebSocketDisconnect):
                await self.channel.send(type_, id=id_, **members)

    def _complete(self, id_: str) -> None:
        task = self.running.pop(id_, None)
        if task is not None:
            task.cancel()


async def _introduced(channel: Channel) -> str | None:
    """The key of `connection_init`, else of the handshake; raises Closing."""
    message = await channel.receive()
    while message["type"] in ("ping", "pong"):
        await channel.answer_ping(message)
        message = await channel.receive()
    if message["type"] != "connection_init":
        raise Closing(UNAUTHORIZED, "Unauthorized")
    said = {name.lower(): value for name, value in payload_of(message).items() if isinstance(value, str)}
    headers = {name.encode(): value.encode("latin-1", "replace") for name, value in said.items()}
    try:
        return key_in(headers) or key_in(dict(channel.socket.scope["headers"]))
    except Fault as fault:
        raise Closing(FORBIDDEN, "Forbidden") from fault
