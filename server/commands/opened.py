"""The store that a command works on."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from models.migrate import migrate
from models.store import Store
from server import logs
from server.settings import Settings
from server.tracing import tracing


@asynccontextmanager
async def opened(settings: Settings | None = None) -> AsyncGenerator[Store, None]:
    """The store of the environment's settings, at the newest revision."""
    settings = settings or Settings.from_environment()
    logs.configure(settings.log_level, settings.log_format)
    url = settings.database_url.get_secret_value()
    await migrate(url)
    store = Store(url)
    try:
        async with tracing(settings.otel_endpoint):
            yield store
    finally:
        await store.close()
