"""What the product is measured against: (f) a route with one statement written by hand, (g) one with ready bytes."""

import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import aiosqlite
import asyncpg
import orjson
from sqlalchemy import make_url
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bench import postgresql, sqlite

BYTES = "ACCRUAL_BENCH_BYTES"
QUERIES = ("Q1", "Q2", "Q3", "Q4")

Ask: TypeAlias = Callable[[str, dict[str, Any]], Awaitable[bytes]]
"""The answer to a query with its variables, as JSON."""


def by_hand() -> Starlette:
    """(f): the statement makes the JSON, the route hands it on."""
    url = make_url(os.environ["ACCRUAL_DATABASE_URL"])
    answering = _from_sqlite if url.get_backend_name() == "sqlite" else _from_postgresql

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None, None]:
        async with answering(url) as ask:
            app.state.ask = ask
            yield

    async def answer(request: Request) -> Response:
        values = orjson.loads(await request.body())
        return Response(await request.app.state.ask(request.url.path[1:], values), media_type="application/json")

    routes = [Route(f"/{query}", answer, methods=["POST"]) for query in QUERIES]
    return Starlette(routes=[*routes, Route("/livez", _livez)], lifespan=lifespan)


def ready() -> Starlette:
    """(g): the bytes of an answer of the product, read when it starts."""
    folder = Path(os.environ[BYTES])

    def route(query: str) -> Route:
        body = (folder / query).read_bytes()

        async def answer(request: Request) -> Response:
            await request.body()
            return Response(body, media_type="application/json")

        return Route(f"/{query}", answer, methods=["POST"])

    return Starlette(routes=[*map(route, QUERIES), Route("/livez", _livez)])


async def _livez(request: Request) -> Response:
    return PlainTextResponse("ok\n")


@asynccontextmanager
async def _from_postgresql(url: Any) -> AsyncGenerator[Ask, None]:
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    async with asyncpg.create_pool(dsn, min_size=8, max_size=8, server_settings={"jit": "off"}) as pool:

        async def ask(query: str, values: dict[str, Any]) -> bytes:
            text: str = await pool.fetchval(postgresql.STATEMENTS[query], *_parameters(query, values))
            return text.encode()

        yield ask


@asynccontextmanager
async def _from_sqlite(url: Any) -> AsyncGenerator[Ask, None]:
    async with aiosqlite.connect(f"file:{url.database}?mode=ro", uri=True) as connection:

        async def ask(query: str, values: dict[str, Any]) -> bytes:
            parameters = [_ordinal(value) for value in _parameters(query, values)]
            async with connection.execute(sqlite.STATEMENTS[query], parameters) as cursor:
                [text] = await cursor.fetchone() or [""]
            return str(text).encode()

        yield ask


def _parameters(query: str, values: dict[str, Any]) -> list[Any]:
    """The subject or the offset, then the days where there are any."""
    days = [date.fromisoformat(values[name]) for name in ("from", "to") if name in values]
    return [values["by"]["slug"] if "by" in values else values["offset"], *days]


def _ordinal(value: Any) -> Any:
    return value.toordinal() if isinstance(value, date) else value
