"""The pages for people: what this is, and a place to write queries."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from strawberry.http.ides import get_graphql_ide_html

from graph.schema import schema

FRONT = Path(__file__).with_name("front.html").read_text(encoding="utf-8")
SDL = schema.as_str() + "\n"
# As shipped the page sends queries to its own address.
GRAPHIQL = get_graphql_ide_html("graphiql").replace(
    'window.location.href.split("?")[0]', 'new URL("/graphql", window.location.href).href'
)


async def front(request: Request) -> Response:
    return HTMLResponse(FRONT)


async def graphiql(request: Request) -> Response:
    """The page that Strawberry ships, sending its queries to /graphql."""
    return HTMLResponse(GRAPHIQL)


async def sdl(request: Request) -> Response:
    return PlainTextResponse(SDL)
