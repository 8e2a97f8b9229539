"""Answer a query: from what the epoch keeps, by a plan, or by graphql-core when a plan can't."""

import logging
from collections.abc import Callable, Hashable
from datetime import date
from typing import TypeAlias

import orjson
import strawberry
from graphql import GraphQLError

from graph.execution import Answer, Executor, Job
from graph.plan.fallback import NotPlanned, Unexpected
from graph.plan.hottest import Hottest
from graph.plan.kept import Kept
from graph.plan.levels import run, steps
from graph.plan.planner import Planner
from models.engine import timed_out
from models.epoch import EpochError, Pin
from resolvers.caller import Caller
from resolvers.context import Context
from resolvers.errors import ApiError

log = logging.getLogger(__name__)


def scope_of(context: Context) -> Hashable:
    """What the caller of a request may see."""
    caller: Caller | None = context.caller
    return frozenset(caller.scopes) if caller else frozenset()


Asked: TypeAlias = tuple[int, date | None, str, str | None, bytes, Hashable]
"""What makes two requests equal: epoch, day, document, operation, variables and scope."""

# What an answer's place takes in memory beside its variables: two tuples, a set, and the objects around its bytes.
KEY_BYTES = 700


class PlanExecutor:
    """Executes the queries of one schema.

    `reference` answers what a plan can't, and `fell_back` is told why. `kept` is what is kept between requests,
    None to keep nothing: an answer is kept for the scope of its caller, and never given to one of another.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        reference: Executor,
        kept: Kept | None = None,
        fell_back: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self.planner = Planner(schema)
        self.reference = reference
        self.kept = kept
        self.fell_back = fell_back
        self.hottest = Hottest()

    async def execute(self, job: Job, context: Context) -> Answer:
        """The answer kept for an equal request of that scope and epoch, else one made once for all who wait."""
        if self.kept is None or job.operation.volatile:
            return await self._answer(job, context)
        answer = self.at_once(job, context)
        if answer is not None:
            return answer
        key = _asked(job, context)
        self.hottest.note(key[1:], job, context)
        return await self.kept.answers.one(key, lambda: self._answer(job, context))

    def at_once(self, job: Job, context: Context) -> Answer | None:
        """The same where it can be given without waiting: all that it needs is kept, and nothing is unexpected.

        None leaves no trace in what is counted: whoever gets it asks `execute`.
        """
        kept = self.kept
        if kept is None or job.operation.volatile:
            return None
        key, counts = _asked(job, context), kept.counts()
        answer = self._at_once(key, job, context, kept)
        if answer is None:
            kept.count_again(counts)
        else:
            self.hottest.note(key[1:], job, context)
        return answer

    def _at_once(self, key: Asked, job: Job, context: Context, kept: Kept) -> Answer | None:
        found: Answer | None = kept.answers.peek(key)
        if found is not None:
            return Answer(found.data, found.errors, kept=True)
        if kept.answers.is_on_its_way(key):
            return None
        data = self._data_at_once(job, context, kept)
        if data is None:
            return None
        answer = Answer(data)
        kept.answers.put(key, answer, len(data) + len(key[4]) + KEY_BYTES)
        return answer

    def _data_at_once(self, job: Job, context: Context, kept: Kept) -> bytes | None:
        """By the plan; None where it has to wait, and where graphql-core may have to answer."""
        try:
            next(steps(self.planner.plan(job), context, job.coerced, kept))
        except StopIteration as ended:
            return orjson.dumps(ended.value)
        except (NotPlanned, Unexpected, ApiError, EpochError, GraphQLError):
            return None
        except Exception:
            # It is tried again, and counted where it fails again.
            log.exception("a plan failed where nothing had to be waited for")
            return None
        return None

    async def warm(self, pin: Pin, count: int) -> None:
        """Answer again at `pin` what was asked most of late, one after the other."""
        for wanted in self.hottest.take(count):
            asked = wanted.context
            await self.execute(wanted.job, Context(asked.store, pin, asked.shared, asked.caller))

    async def _answer(self, job: Job, context: Context) -> Answer:
        """By the plan; by graphql-core from the start if anything at all is unexpected."""
        try:
            shape = self.planner.plan(job)
            return Answer(orjson.dumps(await run(shape, context, job.coerced, self.kept)))
        except NotPlanned as refusal:
            reason = str(refusal)
        except Exception as error:
            if timed_out(error):
                # Reading it all again would take as long.
                raise
            reason = f"{type(error).__name__}: {error}"
        # Outside the handler, or every error of graphql-core would be chained to the plan's.
        self.fell_back(reason)
        return await self.reference.execute(job, context)


def _asked(job: Job, context: Context) -> Asked:
    pin = context.pin
    return pin.epoch, pin.day, job.document.digest, job.operation.name, job.variables_json(), scope_of(context)
