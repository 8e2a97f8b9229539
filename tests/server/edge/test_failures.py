"""What fails where nothing should is told in the shape of GraphQL, without a word of what it was."""

from collections.abc import AsyncGenerator

import httpx
import pytest
from structlog.testing import capture_logs

from graph.execution import Answer, Job
from models.store import Store
from resolvers.context import Context
from tests.builders import protocol_fact, published
from tests.server.edge.conftest import Edge
from tests.server.edge.sample import Leaking
from tests.server.edge.serve import SampleSettings, create_app
from tests.server.edge.test_sockets import heard, introduced, say
from tests.server.inside import listening

MASKED = [
    {"message": "Internal server error.", "extensions": {"requestId": None, "code": "INTERNAL_SERVER_ERROR"}},
]


class Failing:
    """An executor that answers nothing."""

    async def execute(self, job: Job, context: Context) -> Answer:
        raise Leaking("SELECT secret")


@pytest.fixture
async def failing(sqlite_store: Store) -> AsyncGenerator[Edge, None]:
    await published(sqlite_store, protocol_fact("one"))
    settings = SampleSettings()
    app = create_app(sqlite_store.url.render_as_string(hide_password=False), settings, Failing())
    async with listening(app, settings) as server, httpx.AsyncClient(timeout=30) as http:
        yield Edge(server.url, http)


@pytest.mark.parametrize("media", ["application/json", "application/graphql-response+json"])
async def test_a_request_that_fails_is_500_in_the_media_type_that_was_asked_for(failing: Edge, media: str) -> None:
    with capture_logs() as logged:
        answer = await failing.http.post(failing.path, json={"query": "{ hello }"}, headers={"accept": media})

    assert (answer.status_code, answer.headers["content-type"]) == (500, f"{media}; charset=utf-8")
    assert answer.json()["errors"] == MASKED
    assert "data" not in answer.json()
    assert [str(each["exc_info"]) for each in logged if each["event"] == "a request failed"] == ["SELECT secret"]


async def test_an_operation_of_a_socket_that_fails_is_an_error_and_its_id_is_free(failing: Edge) -> None:
    async with introduced(failing) as socket:
        for _ in range(2):
            await say(socket, {"id": "1", "type": "subscribe", "payload": {"query": "{ hello }"}})

            assert await heard(socket) == {"id": "1", "type": "error", "payload": MASKED}
