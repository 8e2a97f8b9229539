"""The syncs of `accrual serve --sync-every`, in a process of their own: `python -m server.commands.beside SECONDS`.

It ends with its standard input: when the server closes that, or is no more.
"""

import asyncio
import os
import sys
from datetime import timedelta

import structlog

from models.store import Store
from server import logs
from server.commands.failure import EXPECTED, sentence_of
from server.commands.refreshing import repeat
from server.commands.upstreams import gate_of, upstreams_of
from server.settings import Settings
from server.tracing import tracing
from sync import pipeline

# Whoever answers goes first where both want the same processor.
NICE = 10

log = structlog.get_logger("server.refreshing")


def main(every: timedelta) -> None:
    """Sync at once and then so often, until standard input ends."""
    os.nice(NICE)
    settings = Settings.from_environment()
    logs.configure(settings.log_level, settings.log_format)
    asyncio.run(_repeat(settings, every))


async def _repeat(settings: Settings, every: timedelta) -> None:
    store, ended = Store(settings.database_url.get_secret_value()), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin.fileno(), ended.set)
    async with tracing(settings.otel_endpoint):
        syncing = asyncio.create_task(repeat(store, lambda: _once(store, settings), every))
        ending = asyncio.create_task(ended.wait())
        try:
            await asyncio.wait((syncing, ending), return_when=asyncio.FIRST_COMPLETED)
            if syncing.done():
                # It goes on for ever: what ended it is raised.
                syncing.result()
            syncing.cancel()
            await asyncio.wait((syncing,))
        finally:
            loop.remove_reader(sys.stdin.fileno())
            await store.close()


async def _once(store: Store, settings: Settings) -> None:
    try:
        report = await pipeline.sync(store, upstreams_of(settings), gate=gate_of(settings))
    except EXPECTED as error:
        log.warning("sync failed", error=sentence_of(error))
        return
    statuses = {line.source: line.status for line in report.lines}
    log.info("sync", epoch=report.epoch, error=report.error, **statuses)


if __name__ == "__main__":
    main(timedelta(seconds=float(sys.argv[1])))
