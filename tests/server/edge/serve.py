"""Serves the sample schema through the edge, as `accrual serve` serves ours: python -m tests.server.edge.serve."""

import os
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import uvicorn
from pydantic_settings import SettingsConfigDict
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from graph.execution import Executor
from models.store import Store
from server import logs
from server.draining import Draining
from server.edge.endpoint import endpoint
from server.edge.protocol import STATE, limits_of, uvicorn_options
from server.edge.settings import EdgeSettings
from tests.server.edge.sample import schema

DRAIN_SECONDS = 0.5


class SampleSettings(EdgeSettings):
    model_config = SettingsConfigDict(env_prefix="ACCRUAL_")


def create_app(url: str, settings: EdgeSettings, executor: Executor | None = None) -> Starlette:
    store = Store(url)
    draining = Draining()
    edge = endpoint(settings, schema._schema, store, executor, draining=draining)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[dict[str, object], None]:
        async with edge.running():
            with draining.on_sigterm(DRAIN_SECONDS):
                yield {STATE: limits_of(settings)}
        await store.close()

    return Starlette(routes=[Route("/graphql", edge), WebSocketRoute("/graphql", edge)], lifespan=lifespan)


def main() -> None:
    # On standard error: nobody reads standard output after the port, and a full pipe would stop the server.
    logs.configure("WARNING", "json")
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    settings = SampleSettings()
    app = create_app(os.environ["ACCRUAL_DATABASE_URL"], settings)
    config = uvicorn.Config(app, log_level="warning", access_log=False, **uvicorn_options(settings))
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
