"""The edge put together: what a process needs once to answer GraphQL on one path."""

from dataclasses import dataclass

from graphql import GraphQLSchema
from starlette.types import Receive, Scope, Send

from graph.document import Documents
from graph.execution import CoreExecutor, Executor
from models.store import Store
from resolvers.caller import Caller
from resolvers.context import Context
from server.edge.bucket import buckets_of
from server.edge.callers import Callers, Known
from server.edge.operations import Operations, Pinning
from server.edge.persisted import PersistedDocuments, trusted_documents
from server.edge.places import Places
from server.edge.settings import EdgeSettings
from server.edge.strictjson import StrictJson
from server.edge.turns import Turns
from server.edge.view import View


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An ASGI application."""

    view: View

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.view(scope, receive, send)


def endpoint(
    settings: EdgeSettings,
    schema: GraphQLSchema,
    store: Store,
    executor: Executor | None = None,
    context: Pinning | None = None,
    known: Known | None = None,
) -> Endpoint:
    """The edge of a schema over a store: by default graphql-core executes at the newest epoch, and nobody has a key."""
    documents = Documents(schema, settings.limits, settings.document_cache, settings.document_cache_characters)
    core = CoreExecutor(schema)
    persisted = PersistedDocuments(
        documents, trusted_documents(schema, settings.manifest), settings.registered_documents
    )
    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    operations = Operations(
        settings,
        schema,
        executor or core,
        core,
        persisted,
        buckets_of(redis_url),
        Turns(settings.max_concurrent, settings.max_waiting),
        context or newest(store),
    )
    json = StrictJson(settings.max_json_depth, settings.max_integer_digits, settings.max_string_characters)
    return Endpoint(View(operations, Callers(known or nobody), json, Places(settings.max_sockets)))


def newest(store: Store) -> Pinning:
    """Each request reads the newest epoch there is when it comes."""

    async def context(caller: Caller) -> Context:
        return Context(store, await store.resolve(), caller=caller)

    return context


async def nobody(key: str) -> Caller | None:
    return None
