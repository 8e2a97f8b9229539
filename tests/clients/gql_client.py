"""`gql` as docs/clients.md starts it: pages of a list over HTTP, and a subscription over a socket."""

from collections.abc import AsyncGenerator

from gql import Client, GraphQLRequest, gql
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

PROTOCOLS = """
    query Protocols($after: String) {
      protocols(first: 3, after: $after) {
        nodes { slug revenue(window: D30) { value state reason } }
        pageInfo { hasNextPage endCursor }
      }
    }
"""
EPOCHS = gql("subscription { epochPublished { number } }")


async def slugs(url: str, pages: int) -> list[str]:
    """Slugs of the first pages; each query is checked against the server's own schema before it is sent."""
    found: list[str] = []
    after = None
    async with Client(transport=HTTPXAsyncTransport(url), fetch_schema_from_transport=True) as session:
        for _ in range(pages):
            asked = GraphQLRequest(PROTOCOLS, variable_values={"after": after})
            page = (await session.execute(asked))["protocols"]
            found += [node["slug"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
    return found


async def epochs(url: str) -> AsyncGenerator[int, None]:
    """Numbers of epochs as they are published."""
    async with Client(transport=WebsocketsTransport(url.replace("http", "ws", 1))) as session:
        async for event in session.subscribe(EPOCHS):
            yield event["epochPublished"]["number"]
