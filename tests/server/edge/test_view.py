"""GraphQL over HTTP, rule by rule."""

from tests.server.edge.conftest import Edge


async def test_a_query_is_answered(edge: Edge) -> None:
    answer = await edge.ask("{ hello }")

    assert answer.status_code == 200
    assert answer.json()["data"] == {"hello": "world"}
