"""What every transport does with a request: find its document, price it, charge for it, execute it, word its errors."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from math import ceil

import structlog
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationType
from opentelemetry.trace import SpanKind
from opentelemetry.util.types import AttributeValue
from prometheus_client import Histogram
from sqlalchemy.exc import DBAPIError

from graph.execution import Answer, CoreExecutor, Executor, Job, answered, job_of
from graph.refusal import Refused, coded, refused
from models.engine import timed_out
from models.epoch import EpochError
from models.span import failed, span
from resolvers.caller import Caller, FieldSpending
from resolvers.context import CONCURRENT_BATCHES, Context
from server.edge.bucket import Allowance, Buckets, Standing
from server.edge.counts import COST, DENIALS, REFUSALS
from server.edge.errors import STATEMENT_TOO_SLOW, TOO_SLOW, code_of, formatted
from server.edge.extensions import cost_of
from server.edge.fault import Fault
from server.edge.parameters import Parameters
from server.edge.persisted import PERSISTED, PREFERRED, PersistedDocuments
from server.edge.settings import EdgeSettings
from server.edge.turns import Turns
from server.edge.usage import Usage
from server.edge.written import body_of

PARTNER = 10
# Of an operation's name in a trace or log: callers choose them.
LONGEST_NAME = 100

log = structlog.get_logger(__name__)

Pinning = Callable[[Caller], Awaitable[Context]]
"""Makes the context of a request: which epoch it reads, and who asks."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer, and the points it cost in the end."""

    answer: Answer
    cost: int


