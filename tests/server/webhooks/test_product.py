"""Webhooks of the running product: ordered over HTTP with a key, told by a server when another process publishes."""

import asyncio
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from queue import SimpleQueue
from runpy import run_path

import httpx
import pytest

from models.store import Store
from server.edge.keyring import SCOPES, create
from tests.answering import QUERIES, document
from tests.builders import entry_fact, policy_fact, protocol_fact, published
from tests.server.processes import serving
from tests.standin.server import serving as receiving
from tests.test_docs import DOCS

EXAMPLE = re.search(r"```python\n(.*?)```", (DOCS / "webhooks.md").read_text(), re.DOTALL)


@pytest.fixture
def is_ours(tmp_path: Path) -> Callable[[str, dict[str, str], bytes], bool]:
    """The example of the docs."""
    assert EXAMPLE is not None
    (tmp_path / "example.py").write_text(EXAMPLE[1])
    found: Callable[[str, dict[str, str], bytes], bool] = run_path(str(tmp_path / "example.py"))["is_ours"]
    return found


async def test_the_document_of_webhooks_orders_one_that_a_publish_elsewhere_tells(
    store: Store, url: str, tmp_path: Path, is_ours: Callable[[str, dict[str, str], bytes], bool]
) -> None:
    arrived: SimpleQueue[str] = SimpleQueue()
    await published(store, protocol_fact("hyperliquid"))
    key = await create(store, "", "acme", "standard", SCOPES, "open", None)
    with receiving(lambda path, said: json.dumps(arrived.put(path))) as receiver:
        asked = {"query": document(QUERIES / "AlertWebhook.graphql"), "variables": {"url": f"{receiver.url}/in"}}

        async with serving(url, cwd=tmp_path, ACCRUAL_WEBHOOK_LOOPBACK="true") as server, httpx.AsyncClient() as http:
            answer = await http.post(f"{server.url}/graphql", json=asked, headers={"x-api-key": key.text})
            payload = answer.json()["data"]["createWebhook"]
            burns = [entry_fact("a", "hyperliquid", usd=Decimal(2_000_000))]
            await published(store, protocol_fact("hyperliquid"), policy_fact("p", "hyperliquid"), *burns)
            await asyncio.to_thread(arrived.get, True, 60)

    assert (payload["errors"], payload["webhook"]["rules"]) == ([], 3)
    [headers], [body] = receiver.headers, [each.removeprefix("/in").encode() for each in receiver.asked]
    assert receiver.asked[0].startswith('/in{"type":"alert.policy_changed"')
    assert is_ours(payload["secret"], headers, body)
    assert not is_ours(payload["secret"], headers, body + b" ")
    assert not is_ours("whsec_" + "A" * 44, headers, body)
    assert not is_ours(payload["secret"], {**headers, "webhook-timestamp": "1"}, body)
