"""GraphQL over HTTP: one request in, one answer out, by the rules of graphql-over-http."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from graphql import GraphQLError, OperationType
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graph.execution import Job
from graph.refusal import Refused
from resolvers.caller import Caller
from resolvers.context import Context
from server.draining import Draining
from server.edge.callers import Callers, key_in
from server.edge.errors import formatted, masked, of_fault
from server.edge.fault import Fault, bad_request
from server.edge.hot import LASTING, USUAL
from server.edge.incoming import CLOSING, Gone, Incoming, utf8
from server.edge.negotiation import Media, accepts_events, negotiated
from server.edge.operations import Operations, Outcome, logged
from server.edge.origins import Origins
from server.edge.parameters import Parameters, from_body, from_url
from server.edge.places import Places
from server.edge.reply import Reply, headers_of, names, reply_to, status_of
from server.edge.stream import Pace, event_stream
from server.edge.strictjson import StrictJson
from server.edge.written import refusal
from server.requests import TOLD

METHODS = "GET, POST"
# Any of these shows that a browser asked the server first, as it must before it sends one across sites.
PREFLIGHTED = (b"graphql-require-preflight", b"x-apollo-operation-name", b"apollo-require-preflight")


@dataclass(frozen=True, slots=True)
class View:
    """Answers one path."""

    operations: Operations
    callers: Callers
    json: StrictJson
    places: Places
    draining: Draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            reply = await self.reply(Incoming(scope, receive))
        except Gone:
            return
        if isinstance(reply, Reply):
            await reply.send(send, CLOSING if self.draining.begun else {})
        else:
            await reply(scope, receive, send)

    async def reply(self, incoming: Incoming) -> Reply | Response:
        """The answer to any request; raises Gone alone."""
        media = Media.JSON
        try:
            self._check_frame(incoming)
            media = negotiated(incoming.header(b"accept"))
            caller = await self.callers.of(incoming.scope, incoming.headers)
            request = await self._parameters(incoming)
            return await self._answered(incoming, media, request, caller)
        except Fault as fault:
            return reply_to(fault, media)
        except Gone:
            raise
        except Exception as error:
            # Whatever it is: a client is told in the shape that it can read.
            return Reply(500, refusal([masked(error)]), headers_of(Media.JSON if media is Media.EVENTS else media))

    def _check_frame(self, incoming: Incoming) -> None:
        """What can be said before anything is read."""
        if incoming.method not in ("GET", "POST"):
            raise Fault(405, "METHOD_NOT_ALLOWED", f"Use {METHODS}.", {"allow": METHODS})
        most = self.operations.settings.max_url_bytes
        if len(incoming.scope.get("raw_path", b"")) + len(incoming.query_string) > most:
            raise Fault(414, "URI_TOO_LONG", f"A path and its query string may have {most} bytes: use POST.")

    async def _parameters(self, incoming: Incoming) -> Parameters:
        if incoming.method == "GET":
            request = from_url(incoming.query_string, self.json)
            self._check_site(incoming, request)
            return request
        incoming.check_json()
        settings = self.operations.settings
        body = await incoming.body(settings.max_body_bytes, settings.body_seconds)
        return from_body(self.json.plain(body) or self.json.read(utf8(body)))

    def _check_site(self, incoming: Incoming, request: Parameters) -> None:
        """A page of another site may read, but not make a browser send what it could not have typed itself.

        Its EventSource can show nothing but where it comes from.
        """
        if incoming.headers.get(b"sec-fetch-site") != b"cross-site" or request.document_id is not None:
            return
        origin = incoming.header(b"origin")
        if origin is None or incoming.header(b"accept") != Media.EVENTS.value:
            _check_preflight(incoming)
        elif not Origins(self.operations.settings.allowed_origins).allow(origin):
            raise Fault(403, "FORBIDDEN", "A page of this origin may not listen to events.")

    async def _answered(
        self, incoming: Incoming, media: Media, request: Parameters, caller: Caller
    ) -> Reply | Response:
        try:
            job = self.operations.job(request, caller)
        except Refused as reason:
            await self.operations.purses.charge_point(caller)
            return self._refused(incoming, reason, media, caller)
        incoming.scope[TOLD] = logged(job, caller)
        _check_kind(incoming, job)
        context = await self.operations.pinned(caller)
        if job.operation.kind is OperationType.SUBSCRIPTION:
            return self._stream(incoming, caller, self._subscribed(job, context))
        if media is Media.EVENTS:
            return self._stream(incoming, caller, _one((await self._executed(job, context))[1]))
        if incoming.method == "GET" and not job.operation.volatile:
            return await self._cacheable(incoming, media, job, context)
        outcome, body = await self._executed(job, context)
        incoming.scope[USUAL] = True
        if _lasts(job, outcome):
            incoming.scope[LASTING] = context.pin.epoch
        status = self._status(media, outcome.answer.errors)
        return Reply(status, body, {**headers_of(media), **self.operations.purses.rate_headers(caller)})

    async def _cacheable(self, incoming: Incoming, media: Media, job: Job, context: Context) -> Reply:
        """An HTTP cache may give this answer again, and ask by its tag whether the epoch has moved.

        What is left to a caller is not told in it: it would be told to the next one too.
        """
        tag = etag(job, context, media)
        scope = "public" if context.caller.key_id is None else "private"
        kept = headers_of(media, etag=tag, cache_control=f"{scope}, max-age={self.operations.settings.cache_seconds}")
        if names(incoming.header(b"if-none-match"), tag):
            await self.operations.purses.charge_point(context.caller)
            return Reply(304, b"", kept)
        outcome, body = await self._executed(job, context, standing=False)
        errors = outcome.answer.errors
        if errors:
            kept = {**headers_of(media), **self.operations.purses.rate_headers(context.caller)}
        return Reply(self._status(media, errors), body, kept)

    async def _executed(self, job: Job, context: Context, standing: bool = True) -> tuple[Outcome, bytes]:
        """The outcome, and the body; `standing`: with what is left to the caller, different each time."""
        paid = await self.operations.charge(job, context.caller)
        outcome = await self.operations.execute(job, context, paid)
        return outcome, self.operations.body(outcome, context, standing)

    def _stream(self, incoming: Incoming, caller: Caller, bodies: AsyncGenerator[bytes, None]) -> Response:
        settings = self.operations.settings
        self.places.check(caller.account)
        place = self.places.one(caller.account)
        check = partial(self.callers.check, key_in(incoming.headers), incoming.scope)
        pace = Pace(settings.heartbeat_seconds, settings.socket_seconds, self.draining.announced, check)
        return event_stream(bodies, place, pace)

    async def _subscribed(self, job: Job, context: Context) -> AsyncGenerator[bytes, None]:
        try:
            events = await self.operations.events(job, context)
            async with aclosing(self.operations.bodies(events, job, context)) as bodies:
                async for body in bodies:
                    yield body
        except Refused as reason:
            yield refusal(formatted(reason.errors))
        except Fault as fault:
            yield refusal([of_fault(fault)])

    def _refused(self, incoming: Incoming, reason: Refused, media: Media, caller: Caller) -> Reply | Response:
        body = refusal(formatted(reason.errors))
        if media is Media.EVENTS:
            return self._stream(incoming, caller, _one(body))
        headers = {**headers_of(media), **self.operations.purses.rate_headers(caller)}
        return Reply(self._status(media, reason.errors, executed=False), body, headers)

    def _status(self, media: Media, errors: Sequence[GraphQLError], executed: bool = True) -> int:
        return status_of(media, self.operations.settings.status_codes, errors, executed)


async def _one(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


def etag(job: Job, context: Context, media: Media) -> str:
    """Weak: the answer may be compressed on its way."""
    caller: Caller = context.caller
    parts = (
        job.document.digest,
        job.operation.name or "",
        media.value,
        caller.tier,
        str(context.pin.epoch),
        context.state,
    )
    return f'W/"{sha256("|".join(parts).encode() + job.variables_json()).hexdigest()[:32]}"'


def _lasts(job: Job, outcome: Outcome) -> bool:
    """Whether an equal request of the epoch has an equal answer, with the same cost: that of one that is kept."""
    return outcome.answer.kept and not outcome.answer.errors and not job.operation.volatile


def _check_kind(incoming: Incoming, job: Job) -> None:
    kind = job.operation.kind
    if kind is OperationType.MUTATION and incoming.method == "GET":
        raise Fault(405, "METHOD_NOT_ALLOWED", "A mutation is sent by POST.", {"allow": "POST"})
    if kind is OperationType.SUBSCRIPTION and not accepts_events(incoming.header(b"accept")):
        raise Fault(406, "NOT_ACCEPTABLE", "A subscription is answered as text/event-stream, or over a WebSocket.")


def _check_preflight(incoming: Incoming) -> None:
    """Raises Fault where nothing shows that the browser asked before."""
    shown = any(incoming.headers.get(name) for name in PREFLIGHTED)
    if not shown and (incoming.header(b"content-type") or "").partition(";")[0].strip() != "application/json":
        raise bad_request("A page of another site has to send 'GraphQL-Require-Preflight: 1' with a GET.")
