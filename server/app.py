"""The HTTP application: its routes, and what it holds while it runs."""

import gc
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, replace
from typing import Any

import orjson
import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.execution import CoreExecutor
from graph.plan.execute import PlanExecutor
from graph.plan.kept import Kept
from graph.schema import schema
from models.store import Store
from server import logs, pages
from server.caches import Caches, fell_back
from server.compression import compressed
from server.draining import Draining
from server.edge.endpoint import endpoint
from server.edge.hot import Hot
from server.edge.protocol import STATE, limits_of
from server.edge.straight import Straight
from server.exports import exports_of
from server.health import Health
from server.metrics import exposition
from server.newest import Newest
from server.requests import Requests, record
from server.safety import Safe
from server.settings import Settings
from server.status import Status
from server.tracing import Continued, is_traced, tracing
from server.webhooks.assembly import Webhooks

log = structlog.get_logger("server.app")

GRAPHQL = "/graphql"


def from_environment() -> Starlette:
    """What each worker process runs: it reads the settings that the command line has already checked."""
    settings = Settings.from_environment()
    logs.configure(settings.log_level, settings.log_format)
    app = create_app(settings)
    # What is there now stays. To look through it for garbage would take longer than a hundred requests.
    gc.collect()
    gc.freeze()
    return app


class Application(Starlette):
    """The routes with their middleware, behind a `front` that may answer a request without them."""

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        self.front: ASGIApp = super().__call__

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.front(scope, receive, send)


def create_app(settings: Settings) -> Starlette:
    store, draining = Store(settings.database_url.get_secret_value(), settings.statement_seconds), Draining()
    kept, health = Kept.within(settings.cache_megabytes * 1_000_000), Health(store)
    plan = PlanExecutor(schema, CoreExecutor(schema._schema), kept, fell_back)
    exports, caches = exports_of(settings, schema, store), Caches(kept)
    newest = Newest(store, plan, settings.warmed_requests, exports=exports.desk())
    webhooks = Webhooks(settings, schema._schema, newest, draining)
    page = pages.documents(schema._schema)
    edge = endpoint(settings, schema._schema, store, plan, webhooks.context, draining, page)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[dict[str, object], None]:
        async with AsyncExitStack() as running:
            running.push_async_callback(store.close)
            running.push_async_callback(health.close)
            await running.enter_async_context(tracing(settings.otel_endpoint, store.readers))
            await running.enter_async_context(newest.watching())
            await running.enter_async_context(caches.telling())
            await running.enter_async_context(edge.running())
            await running.enter_async_context(exports.worker(edge.operations).working(draining))
            await running.enter_async_context(webhooks.running())
            running.enter_context(draining.on_sigterm(settings.drain_seconds))
            yield {STATE: limits_of(settings)}

    async def readyz(request: Request) -> Response:
        status = await _status(health, draining)
        return _json({"status": "ready" if status.ready else "not ready", **asdict(status)}, status.ready)

    async def metrics(request: Request) -> Response:
        caches.tell()
        return Response(exposition(await _status(health, draining)), media_type=CONTENT_TYPE_LATEST)

    def lasting() -> int | None:
        return None if draining.begun else newest.epoch

    routes: list[Route | WebSocketRoute] = [
        Route(GRAPHQL, pages.IdeFirst(edge)),
        WebSocketRoute(GRAPHQL, edge),
        *pages.routes(page is not None),
        exports.route(),
        Route("/livez", livez),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
    ]
    around = [Middleware(Requests, paths=frozenset(route.path for route in routes)), Middleware(compressed)]
    if is_traced(settings.otel_endpoint):
        around.append(Middleware(Continued))
    app = Application(
        routes=routes, middleware=around, lifespan=lifespan, exception_handlers={404: pages.nothing_there}
    )
    app.front = Safe(app.front, tls=(settings.public_url or "").startswith("https:"))
    if kept is not None:
        # What is answered straight has no spans.
        traced = is_traced(settings.otel_endpoint)
        straight = None if traced else Straight(edge.operations, edge.json, plan, newest.known)
        app.front = Hot(
            app.front,
            GRAPHQL,
            kept.sent,
            lasting,
            edge.frees,
            straight,
            compressed,
            _recorded,
            settings.body_seconds,
        )
    return app


def _recorded(seconds: float, request_id: str, told: Mapping[str, object]) -> None:
    record("POST", GRAPHQL, 200, seconds, request_id=request_id, **told)


async def livez(request: Request) -> Response:
    """Says that the process runs and its loop turns; nothing about the store."""
    return PlainTextResponse("ok\n")


async def _status(health: Health, draining: Draining) -> Status:
    status = await health.status()
    return replace(status, reason="this server is about to end") if draining.begun else status


def _json(content: object, ok: bool) -> Response:
    return Response(orjson.dumps(content), 200 if ok else 503, media_type="application/json")
