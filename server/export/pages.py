"""The pages of an export, read as any caller's query is: priced, charged, in its turn, by the plan."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import strawberry

from graph.execution import CoreExecutor
from graph.plan.execute import PlanExecutor
from models.epoch import Pin
from models.store import Store
from resolvers.caller import Caller
from resolvers.context import Context
from server.edge.errors import formatted
from server.edge.operations import Operations
from server.export.order import Asked
from server.export.question import Question, question_of

# Of the points a client can save up, the part that its exports leave to its other queries.
LEFT_TO_OTHERS = 2


class PageFailed(Exception):
    """A page that was answered with an error; `passing`: it may be answered another time."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.passing = code in ("INTERNAL_SERVER_ERROR", "OPERATION_TIMEOUT")


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, where they end, and the points they cost. `wait`: seconds in which other queries of the client go first."""

    rows: Sequence[dict[str, Any]]
    cursor: str | None
    is_last: bool
    cost: int
    wait: float


class Pages:
    """Reads pages without touching what is kept for callers: an export asks each page once."""

    def __init__(self, schema: strawberry.Schema, store: Store, operations: Operations) -> None:
        self.schema, self.store = schema._schema, store
        plan = PlanExecutor(schema, CoreExecutor(schema._schema))
        self.operations = replace(operations, executor=plan)

    def question(self, asked: Asked) -> Question:
        """What an order asks; raises Refused and NotExportable where the schema has moved on."""
        return question_of(self.schema, asked.document, asked.variables, self.operations.settings.limits)

    async def read(self, question: Question, pin: Pin, caller: Caller, cursor: str | None, size: int) -> Page:
        """The page of `size` rows behind a cursor; raises PageFailed, and Fault when it is not the caller's turn."""
        job = question.job(self.schema, self.operations.settings.limits, cursor, size)
        paid = await self.operations.charge(job, caller)
        outcome = await self.operations.execute(job, Context(self.store, pin, caller=caller), paid)
        if outcome.answer.errors:
            [error, *_] = formatted(outcome.answer.errors)
            raise PageFailed(error["extensions"]["code"], error["message"])
        data = outcome.answer.data
        found = (orjson.loads(data) if isinstance(data, bytes) else data or {})[question.query.key]
        info = found["pageInfo"]
        return Page(found["nodes"], info["endCursor"], not info["hasNextPage"], outcome.cost, _wait(caller))


def _wait(caller: Caller) -> float:
    spending = caller.spending
    missing = spending.capacity // LEFT_TO_OTHERS - spending.remaining
    return max(0, missing) / spending.restore_rate if spending.restore_rate else 0.0
