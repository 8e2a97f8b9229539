"""The reference: the same schema and resolvers through graphql-core and Strawberry's own view."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from graph.schema import schema
from models.epoch import Pin
from models.store import Store
from resolvers.context import Context


class View(GraphQL[Context, None]):
    """Reads one epoch, found when it starts: the product does not ask for it with every request either."""

    def __init__(self, store: Store) -> None:
        super().__init__(schema, graphql_ide=None)
        self.store = store
        self.pin = Pin(0)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        return Context(self.store, self.pin)


def application() -> Starlette:
    store = Store(os.environ["ACCRUAL_DATABASE_URL"])
    view = View(store)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None, None]:
        view.pin = await store.resolve()
        yield
        await store.close()

    async def livez(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    return Starlette(routes=[Route("/graphql", view), Route("/livez", livez)], lifespan=lifespan)
