"""One history leads both engines to the models, and back."""

import asyncio

from alembic import command

from models.migrate import configuration, migrate


async def test_the_migrations_lead_to_the_models(url: str) -> None:
    await asyncio.to_thread(command.check, configuration(url))


async def test_the_history_can_be_walked_both_ways(url: str) -> None:
    await asyncio.to_thread(command.downgrade, configuration(url), "base")
    await migrate(url)

    await asyncio.to_thread(command.check, configuration(url))
