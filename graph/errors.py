"""Errors as clients see them: a sentence and a code for what they can mend, nothing of the rest."""

import logging
from collections.abc import Iterator

from graphql import ExecutionResult, GraphQLError
from strawberry import types
from strawberry.extensions import SchemaExtension

from models.epoch import EpochError
from resolvers.errors import ApiError

MASKED = "Internal server error."

log = logging.getLogger(__name__)


def presented(error: GraphQLError) -> GraphQLError:
    """The error with its code; one that is not meant for clients without a word of what it was."""
    original = error.original_error
    if original is None:
        return error
    if isinstance(original, ApiError | EpochError):
        error.extensions = {**(error.extensions or {}), "code": original.code}
        return error
    log.error("a field failed: %s", error.path, exc_info=original)
    return GraphQLError(
        MASKED,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={"code": "INTERNAL_SERVER_ERROR"},
    )


class Presented(SchemaExtension):
    """Gives the errors of an answer their codes, and the answer the epoch it is from."""

    def on_operation(self) -> Iterator[None]:
        yield
        result = self.execution_context.result
        if isinstance(result, ExecutionResult | types.ExecutionResult) and result.errors:
            result.errors = [presented(error) for error in result.errors]

    def get_results(self) -> dict[str, int]:
        context = self.execution_context.context
        return {"epoch": context.pin.epoch}
