"""What every transport does with a request: find its document, price it, charge for it, execute it, word its errors."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache, partial

import structlog
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, OperationType
from opentelemetry.trace import SpanKind
from opentelemetry.util.types import AttributeValue
from prometheus_client import Histogram
from sqlalchemy.exc import DBAPIError

from graph.execution import Answer, CoreExecutor, Executor, Job, answered, job_of
from graph.refusal import Refused, coded
from models.engine import timed_out
from models.epoch import EpochError
from models.span import failed, span
from resolvers.caller import Caller, FieldSpending
from resolvers.context import CONCURRENT_BATCHES, Context
from server.edge.bucket import Standing
from server.edge.counts import COST, REFUSALS
from server.edge.errors import STATEMENT_TOO_SLOW, TOO_SLOW, code_of, formatted
from server.edge.extensions import cost_of
from server.edge.fault import Fault, unavailable
from server.edge.parameters import Parameters
from server.edge.persisted import PERSISTED, PREFERRED, PersistedDocuments
from server.edge.purse import Purses, too_dear
from server.edge.settings import EdgeSettings
from server.edge.turns import Turns
from server.edge.written import body_of

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
    purses: Purses
    turns: Turns
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
        # Before the look: to find a text under its hash is to keep it.
        if request.hash is not None and request.query is not None:
            _check_scope(caller, "register")
        document = self.documents.find(request, only_trusted=mode == PERSISTED)
        job = job_of(self.schema, document, request.operation_name, request.variables, self.documents.documents.limits)
        if mode == PREFERRED and self.documents.trusts(document):
            job = job.reduced(self.settings.preferred_share)
        _check_scope(caller, "subscribe" if job.operation.kind is OperationType.SUBSCRIPTION else "read")
        self._spend(job, caller)
        return job

    async def charge(self, job: Job, caller: Caller) -> Standing:
        """Take the price from the caller's bucket; raises Fault 429 when it can't pay."""
        return await self.purses.charge(caller, 1 if job.dry else job.total.cost)

    async def execute(self, job: Job, context: Context, paid: Standing) -> Outcome:
        """Run it when its turn comes and within its time; what it did not use is given back."""
        executor = self.core if job.dry else self.executor
        costs_of(job.operation.kind).observe(job.total.cost)
        with span(job.operation.kind.value, _described(job), SpanKind.SERVER) as current:
            answer = await self._in_turn(executor, job, context)
            if answer.errors:
                failed(current, code_of(answer.errors[0]))
        used = _used(job, answer)
        self.purses.usage.count(context.caller, used)
        context.caller.spending.remaining = await self.purses.refund(context.caller, paid, job.total.cost - used)
        return Outcome(answer, used)

    def settle(self, job: Job, answer: Answer, caller: Caller) -> int:
        """What `charge` and `execute` count of a caller without key and limit; returns the points it cost."""
        allowance, spending = self.purses.allowance(caller), caller.spending
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
        self.purses.usage.count(context.caller, job.total.cost)
        context.pay, context.turns = partial(self.purses.pay, context.caller), self.telling
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
                self.purses.usage.count(context.caller, job.total.cost)
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
            raise unavailable() from error

    def _spend(self, job: Job, caller: Caller) -> None:
        total, limit, objects = job.total, self.purses.most_cost(caller), self.settings.max_objects
        spending = caller.spending
        spending.cost, spending.objects, spending.limit = total.cost, total.objects, limit
        if job.dry:
            spending.breakdown = _breakdown(job)
        elif total.cost > limit:
            raise too_dear(f"This costs {total.cost} points, {limit} are allowed.", total.cost, limit)
        elif total.objects > objects:
            raise too_dear(f"This may answer {total.objects} objects, {objects} are allowed.", total.objects, objects)


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


def _too_slow(seconds: float) -> GraphQLError:
    return coded(TOO_SLOW, f"This took longer than {seconds:g} seconds.")
