"""The edge put together: what a process needs once to answer GraphQL on one path."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from graphql import GraphQLSchema
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.document import Document, Documents
from graph.execution import CoreExecutor, Executor
from models.store import Store
from resolvers.caller import Caller
from resolvers.context import Context
from server.draining import Draining
from server.edge.bucket import buckets_of
from server.edge.callers import Callers
from server.edge.keyring import Keyring
from server.edge.operations import Operations, Pinning
from server.edge.origins import Origins
from server.edge.persisted import PersistedDocuments, trusted_documents
from server.edge.places import Places
from server.edge.purse import Purses
from server.edge.settings import EdgeSettings
from server.edge.sockets import Sockets
from server.edge.strictjson import StrictJson
from server.edge.turns import Turns
from server.edge.usage import Usage
from server.edge.view import View


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An ASGI application: HTTP and WebSocket on one path."""

    view: ASGIApp
    sockets: Sockets
    operations: Operations
    json: StrictJson

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.sockets(scope, receive, send)
        else:
            await self.view(scope, receive, send)

    def frees(self, caller: Caller) -> bool:
        """Whether the rate limit does not hold a caller."""
        return not self.operations.purses.limited(caller)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None, None]:
        """Within, usage is stored every few seconds, and once more at the end."""
        usage = self.operations.purses.usage
        storing = asyncio.create_task(usage.store_forever())
        try:
            yield
        finally:
            storing.cancel()
            await asyncio.gather(storing, return_exceptions=True)
            await usage.store_now()
            await self.operations.purses.buckets.close()


def endpoint(
    settings: EdgeSettings,
    schema: GraphQLSchema,
    store: Store,
    executor: Executor | None = None,
    context: Pinning | None = None,
    draining: Draining | None = None,
    page: Mapping[str, Document] | None = None,
) -> Endpoint:
    """The edge of a schema over a store: by default graphql-core executes, at the newest epoch.

    The documents of `page` are trusted as those of the operator's manifest are.
    """
    documents = Documents(schema, settings.limits, settings.document_cache, settings.document_cache_characters)
    core = CoreExecutor(schema)
    trusted = {**(page or {}), **trusted_documents(schema, settings.manifest)}
    persisted = PersistedDocuments(documents, trusted, settings.registered_documents)
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    operations = Operations(
        settings,
        schema,
        executor or core,
        core,
        persisted,
        Purses(settings, buckets_of(redis_url), Usage(store)),
        Turns(settings.max_concurrent, settings.max_waiting),
        context or newest(store),
    )
    json = StrictJson(settings.max_json_depth, settings.max_integer_digits, settings.max_string_characters)
    keyring = Keyring(store, settings.key_pepper.get_secret_value(), settings.key_cache_seconds)
    callers, places, origins = Callers(keyring.known), Places(settings.max_sockets), Origins(settings.allowed_origins)
    draining = draining or Draining()
    view = View(operations, callers, json, places, draining)
    return Endpoint(
        origins.around(view), Sockets(operations, callers, json, places, origins, draining), operations, json
    )


def newest(store: Store) -> Pinning:
    """Each request reads the newest epoch there is when it comes."""

    async def context(caller: Caller) -> Context:
        return Context(store, await store.resolve(), caller=caller)

    return context
