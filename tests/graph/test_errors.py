"""What clients see of errors."""

import logging
from typing import Any

import pytest
from graphql import GraphQLError

from graph.errors import presented
from graph.schema import schema
from models.epoch import EpochPruned
from models.store import Store
from resolvers.context import Context
from resolvers.errors import BadInput
from tests.graph.world import open_market


def test_a_refusal_keeps_its_words_and_gets_its_code() -> None:
    error = presented(GraphQLError("too many", original_error=BadInput("too many")))

    assert (error.message, error.extensions) == ("too many", {"code": "BAD_USER_INPUT"})


def test_an_epoch_that_is_gone_says_so() -> None:
    error = presented(GraphQLError("epoch 1 was pruned", original_error=EpochPruned("epoch 1 was pruned")))

    assert (error.message, error.extensions) == ("epoch 1 was pruned", {"code": "EPOCH_PRUNED"})


def test_anything_else_is_masked_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        error = presented(
            GraphQLError("no such column: x", path=["meta"], original_error=ValueError("no such column: x"))
        )

    assert (error.message, error.path, error.extensions) == (
        "Internal server error.",
        ["meta"],
        {"code": "INTERNAL_SERVER_ERROR"},
    )
    assert "no such column" in caplog.text


def test_an_invalid_document_keeps_its_message() -> None:
    error = GraphQLError("Cannot query field 'x'.")

    assert presented(error) is error


async def test_an_answer_says_which_epoch_it_is_from(sqlite_store: Store) -> None:
    await open_market(sqlite_store)

    result: Any = await schema.execute(
        "{ __typename }", context_value=Context(sqlite_store, await sqlite_store.resolve())
    )

    assert result.extensions == {"epoch": 1}
