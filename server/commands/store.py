"""`accrual migrate` and `accrual load-bundled`; and what a server does before it answers."""

import asyncio

import structlog
import typer

from models.epoch import BeforeFirstEpoch
from models.lock import Locked
from models.migrate import head
from models.publication import RecordingRefused
from models.store import Store
from server.commands.opened import opened
from server.settings import Settings
from sync.bundle import StoreInUse, load

log = structlog.get_logger("server.commands.store")

# How often to look whether another process has filled the store that this one waits for.
GLANCE = 0.2


def migrate() -> None:
    """Bring the store to the revision of this program."""
    asyncio.run(_migrate())
    typer.echo(f"The store is at revision {head()}.")


async def _migrate() -> None:
    async with opened():
        pass


def load_bundled() -> None:
    """Load the bundled dataset into the store."""
    asyncio.run(_load_bundled())


async def _load_bundled() -> None:
    async with opened() as store:
        typer.echo(await load(store))


async def fill(settings: Settings) -> None:
    """Migrate the store, and load what it lacks of the bundled dataset if it holds nothing else.

    Of several servers that start on one empty store one loads, the others wait for something to answer from.
    """
    async with opened(settings) as store:
        while True:
            try:
                await load(store)
            except StoreInUse:
                return
            except RecordingRefused as refused:
                # Recordings of a newer release of this program: they can't be put before what readers have seen.
                log.warning("the bundled dataset is not what this store was loaded from", reason=str(refused))
                return
            except Locked:
                if not await _is_empty(store):
                    return
                await asyncio.sleep(GLANCE)
            else:
                return


async def _is_empty(store: Store) -> bool:
    try:
        await store.resolve()
    except BeforeFirstEpoch:
        return True
    return False
