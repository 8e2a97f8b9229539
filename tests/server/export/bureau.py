"""Exports in one process: a desk, a worker that works when it is told to, and a clock that is set by hand."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import orjson
from pydantic import SecretStr
from starlette.applications import Starlette

from graph.document import read_document
from graph.execution import CoreExecutor, job_of
from graph.limits import Limits
from graph.schema import schema
from models.epoch import Pin
from models.store import Store
from resolvers.caller import Caller
from resolvers.context import Context
from resolvers.export import ExportInput, ExportJob, ExportPayload
from server.edge.endpoint import endpoint
from server.edge.keyring import SCOPES, create
from server.export.jobs import Jobs
from server.export.links import Links
from server.export.worker import Worker
from server.exports import Exports, exports_of
from server.outbound import Outbound
from server.settings import Settings
from tests.builders import Fact, entry_fact, protocol_fact

BEGAN = datetime(2026, 7, 10, 12, tzinfo=UTC)
ENTRIES = "{ ledger { nodes { ref usd occurredAt day: provenance { source { name } } } } }"


@dataclass(slots=True)
class Clock:
    """Says what it was set to."""

    now: datetime = BEGAN

    def __call__(self) -> datetime:
        return self.now

    def on(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(slots=True)
class Bureau:
    """What a server holds of exports, without the server."""

    exports: Exports
    worker: Worker
    store: Store
    clock: Clock
    caller: Caller

    @property
    def jobs(self) -> Jobs:
        return self.exports.jobs

    async def context(self, caller: Caller | None = None) -> Context:
        pin = await self.store.resolve()
        return Context(self.store, pin, caller=caller or self.caller, exports=self.exports.desk())

    async def order(self, query: str = ENTRIES, caller: Caller | None = None, **more: Any) -> ExportPayload:
        return await self.exports.desk().start(ExportInput(query, **more), await self.context(caller))

    async def ordered(self, query: str = ENTRIES, **more: Any) -> ExportJob:
        """An order that has to be taken."""
        payload = await self.order(query, **more)
        assert payload.errors == ()
        assert payload.job is not None
        return payload.job

    async def told(self, number: int, caller: Caller | None = None) -> ExportJob | None:
        return await self.exports.desk().job(number, await self.context(caller))

    async def filled(self, query: str = ENTRIES, **more: Any) -> ExportJob:
        """An order, and what it has come to after the worker took it."""
        number = (await self.ordered(query, **more)).number
        assert await self.worker.work()
        job = await self.told(number)
        assert job is not None
        return job

    def contents(self, job: ExportJob) -> list[bytes]:
        """Of its files as they lie on the disk."""
        names = sorted(self.exports.place.folder(job.number).iterdir())
        return [path.read_bytes() for path in names]

    def client(self) -> httpx.AsyncClient:
        """Of a server that gives out the files and nothing else."""
        transport = httpx.ASGITransport(Starlette(routes=[self.exports.route()]))
        return httpx.AsyncClient(transport=transport, base_url="http://accrual.test")

    def another(self, **changed: Any) -> Worker:
        """A worker of another process on the same store."""
        return replace(self.worker, rung=asyncio.Event(), leaving=asyncio.Event(), **changed)


async def bureau_of(store: Store, folder: Path, **said: Any) -> Bureau:
    """On a store that has its epochs; `said` are settings."""
    url = store.url.render_as_string(hide_password=False)
    settings = Settings(database_url=SecretStr(url), export_directory=folder, key_pepper=SecretStr("pepper"), **said)
    clock, exports = Clock(), exports_of(settings, schema, store)
    exports = replace(
        exports,
        jobs=Jobs(store, settings.export_claim_seconds, clock),
        links=Links("pepper", settings.export_url_seconds, settings.public_url, clock),
        outbound=Outbound(settings.webhook_loopback, tls=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)),
    )
    worker = exports.worker(endpoint(settings, schema._schema, store).operations)
    worker.telling = replace(worker.telling, chance=lambda: 0.0)
    return Bureau(exports, worker, store, clock, await client_of(store, "acme"))


async def client_of(store: Store, name: str, **more: Any) -> Caller:
    """A client with a key of its own, as the server knows it."""
    said = {"tier": "standard", "scopes": SCOPES, "documents": "open", "expires": None, **more}
    key = await create(store, "pepper", name, **said)
    return Caller(
        f"key:{name}", name, key.key_id, said["tier"], said["scopes"], said["documents"], reached="http://accrual.test"
    )


def entries(count: int) -> list[Fact]:
    """A protocol with so many entries of the ledger, each at a time of its own."""
    bought = [
        entry_fact(f"e{n}", "one", usd=Decimal(n) / 8 if n % 5 else None, at=BEGAN - timedelta(hours=n))
        for n in range(count)
    ]
    return [protocol_fact("one"), *bought]


async def by_hand(store: Store, query: str, key: str, pin: Pin | None = None) -> Sequence[dict[str, Any]]:
    """Every node of a document that takes `$after`, paged through with graphql-core."""
    document, rows, after = read_document(schema._schema, query, Limits()), [], None
    pin = pin or await store.resolve()
    while True:
        job = job_of(schema._schema, document, None, {"after": after}, Limits())
        answer = await CoreExecutor(schema._schema).execute(job, Context(store, pin))
        assert answer.errors == ()
        found = orjson.loads(orjson.dumps(answer.data))[key]
        rows += found["nodes"]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            return rows