@dataclass(frozen=True, slots=True)
class Operations:
    """Executes requests for callers, whatever they came through."""

    settings: EdgeSettings
    schema: GraphQLSchema
    executor: Executor
    core: CoreExecutor
    documents: PersistedDocuments
    buckets: Buckets
    turns: Turns
    usage: Usage
    context: Pinning
    telling: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONCURRENT_BATCHES))

    def job(self, request: Parameters, caller: Caller) -> Job:
        """The operation a request means, within every limit and scope; raises Refused and Fault. Never waits."""
        try:
            return self.found(request, caller)
        except Refused as reason:
            REFUSALS.labels(code_of(reason.errors[0])).inc()
            raise

    def found(self, request: Parameters, caller: Caller) -> Job:
        """The same, for one who asks again through `job` for what is refused: it is not counted."""
        mode = self.settings.documents if caller.key_id is None else caller.documents
        document = self.documents.find(request, only_trusted=mode == PERSISTED)
        if request.hash is not None and request.query is not None:
            _check_scope(caller, "register")
        job = job_of(self.schema, document, request.operation_name, request.variables, self.documents.documents.limits)
        if mode == PREFERRED and self.documents.trusts(document):
            job = job.reduced(self.settings.preferred_share)
        _check_scope(caller, "subscribe" if job.operation.kind is OperationType.SUBSCRIPTION else "read")
        self._spend(job, caller)
        return job

    async def charge(self, job: Job, caller: Caller) -> Standing:
        """Take the price from the caller's bucket; raises Fault 429 when it can't pay."""
        return await self._charge(caller, 1 if job.dry else job.total.cost)

    async def charge_point(self, caller: Caller) -> None:
        """What a request costs that is not executed: reading it was work."""
        self.usage.count(caller, 1, refused=True)
        await self._charge(caller, 1)

    async def execute(self, job: Job, context: Context, paid: Standing) -> Outcome:
        """Run it when its turn comes and within its time; what it did not use is given back."""
        executor = self.core if job.dry else self.executor
        costs_of(job.operation.kind).observe(job.total.cost)
        with span(job.operation.kind.value, _described(job), SpanKind.SERVER) as current:
            answer = await self._in_turn(executor, job, context)
            if answer.errors:
                failed(current, code_of(answer.errors[0]))
        used = _used(job, answer)
        self.usage.count(context.caller, used)
        context.caller.spending.remaining = await self.refund(context.caller, paid, job.total.cost - used)
        return Outcome(answer, used)

    def settle(self, job: Job, answer: Answer, caller: Caller) -> int:
        """What `charge` and `execute` count of a caller without key and limit; returns the points it cost."""
        allowance, spending = self.allowance(caller), caller.spending
        spending.capacity = spending.remaining = allowance.capacity
        spending.restore_rate = allowance.rate
        costs_of(job.operation.kind).observe(job.total.cost)
        return _used(job, answer)

    async def _in_turn(self, executor: Executor, job: Job, context: Context) -> Answer:
        async with self.turns.one():
            try:
                async with asyncio.timeout(self.settings.execution_seconds):
                    return await executor.execute(job, context)
            except TimeoutError:
                return Answer(None, (_too_slow(self.settings.execution_seconds),))
            except DBAPIError as error:
                if not timed_out(error):
                    raise
                return Answer(None, (coded(TOO_SLOW, STATEMENT_TOO_SLOW),))

    async def events(self, job: Job, context: Context) -> AsyncIterator[ExecutionResult]:
        """The events of a subscription, whose beginning costs as much as one; raises Refused and Fault.

        What it looks through for events is paid for too, and all subscriptions together leave queries their turn.
        """
        await self.charge(job, context.caller)
        self.usage.count(context.caller, job.total.cost)
        context.pay, context.turns = partial(self._pay, context.caller), self.telling
        costs_of(job.operation.kind).observe(job.total.cost)
        with span(job.operation.kind.value, _described(job), SpanKind.SERVER):
            found = await self.core.subscribe(job, context)
        if isinstance(found, ExecutionResult):
            raise Refused(found.errors or [coded("INTERNAL_SERVER_ERROR", "There are no events.")])
        return found

    async def bodies(
        self, events: AsyncIterator[ExecutionResult], job: Job, context: Context
    ) -> AsyncGenerator[bytes, None]:
        """The events as JSON; each is charged like a query. Raises Fault for one that can't be paid, and Refused."""
        try:
            async for result in events:
                await self.charge(job, context.caller)
                self.usage.count(context.caller, job.total.cost)
                yield self.body(Outcome(answered(result), job.total.cost), context)
        except (Fault, Refused):
            raise
        except Exception as error:
            # Whatever the source of the events raised: this operation ends, its connection does not.
            raise Refused([GraphQLError(str(error), original_error=error)]) from error
        finally:
            if isinstance(events, AsyncGenerator):
                await events.aclose()

    def body(self, outcome: Outcome, context: Context, standing: bool = True) -> bytes:
        """The JSON of an answer; `standing`: with what is left to the caller, which is different each time."""
        cost = cost_of(context.caller.spending, outcome.cost if standing else None)
        extensions = {"epoch": context.pin.epoch, "cost": cost}
        return body_of(outcome.answer, formatted(outcome.answer.errors), extensions)

    async def pinned(self, caller: Caller) -> Context:
        """The context of a request; raises Fault 503 while there is nothing to read."""
        try:
            return await self.context(caller)
        except EpochError as error:
            raise Fault(503, error.code, "Nothing is published yet.", {"retry-after": "10"}) from error
        except (DBAPIError, OSError) as error:
            log.exception("the store can't be reached")
            raise Fault(503, "UNAVAILABLE", "The store can't be reached.", {"retry-after": "10"}) from error

    async def refund(self, caller: Caller, paid: Standing, points: int) -> int:
        """Points left to the caller."""
        if points <= 0 or not paid.charged:
            return paid.left
        return await self.buckets.refund(caller.account, self.allowance(caller), paid, points)

    def allowance(self, caller: Caller) -> Allowance:
        """What a caller's tier may spend."""
        said = self.settings
        if caller.key_id is None:
            return Allowance(said.anonymous_capacity, said.anonymous_rate)
        times = PARTNER if caller.tier == "partner" else 1
        return Allowance(said.key_capacity * times, said.key_rate * times)

    def most_cost(self, caller: Caller) -> int:
        return self.settings.max_cost if caller.key_id is None else self.settings.max_cost_with_key

    def rate_headers(self, caller: Caller) -> dict[str, str]:
        """What is left to a caller, none for one without a limit."""
        limited = self.limited(caller)
        return rate_headers(self.allowance(caller), caller.spending.remaining) if limited else {}

    def limited(self, caller: Caller) -> bool:
        """Whether the rate limit holds a caller."""
        return self.settings.rate_limit == "on" or (self.settings.rate_limit == "auto" and caller.tier != "local")

    async def _charge(self, caller: Caller, points: int) -> Standing:
        allowance, spending = self.allowance(caller), caller.spending
        spending.capacity, spending.restore_rate = allowance.capacity, allowance.rate
        if not self.limited(caller):
            spending.remaining = allowance.capacity
            return Standing(True, allowance.capacity)
        standing = await self.buckets.charge(caller.account, allowance, points)
        spending.remaining = standing.left
        missing = (allowance.capacity - standing.left) / allowance.rate
        spending.reset_at = datetime.now(UTC) + timedelta(seconds=missing)
        if not standing.allowed:
            DENIALS.labels(caller.tier).inc()
            raise _rate_limited(allowance, standing)
        return standing

    async def _pay(self, caller: Caller, points: int) -> None:
        """For what a subscription looks through; raises Fault, and Refused for more than an operation may cost."""
        limit = self.most_cost(caller)
        if points > limit:
            raise _too_dear(f"To go on from there costs {points} points, {limit} are allowed.", points, limit)
        await self._charge(caller, points)
        self.usage.count(caller, points, requests=0)

    def _spend(self, job: Job, caller: Caller) -> None:
        total, limit, objects = job.total, self.most_cost(caller), self.settings.max_objects
        spending = caller.spending
        spending.cost, spending.objects, spending.limit = total.cost, total.objects, limit
        if job.dry:
            spending.breakdown = _breakdown(job)
        elif total.cost > limit:
            raise _too_dear(f"This costs {total.cost} points, {limit} are allowed.", total.cost, limit)
        elif total.objects > objects:
            raise _too_dear(f"This may answer {total.objects} objects, {objects} are allowed.", total.objects, objects)


