"""The one seam between the edge and what executes a document: graphql-core here, the compiled plan in graph.plan."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import isawaitable
from math import ceil
from typing import Any, Protocol

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    VariableDefinitionNode,
    execute,
    subscribe,
)
from graphql.execution.values import VariableValues, get_variable_values

from graph.document import Document, Operation
from graph.limits import Limits, check_variables
from graph.price import Total
from graph.refusal import Refused, coded
from resolvers.context import Context

# Messages about one variable each; a list of ten thousand bad items needs no ten thousand of them.
MOST_VARIABLE_ERRORS = 5


@dataclass(frozen=True, slots=True)
class Job:
    """An operation that may run: `variables` are JSON values of those it declares, `coerced` as the schema takes them.

    `dry`: only what it costs is asked. `share`: of its price, what is asked of this caller; `total` has it already.
    """

    document: Document
    operation: Operation
    variables: Mapping[str, Any]
    coerced: VariableValues
    total: Total
    dry: bool
    share: float = 1.0

    def points(self, cost: int) -> int:
        """What a price comes to for this caller, rounded up: never nothing for something."""
        return ceil(round(cost * self.share, 6))

    def reduced(self, share: float) -> "Job":
        """The same, for a caller of whom only a share of its price is asked."""
        reduced = replace(self, share=share)
        return replace(reduced, total=Total(reduced.points(self.total.cost), self.total.objects))

    def variables_json(self) -> bytes:
        """The same bytes for equal variables, in whatever order they came."""
        try:
            return orjson.dumps(self.variables, option=orjson.OPT_SORT_KEYS)
        except TypeError:
            # An integer of more than 64 bits, which a decimal may be.
            return json.dumps(self.variables, sort_keys=True, separators=(",", ":")).encode()

    @property
    def node(self) -> DocumentNode:
        """What graphql-core executes."""
        dry_run = self.operation.dry_run
        return dry_run.document if dry_run and self.dry else self.document.node


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` is JSON ready to be sent, or a value to be written. `kept`: it came from a cache and cost nothing."""

    data: bytes | dict[str, Any] | None
    errors: tuple[GraphQLError, ...] = ()
    kept: bool = False


class Executor(Protocol):
    """Answers queries and mutations."""

    async def execute(self, job: Job, context: Context) -> Answer: ...


class CoreExecutor:
    """graphql-core on a document that is parsed and valid already."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema

    async def execute(self, job: Job, context: Context) -> Answer:
        found = execute(
            self.schema,
            job.node,
            context_value=context,
            variable_values=dict(job.variables),
            operation_name=job.operation.name,
            hide_suggestions=True,
        )
        result = await found if isawaitable(found) else found
        return answered(result)

    async def subscribe(self, job: Job, context: Context) -> AsyncIterator[ExecutionResult] | ExecutionResult:
        """The events of a subscription, or why there are none."""
        found = subscribe(
            self.schema,
            job.node,
            context_value=context,
            variable_values=dict(job.variables),
            operation_name=job.operation.name,
            hide_suggestions=True,
        )
        return await found if isawaitable(found) else found


def answered(result: ExecutionResult) -> Answer:
    return Answer(result.data, tuple(result.errors or ()))


def job_of(
    schema: GraphQLSchema, document: Document, name: str | None, variables: Mapping[str, Any], limits: Limits
) -> Job:
    """Choose the operation, coerce its variables and price it; raises Refused."""
    operation = document.operation(name)
    definitions = operation.node.variable_definitions
    if not definitions:
        return _job(document, operation, {}, VariableValues({}, {}))
    check_variables(variables, limits)
    variables = _declared(definitions, variables)
    coerced: VariableValues | list[GraphQLError] | None = operation.coerce(variables)
    if coerced is None:
        coerced = get_variable_values(
            schema, definitions, variables, max_errors=MOST_VARIABLE_ERRORS, hide_suggestions=True
        )
    if not isinstance(coerced, VariableValues):
        raise Refused([_plain(error) for error in coerced])
    return _job(document, operation, variables, coerced)


def _declared(definitions: Sequence[VariableDefinitionNode], variables: Mapping[str, Any]) -> dict[str, Any]:
    names = (definition.variable.name.value for definition in definitions)
    return {name: variables[name] for name in names if name in variables}


def _job(document: Document, operation: Operation, variables: Mapping[str, Any], coerced: VariableValues) -> Job:
    dry = operation.dry_run is not None and operation.dry_run.asked(coerced.coerced)
    return Job(document, operation, variables, coerced, operation.price.total(coerced.coerced), dry)


def _plain(error: GraphQLError) -> GraphQLError:
    """A coercion error in our words: without the text of the Python exception beneath it."""
    copy = coded("BAD_USER_INPUT", error.message.partition("; ")[0].replace("to be None", "to be null"))
    copy.locations = error.locations
    return copy
