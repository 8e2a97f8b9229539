"""A store that does not answer in time is no reason to wait."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import pytest
from asgi_lifespan import LifespanManager
from pydantic import SecretStr
from sqlalchemy import text

from models.store import Store
from server.app import create_app
from server.settings import Settings
from tests.builders import protocol_fact, published

QUERY = {"query": '{ protocol(by: {slug: "one"}) { name } }'}


@asynccontextmanager
async def answering(url: str, seconds: float) -> AsyncGenerator[httpx.AsyncClient, None]:
    app = create_app(Settings(database_url=SecretStr(url), execution_seconds=seconds))
    async with (
        LifespanManager(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t", timeout=30) as client,
    ):
        yield client


@asynccontextmanager
async def locked(store: Store) -> AsyncGenerator[None, None]:
    """Within, no one can read the protocols."""
    async with store.writer.begin() as connection:
        await connection.execute(text("LOCK TABLE protocol, external_id, entity IN ACCESS EXCLUSIVE MODE"))
        yield


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_a_statement_that_takes_too_long_ends_before_the_operation_does(store: Store, url: str) -> None:
    await published(store, protocol_fact("one"))

    async with answering(url, 1.0) as client:
        async with locked(store):
            late = await client.post("/graphql", json=QUERY)
        in_time = await client.post("/graphql", json=QUERY)

    (error,) = late.json()["errors"]
    assert (error["message"], error["extensions"]["code"]) == ("Reading this took too long.", "OPERATION_TIMEOUT")
    assert late.json()["data"] is None
    assert in_time.json()["data"] == {"protocol": {"name": "One"}}


def test_a_statement_has_less_time_than_an_operation() -> None:
    settings = Settings()

    assert settings.statement_seconds < settings.execution_seconds
