"""Webhooks over a real store and a real receiver, with a clock that the test moves."""

import json
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from graph.limits import Limits
from graph.payload import Payloads
from graph.schema import schema
from models.store import Store
from models.webhook import webhook, webhook_delivery
from resolvers.alert_rule import AlertOp, AlertRule
from resolvers.caller import Caller
from resolvers.context import Context
from resolvers.declare import URL
from resolvers.webhook_order import WebhookInput, WebhookPayload
from server.edge.keyring import SCOPES
from server.outbound import Outbound
from server.webhooks.desk import WebhookDesk
from server.webhooks.dispatch import Dispatch
from server.webhooks.evaluation import Evaluation
from tests.builders import protocol_fact, published
from tests.standin.server import Standin

NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
PEPPER = "pepper"
ENTRIES = AlertRule(AlertOp.NEW_LEDGER_ENTRY)


@dataclass
class Clock:
    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **time: float) -> None:
        self.moment += timedelta(**time)


def caller(name: str = "acme", *scopes: str) -> Caller:
    """The owner of a key."""
    return Caller(f"key:{name}", name, "4fG7kQ2x", "standard", scopes or SCOPES)


@dataclass
class Telling:
    """All the parts over one store; `chance` 0 takes nothing from a wait."""

    store: Store
    receiver: Standin
    clock: Clock = field(default_factory=Clock)
    outbound: Outbound = field(default_factory=lambda: Outbound(True, tls=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)))
    most: int = 3
    offered: bool = True

    def __post_init__(self) -> None:
        self.payloads = Payloads(schema._schema, Limits(), 500)
        self.evaluation = Evaluation(self.store, self.payloads, lambda pin: Context(self.store, pin), self.clock)
        self.dispatch = Dispatch(self.store, self.outbound, PEPPER, self.clock, lambda: 0.0)

    @property
    def desk(self) -> WebhookDesk:
        return WebhookDesk(
            self.store, self.outbound, self.payloads, PEPPER, self.most, self.clock, offered=self.offered
        )

    async def context(self, who: Caller | None = None) -> Context:
        context = Context(self.store, await self.store.resolve(), caller=who or caller())
        context.webhooks = self.desk
        return context

    async def ask(self, query: str, who: Caller | None = None, **variables: Any) -> Any:
        """The data of an answer without errors."""
        result = await schema.execute(query, variables, context_value=await self.context(who))
        assert result.errors is None
        return result.data

    async def order(self, path: str = "/in", owner: str = "acme", *rules: AlertRule, **more: Any) -> WebhookPayload:
        """A webhook at a path of the receiver, about new entries unless it has rules."""
        order = WebhookInput(URL(f"{self.receiver.url}{path}"), list(rules) or [ENTRIES], **more)
        payload = await self.desk.create(owner, order, Context(self.store, await self.store.resolve()))
        assert payload.errors == ()
        return payload

    async def look(self) -> None:
        """Look through all epochs there are."""
        await self.evaluation.look(await self.store.current())

    async def tell(self) -> None:
        """Look, and send what is due."""
        await self.look()
        await self.dispatch.send_all()

    async def hooks(self) -> list[Row[Any]]:
        async with self.store.readers.connect() as connection:
            return list((await connection.execute(select(webhook).order_by(webhook.c.webhook_id))).all())

    async def messages(self) -> list[Row[Any]]:
        async with self.store.readers.connect() as connection:
            query = select(webhook_delivery).order_by(webhook_delivery.c.delivery_id)
            return list((await connection.execute(query)).all())

    def received(self, path: str = "/in") -> list[dict[str, Any]]:
        """The bodies that came to a path, those that were answered with a fault too."""
        return [json.loads(asked.removeprefix(path)) for asked in self.receiver.asked if asked.startswith(f"{path}{{")]

    def headers(self, name: str) -> list[str]:
        return [headers[name] for headers in self.receiver.headers]


@pytest.fixture
async def telling(store: Store, receiver: Standin) -> Telling:
    """Over a store with one epoch, on each engine."""
    await published(store, protocol_fact("one"))
    return Telling(store, receiver)


@pytest.fixture
async def simple(sqlite_store: Store, receiver: Standin) -> Telling:
    """The same on SQLite alone, for what the store has no part in."""
    await published(sqlite_store, protocol_fact("one"))
    return Telling(sqlite_store, receiver)
