"""Answer a query: from what the epoch keeps, by a plan, or by graphql-core when a plan can't."""

from collections.abc import Callable, Hashable

import orjson
import strawberry

from graph.execution import Answer, Executor, Job
from graph.plan.fallback import NotPlanned
from graph.plan.kept import Kept
from graph.plan.levels import run
from graph.plan.planner import Planner
from resolvers.context import Context


class PlanExecutor:
    """Executes the queries of one schema.

    `reference` answers what a plan can't, and `fell_back` is told why. `kept` is what is kept between requests,
    None to keep nothing; `scope` is what a caller may see: an answer is never kept for another's.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        reference: Executor,
        kept: Kept | None = None,
        scope: Callable[[Context], Hashable] = lambda context: None,
        fell_back: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self.planner = Planner(schema)
        self.reference = reference
        self.kept = kept
        self.scope = scope
        self.fell_back = fell_back

    async def execute(self, job: Job, context: Context) -> Answer:
        """The answer kept for an equal request of that scope and epoch, else one made once for all who wait."""
        if self.kept is None or job.operation.volatile:
            return await self._answer(job, context)
        variables = orjson.dumps(job.variables, option=orjson.OPT_SORT_KEYS)
        pin = context.pin
        key = (pin.epoch, pin.day, job.document.digest, job.operation.name, variables, self.scope(context))
        return await self.kept.answers.one(key, lambda: self._answer(job, context))

    async def _answer(self, job: Job, context: Context) -> Answer:
        """By the plan; by graphql-core from the start if anything at all is unexpected."""
        try:
            shape = self.planner.plan(job)
            return Answer(orjson.dumps(await run(shape, context, job.coerced, self.kept)))
        except NotPlanned as refusal:
            reason = str(refusal)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
        # Outside the handler, or every error of graphql-core would be chained to the plan's.
        self.fell_back(reason)
        return await self.reference.execute(job, context)
