"""Why a request is not executed: an error for its author, with a code."""

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError


class Refused(Exception):
    """A request that is answered with errors alone, and no data."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = tuple(errors)


def refused(code: str, message: str, **details: Any) -> Refused:
    """A refusal for one reason; `details` go with the code into the error's extensions."""
    return Refused([coded(code, message, **details)])


def coded(code: str, message: str, **details: Any) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code, **details})
