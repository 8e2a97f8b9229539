"""One request, executed by graphql-core and by the plan."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import strawberry

from graph.document import Documents
from graph.execution import Answer, CoreExecutor, Job, job_of
from graph.limits import Limits
from graph.plan.execute import PlanExecutor
from graph.plan.kept import Kept
from models.epoch import Pin
from models.store import Store
from resolvers.caller import Caller
from resolvers.context import Context
from tests.graph.plan.batches import JOURNAL
from tests.graph.plan.operations import Asked

# What is drawn is larger than what a client may ask.
WIDE = Limits(
    characters=1_000_000,
    tokens=100_000,
    fragments=1_000,
    variables=1_000,
    arguments=1_000,
    depth=100,
    aliases=10_000,
    directives=10_000,
    fields=100_000,
    repeats=1_000,
)

Spoil = Callable[[list[Any]], Any]


@dataclass(frozen=True)
class Reply:
    """`data` is the JSON of that entry; `fell_back` says why graphql-core answered, None where a plan did."""

    data: bytes
    errors: list[str]
    fell_back: str | None = None

    @property
    def failed(self) -> bool:
        return bool(self.errors)


class Pair:
    """Both executions of one schema over one store; `kept` is what the plan keeps between requests."""

    def __init__(self, schema: strawberry.Schema, store: Store, kept: Kept | None = None) -> None:
        self.store = store
        self.kept = kept
        self.documents = Documents(schema._schema, WIDE)
        self.reasons: list[str] = []
        self.core = CoreExecutor(schema._schema)
        self.plan = PlanExecutor(schema, self.core, kept, fell_back=self.reasons.append)

    async def both(self, asked: Asked, epoch: int = 2, faults: dict[str, Spoil] | None = None) -> tuple[Reply, Reply]:
        """(graphql-core's reply, the product's)."""
        JOURNAL.clear()
        JOURNAL.faults.update(faults or {})
        reference = await self.reference(asked, epoch)
        JOURNAL.calls.clear()
        return reference, await self.product(asked, epoch)

    async def reference(self, asked: Asked, epoch: int = 2) -> Reply:
        return _reply(await self.core.execute(self.job(asked), Context(self.store, Pin(epoch))))

    async def product(self, asked: Asked, epoch: int = 2, caller: Caller | None = None) -> Reply:
        self.reasons.clear()
        context = Context(self.store, Pin(epoch), self.kept.values if self.kept else None, caller)
        answer = await self.plan.execute(self.job(asked), context)
        return _reply(answer, self.reasons[0] if self.reasons else None)

    def job(self, asked: Asked) -> Job:
        return job_of(self.documents.schema, self.documents.read(asked.text), asked.operation, asked.variables, WIDE)


def _reply(answer: Answer, fell_back: str | None = None) -> Reply:
    data = answer.data if isinstance(answer.data, bytes) else orjson.dumps(answer.data)
    return Reply(data, [str(error.formatted) for error in answer.errors], fell_back)
