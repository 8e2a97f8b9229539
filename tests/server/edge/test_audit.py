"""graphql-http's own audit of a server, over a store on each engine."""

import json

from tests.server.edge.conftest import served
from tests.server.edge.node import node


async def test_every_audit_of_graphql_http_is_met(published_url: str) -> None:
    async with served(published_url, {}) as edge:
        found = json.loads(await node("audit.js", edge.path))

    assert found == {"audits": 61, "unmet": []}
