"""`accrual serve`: the API over HTTP."""

import asyncio
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import typer
import uvicorn

from server.commands.duration import duration
from server.commands.refreshing import refreshing
from server.commands.store import fill
from server.edge.protocol import uvicorn_options
from server.metrics import SHARED_FOLDER
from server.settings import Settings

Port = Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")]
Workers = Annotated[int, typer.Option(min=1, max=256, help="How many processes answer.")]


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = 1,
    sync_every: Annotated[
        timedelta | None,
        typer.Option(parser=duration, metavar="TIME", help="Sync in a process beside it, so often: 30m, 1h, 1d."),
    ] = None,
) -> None:
    """Migrate the store, load the bundled dataset if it is empty, and answer queries."""
    settings = Settings.from_environment()
    asyncio.run(fill(settings))
    with refreshing(settings, sync_every), _shared_metrics(workers):
        uvicorn.run(
            "server.app:from_environment",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            loop="uvloop",
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=settings.shutdown_seconds,
            **uvicorn_options(settings),
        )


@contextmanager
def _shared_metrics(workers: int) -> Generator[None, None, None]:
    """A folder for the metrics of several workers; one alone keeps them in memory."""
    if workers == 1:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="accrual-metrics-") as folder:
        # A setting of the metrics library, which it reads from nowhere else, in each worker.
        os.environ[SHARED_FOLDER] = folder
        yield