@cache
def costs_of(kind: OperationType) -> Histogram:
    """Where costs of one kind of operation are counted."""
    return COST.labels(kind.value)


def _check_scope(caller: Caller, scope: str) -> None:
    """Whoever has no key may do what everyone may."""
    if caller.key_id is not None and scope not in caller.scopes:
        raise Fault(403, "FORBIDDEN", f"This key has not the scope '{scope}'.")


def logged(job: Job, caller: Caller) -> dict[str, str | int | None]:
    """What a log line tells of an operation: whose key, which document, its price; no text and no variables."""
    name = job.operation.name and job.operation.name[:LONGEST_NAME]
    return {"key": caller.key_id, "operation": name, "document": job.document.digest, "cost": job.total.cost}


def _described(job: Job) -> dict[str, AttributeValue]:
    """What a trace tells of an operation: neither its text nor its variables."""
    return {
        "graphql.operation.type": job.operation.kind.value,
        "graphql.operation.name": (job.operation.name or "")[:LONGEST_NAME],
        "accrual.document.sha256": job.document.digest,
        "accrual.cost": job.total.cost,
    }


def _breakdown(job: Job) -> tuple[FieldSpending, ...]:
    parts = job.operation.price.parts
    return tuple(FieldSpending(part.key, job.points(part.total(job.coerced.coerced).cost)) for part in parts)


def _used(job: Job, answer: Answer) -> int:
    """Points of what was done: one for an answer that was kept, or could not be given."""
    if answer.kept or job.dry or answer.data is None:
        return 1
    if isinstance(answer.data, bytes):
        return job.total.cost
    return min(job.total.cost, job.points(job.operation.price.spent(answer.data)))


def _too_dear(message: str, found: int, limit: int) -> Refused:
    return refused("COST_LIMIT_EXCEEDED", message, found=found, limit=limit)


def _too_slow(seconds: float) -> GraphQLError:
    return coded(TOO_SLOW, f"This took longer than {seconds:g} seconds.")


def _rate_limited(allowance: Allowance, standing: Standing) -> Fault:
    wait = max(1, ceil(standing.wait))
    headers = {"retry-after": str(wait), **rate_headers(allowance, standing.left, wait)}
    return Fault(429, "RATE_LIMITED", f"There are {standing.left} points left: try again in {wait} s.", headers)


def rate_headers(allowance: Allowance, left: int, wait: int = 0) -> dict[str, str]:
    """As the IETF draft names them: a policy of points in the seconds a bucket takes to fill, and what is left."""
    window = ceil(allowance.capacity / allowance.rate)
    return {
        "ratelimit-policy": f'"points";q={allowance.capacity};w={window}',
        "ratelimit": f'"points";r={left};t={wait}',
    }
