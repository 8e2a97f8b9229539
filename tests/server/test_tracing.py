"""What a collector of OpenTelemetry is told by real processes."""

from collections.abc import Generator
from functools import partial
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from models.store import Store
from tests.builders import protocol_fact, published
from tests.server.processes import accrual, serving
from tests.standin import server as upstreams
from tests.standin.collector import Collector, attributes_of, collecting
from tests.standin.defillama import answer
from tests.standin.world import World

QUERY = "query Named($slug: String!) { protocol(by: {slug: $slug}) { name } }"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def collector() -> Generator[Collector, None, None]:
    with collecting() as collector:
        yield collector


@pytest.fixture
async def filled(url: str) -> str:
    store = Store(url)
    await published(store, protocol_fact("one"))
    await store.close()
    return url


async def ask(url: str, cwd: Path, slug: str, **more: str) -> None:
    headers = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
    async with serving(url, cwd=cwd, workers=1, **more) as server, httpx.AsyncClient(base_url=server.url) as client:
        await client.post("/graphql", json={"query": QUERY, "variables": {"slug": slug}}, headers=headers)


async def test_an_operation_spans_its_batches_and_they_their_statements(
    filled: str, engine: str, collector: Collector, tmp_path: Path
) -> None:
    await ask(filled, tmp_path, "one", ACCRUAL_OTEL_ENDPOINT=collector.url)

    (operation,) = collector.named("query")
    assert (operation.trace_id.hex(), operation.parent_span_id.hex()) == (TRACE, PARENT)
    assert attributes_of(operation) == {
        "graphql.operation.type": "query",
        "graphql.operation.name": "Named",
        "accrual.document.sha256": sha256(QUERY.encode()).hexdigest(),
        "accrual.cost": 1,
    }
    batches = [span for span in collector.named("batch ") if span.parent_span_id == operation.span_id]
    statements = [span for span in collector.named("SQL SELECT") if span.parent_span_id == batches[0].span_id]
    assert batches
    assert statements
    assert attributes_of(statements[0]) == {"db.system.name": engine, "db.operation.name": "SELECT"}
    assert collector.services == {"accrual"}


async def test_what_a_caller_wrote_is_in_no_span(filled: str, collector: Collector, tmp_path: Path) -> None:
    await ask(filled, tmp_path, "hush-hush", ACCRUAL_OTEL_ENDPOINT=collector.url)

    assert collector.named("batch ")
    assert not any(secret in body for body in collector.bodies for secret in (b"hush-hush", b"$slug", b"FROM"))


async def test_the_standard_variable_says_where_to_as_well(filled: str, collector: Collector, tmp_path: Path) -> None:
    more = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_SERVICE_NAME": "numbers"}

    await ask(filled, tmp_path, "one", **more)

    assert collector.named("query")
    assert collector.services == {"numbers"}


async def test_each_call_of_an_upstream_is_a_span_without_its_key(
    url: str, collector: Collector, tmp_path: Path
) -> None:
    with upstreams.serving(partial(answer, World(size=3, length=10))) as upstream:
        more = {
            "ACCRUAL_OTEL_ENDPOINT": collector.url,
            "ACCRUAL_DEFILLAMA_KEY": "hunter2",
            "ACCRUAL_DEFILLAMA_PRO_URL": upstream.url,
        }
        accrual(url, "sync", "--source", "defillama", cwd=tmp_path, **more)

    calls = collector.named("upstream defillama")
    assert len(calls) == len(upstream.asked) > 0
    assert {attributes_of(call)["server.address"] for call in calls} == {"127.0.0.1"}
    assert all("http.response.status_code" in attributes_of(call) for call in calls)
    assert not any(b"hunter2" in body for body in collector.bodies)
