"""Queries answered in one go, without waiting: what their epoch keeps is enough, and nothing is out of the ordinary."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Protocol

import structlog
from graphql import OperationType

from graph.execution import Answer, Job
from graph.refusal import Refused
from resolvers.caller import Caller
from resolvers.context import Context
from server.edge.fault import Fault
from server.edge.operations import Operations, Outcome, logged
from server.edge.parameters import from_body
from server.edge.strictjson import StrictJson

log = structlog.get_logger(__name__)


class Prompt(Protocol):
    """An executor that may have an answer at hand."""

    def at_once(self, job: Job, context: Context) -> Answer | None: ...


class Body(NamedTuple):
    """JSON of an answer; `kept`: an equal request was answered before. `told`: what the log says of the request."""

    json: bytes
    kept: bool
    told: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Straight:
    """Reads, prices and answers a body. `context` is None while the newest epoch is not known."""

    operations: Operations
    json: StrictJson
    executor: Prompt
    context: Callable[[Caller], Context | None]

    def answer(self, body: bytes, caller: Caller) -> Body | None:
        """The answer to a caller without key and limit; None for all that the view has to look at."""
        context, value = self.context(caller), self.json.plain(body)
        if context is None or len(body) > self.operations.settings.max_body_bytes:
            return None
        try:
            job = self.operations.found(from_body(value), caller)
        except (Refused, Fault):
            # The view finds it too, and has the words.
            return None
        except Exception:
            log.exception("a request can't be looked at straight")
            return None
        if job.dry or job.operation.kind is not OperationType.QUERY:
            return None
        answer = self.executor.at_once(job, context)
        if answer is None:
            return None
        cost = self.operations.settle(job, answer, caller)
        return Body(self.operations.body(Outcome(answer, cost), context), answer.kept, logged(job, caller))
