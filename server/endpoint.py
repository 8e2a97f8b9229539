"""GraphQL over HTTP: each request reads the newest epoch there is when it arrives."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from graph.schema import schema
from models.store import Store
from resolvers.context import Context


class Endpoint(GraphQL[Context, None]):
    """The schema as an ASGI application."""

    def __init__(self, store: Store) -> None:
        super().__init__(schema, graphql_ide=None)
        self.store = store

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        return Context(self.store, await self.store.resolve())
