"""A server in the test's own process: over real sockets, and without the seconds that a process takes to begin."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from server.edge.protocol import uvicorn_options
from server.edge.settings import EdgeSettings


class Listening(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.begun, self.url = asyncio.Event(), ""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.begun.set()


@asynccontextmanager
async def listening(app: ASGIApp, settings: EdgeSettings) -> AsyncGenerator[Listening, None]:
    """An application that is served as `accrual serve` does it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        options = {**uvicorn_options(settings), "timeout_graceful_shutdown": 5}
        server = Listening(uvicorn.Config(app, log_config=None, access_log=False, **options))
        serving = asyncio.create_task(server.serve(sockets=[taken]))
        begun = asyncio.create_task(server.begun.wait())
        await asyncio.wait((serving, begun), return_when=asyncio.FIRST_COMPLETED)
        begun.cancel()
        try:
            server.url = f"http://127.0.0.1:{taken.getsockname()[1]}"
            yield server
        finally:
            server.should_exit = True
            await serving
