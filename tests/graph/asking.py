"""How the tests ask: one request at the newest epoch, its answer without errors."""

from typing import Any

from graph.schema import schema
from models.store import Store
from resolvers.context import Context


async def asked(store: Store, query: str, **variables: Any) -> Any:
    """The data of an answer that must have no errors."""
    result = await schema.execute(query, variables, context_value=Context(store, await store.resolve()))
    assert result.errors is None
    return result.data


async def refused(store: Store, query: str, **variables: Any) -> tuple[str, str]:
    """(code, message) of the one error of an answer."""
    result = await schema.execute(query, variables, context_value=Context(store, await store.resolve()))
    assert result.errors is not None
    [error] = result.errors
    return (error.extensions or {})["code"], error.message
