"""Webhooks put together: what a process needs to take orders, and to be the one that tells."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from graphql import GraphQLSchema

from graph.payload import Payloads
from models.epoch import Pin
from models.store import Store
from resolvers.caller import Caller
from resolvers.context import Context
from server.draining import Draining
from server.newest import Newest
from server.outbound import Outbound
from server.settings import Settings
from server.webhooks.desk import WebhookDesk
from server.webhooks.dispatch import Dispatch
from server.webhooks.evaluation import Evaluation
from server.webhooks.worker import Worker


def now() -> datetime:
    return datetime.now(UTC)


class Webhooks:
    """Of one process. It tells with connections of its own: no reader waits for one."""

    def __init__(self, settings: Settings, schema: GraphQLSchema, newest: Newest, draining: Draining) -> None:
        self.offered, self.newest = settings.webhooks == "on", newest
        self.store = Store(settings.database_url.get_secret_value(), settings.statement_seconds)
        outbound, pepper = Outbound(settings.webhook_loopback), settings.key_pepper.get_secret_value()
        payloads = Payloads(schema, settings.limits, settings.max_webhook_cost)
        self.desk = WebhookDesk(newest.store, outbound, payloads, pepper, settings.max_webhooks, now, self.offered)
        self.evaluation = Evaluation(self.store, payloads, self._reading, now)
        self.dispatch = Dispatch(self.store, outbound, pepper, now)
        self.worker = Worker(
            self.store,
            self.evaluation,
            self.dispatch,
            lambda: newest.epoch,
            draining.announced,
            timedelta(days=settings.webhook_days),
        )
        self.evaluation.stopping = self.worker.stopping

    async def context(self, caller: Caller) -> Context:
        """What a request reads, with the desk that takes its orders."""
        context = await self.newest.context(caller)
        context.webhooks = self.desk
        return context

    def _reading(self, pin: Pin) -> Context:
        kept = self.newest.plan.kept
        return Context(self.store, pin, kept.values if kept else None, news=self.newest.news)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """Within, it tells while no other process does, unless webhooks are off."""
        try:
            if self.offered:
                async with self.worker.running():
                    yield
            else:
                yield
        finally:
            await self.store.close()
