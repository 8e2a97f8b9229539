"""What /metrics says of the edge, from a real process."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from models.store import Store
from tests.builders import protocol_fact, published
from tests.server.edge.conftest import Edge
from tests.server.edge.test_sockets import heard, introduced, say
from tests.server.processes import serving

# Two questions for one name each, and no more for a long time.
POINTS = {"ACCRUAL_RATE_LIMIT": "on", "ACCRUAL_ANONYMOUS_CAPACITY": "6", "ACCRUAL_ANONYMOUS_RATE": "1"}
ONE = '{ protocol(by: {slug: "one"}) { name } }'


@pytest.fixture
async def url(sqlite_store: Store) -> str:
    await published(sqlite_store, protocol_fact("one"))
    return sqlite_store.url.render_as_string(hide_password=False)


async def product(url: str, folder: Path, more: dict[str, str]) -> AsyncGenerator[Edge, None]:
    async with serving(url, cwd=folder, workers=1, **more) as server, httpx.AsyncClient() as http:
        yield Edge(server.url, http)


@pytest.fixture
async def edge(url: str, tmp_path: Path) -> AsyncGenerator[Edge, None]:
    async for edge in product(url, tmp_path, {}):
        yield edge


@pytest.fixture
async def poor(url: str, tmp_path: Path) -> AsyncGenerator[Edge, None]:
    async for edge in product(url, tmp_path, POINTS):
        yield edge


async def told(edge: Edge, series: str) -> float:
    text = (await edge.http.get(f"{edge.url}/metrics")).text
    found = re.search(rf"^{re.escape(series)} (.+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0


async def test_refusals_are_counted_by_their_code(edge: Edge) -> None:
    await edge.ask("{ nope }")
    await edge.ask("{ nope }")
    await edge.ask("{")
    await edge.http.delete(edge.path)

    assert await told(edge, 'accrual_refusals_total{code="GRAPHQL_VALIDATION_FAILED"}') == 2
    assert await told(edge, 'accrual_refusals_total{code="GRAPHQL_PARSE_FAILED"}') == 1
    assert await told(edge, 'accrual_refusals_total{code="METHOD_NOT_ALLOWED"}') == 1


async def test_the_cost_of_each_operation_is_counted(edge: Edge) -> None:
    costs = [(await edge.ask(ONE)).json()["extensions"]["cost"]["requestedQueryCost"] for _ in range(2)]

    assert await told(edge, 'accrual_operation_cost_count{type="query"}') == 2
    assert await told(edge, 'accrual_operation_cost_sum{type="query"}') == sum(costs)
    assert await told(edge, "accrual_operations_in_progress") == 0


async def test_a_caller_without_points_is_counted(poor: Edge) -> None:
    answers = [await poor.ask(f"{ONE} # {number}") for number in range(12)]

    denied = sum(answer.status_code == 429 for answer in answers)
    assert denied > 0
    assert await told(poor, 'accrual_bucket_denials_total{tier="local"}') == denied
    assert await told(poor, 'accrual_refusals_total{code="RATE_LIMITED"}') == denied


async def test_open_sockets_are_counted_while_they_are_open(edge: Edge) -> None:
    async with introduced(edge) as socket:
        await say(socket, {"id": "1", "type": "subscribe", "payload": {"query": "{ __typename }"}})
        await heard(socket)
        during = await told(edge, 'accrual_connections_held{kind="socket"}')

    assert during == 1
