"""The store that a command works on."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from models.migrate import migrate
from models.store import Store
from server import logs
from server.settings import Settings


@asynccontextmanager
async def opened(settings: Settings | None = None) -> AsyncGenerator[Store, None]:
    """The store of the environment's settings, at the newest revision."""
    settings = settings or Settings.from_environment()
    logs.configure(settings.log_level, settings.log_format)
    url = settings.database_url.get_secret_value()
    await migrate(url)
    store = Store(url)
    try:
        yield store
    finally:
        await store.close()
