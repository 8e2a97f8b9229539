"""What would stall or break the product is refused, each with its code, while others are answered.

How long those wait is measured by `make abuse`: here other tests run beside.
"""

from collections.abc import AsyncGenerator

import pytest

from tests.server.edge import abuse
from tests.server.edge.conftest import Edge, served_product


@pytest.fixture(scope="module")
async def before(market_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[tuple[Edge, int]]:
    """A server that nobody abused yet, and the bytes it holds."""
    async with served_product(market_url, tmp_path_factory.mktemp("abused")) as edge:
        yield edge, await abuse.warmed(edge, 50)


@pytest.fixture
async def beside(before: tuple[Edge, int]) -> AsyncGenerator[Edge, None]:
    """A server that answers someone else meanwhile."""
    edge, _ = before
    async with abuse.probing(edge) as probe:
        yield edge
    assert probe.failed == []


@pytest.mark.parametrize("case", abuse.DOCUMENTS)
async def test_a_document_is_answered_with_its_code(beside: Edge, case: str) -> None:
    document = abuse.DOCUMENTS[case]

    assert await abuse.codes_of(beside, document) == {document.code} - {""}


@pytest.mark.parametrize("case", abuse.BODIES)
async def test_a_body_is_refused_with_its_code(beside: Edge, case: str) -> None:
    body = abuse.BODIES[case]

    assert await abuse.sent(beside, body) == (body.status, {body.code})


@pytest.mark.parametrize("case", abuse.CONNECTIONS)
async def test_a_connection_keeps_no_one_from_another(beside: Edge, case: str) -> None:
    act, statuses = abuse.CONNECTIONS[case]

    assert await act(beside) == statuses


async def test_a_socket_that_never_pauses_is_answered_message_by_message(beside: Edge) -> None:
    assert await abuse.flooded(beside, messages=400) == {"GRAPHQL_VALIDATION_FAILED"}


async def test_memory_comes_back(before: tuple[Edge, int]) -> None:
    edge, held = before
    await abuse.everything(edge, rounds=1)

    assert abuse.memory(edge) - held < abuse.MEMORY_BYTES
