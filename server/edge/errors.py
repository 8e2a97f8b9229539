"""Errors as clients see them: a code each, and no word of Python, SQL or a driver."""

import re
from collections.abc import Iterable
from typing import Any

import structlog
from graphql import GraphQLError

from models.engine import timed_out
from models.epoch import EpochError
from resolvers.errors import ApiError
from server.edge.counts import REFUSALS
from server.edge.fault import Fault

log = structlog.get_logger(__name__)

HIDDEN = "Internal server error."
TOO_SLOW = "OPERATION_TIMEOUT"
STATEMENT_TOO_SLOW = "Reading this took too long."
# graphql-core ends some messages with the exception of a scalar's parser.
BENEATH = re.compile(r"(, but encountered error|; ).*", re.DOTALL)


def formatted(errors: Iterable[GraphQLError]) -> list[dict[str, Any]]:
    """Of an answer: what a client may read, the rest masked and logged under the request's id."""
    return [_formatted(error) for error in errors]


def of_fault(fault: Fault) -> dict[str, Any]:
    """What a client may read of a request that ended early; counted as it is told."""
    REFUSALS.labels(fault.code).inc()
    return {"message": fault.message, "extensions": {"code": fault.code}}


def masked(error: Exception) -> dict[str, Any]:
    """What a client may read of a request that failed where nothing should: the id it is logged under."""
    log.error("a request failed", exc_info=error)
    return {"message": HIDDEN, "extensions": {"requestId": request_id(), "code": "INTERNAL_SERVER_ERROR"}}


def code_of(error: GraphQLError) -> str:
    """The code a client reads, INTERNAL_SERVER_ERROR for everything that is not meant for one."""
    if isinstance(error.original_error, EpochError | ApiError):
        return error.original_error.code
    if timed_out(error.original_error):
        return TOO_SLOW
    code = (error.extensions or {}).get("code")
    if isinstance(code, str) and not _is_foreign(error.original_error):
        return code
    if error.original_error is None and error.message.startswith(("Argument ", "Variable ")):
        return "BAD_USER_INPUT"
    return "INTERNAL_SERVER_ERROR"


def _is_foreign(original: Exception | None) -> bool:
    return original is not None and not isinstance(original, GraphQLError)


def _formatted(error: GraphQLError) -> dict[str, Any]:
    code, extensions = code_of(error), dict(error.extensions or {})
    message = BENEATH.sub("", error.message)
    if code == "INTERNAL_SERVER_ERROR":
        message, extensions = HIDDEN, {"requestId": request_id()}
        log.error("a field failed", path=error.path, exc_info=error.original_error or error)
    elif timed_out(error.original_error):
        message = STATEMENT_TOO_SLOW
    found: dict[str, Any] = {"message": message}
    if error.locations:
        found["locations"] = [location.formatted for location in error.locations]
    if error.path:
        found["path"] = error.path
    return {**found, "extensions": {**extensions, "code": code}}


def request_id() -> str | None:
    """The id of the request being answered, as it is logged."""
    found = structlog.contextvars.get_contextvars().get("request_id")
    return found if isinstance(found, str) else None
