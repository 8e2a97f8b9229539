"""graphql-http's own audit of the product, over a store on each engine."""

import json
from pathlib import Path

from tests.server.edge.node import node
from tests.server.processes import serving


async def test_every_audit_of_graphql_http_is_met(published_url: str, tmp_path: Path) -> None:
    async with serving(published_url, cwd=tmp_path) as server:
        found = json.loads(await node("audit.js", f"{server.url}/graphql"))

    assert found == {"audits": 61, "unmet": []}
