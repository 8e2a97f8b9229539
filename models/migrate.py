"""Bring a store to the newest revision, from a checkout or an installed wheel."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parent / "migrations"


def configuration(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


async def migrate(url: str) -> None:
    """Bring the store at `url` to the newest revision. In a thread: env.py runs a loop of its own."""
    await asyncio.to_thread(command.upgrade, configuration(url), "head")


def head() -> str | None:
    """The newest revision this program knows: the one a store must be at."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()
