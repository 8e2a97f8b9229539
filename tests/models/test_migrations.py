"""One history leads both engines to the models, and back."""

import asyncio

import pytest
from alembic import command
from sqlalchemy import text

from models.migrate import configuration, head, migrate
from models.store import Store
from tests.builders import protocol_fact, published, revenue


async def test_the_migrations_lead_to_the_models(store: Store, url: str) -> None:
    await published(store, protocol_fact("aave"), revenue("aave", {0: 1, 200: 1}))

    await asyncio.to_thread(command.check, configuration(url))


async def test_the_history_can_be_walked_both_ways(url: str) -> None:
    await asyncio.to_thread(command.downgrade, configuration(url), "base")
    await migrate(url)

    await asyncio.to_thread(command.check, configuration(url))


async def test_what_alembic_cannot_see_is_there(store: Store, engine: str) -> None:
    """It compares neither partitioning, nor INCLUDE, nor the predicate of an index, nor WITHOUT ROWID."""
    await published(store, protocol_fact("aave"), revenue("aave", {0: 1, 200: 1}))
    catalog = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE tbl_name = 'obs' ORDER BY name",
        "postgresql": "SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'obs_2026q3' ORDER BY indexname",
    }
    async with store.readers.connect() as connection:
        found = "\n".join(row[0] for row in await connection.execute(text(catalog[engine])) if row[0])

    expected = {
        "sqlite": ("WITHOUT ROWID", "(valid_from) WHERE valid_from > 1", "(valid_to) WHERE valid_to < 2147483647"),
        "postgresql": (
            "(series_id, day, valid_from) INCLUDE (valid_to, value, revision)",
            "USING brin (valid_from) WITH (pages_per_range='32')",
            "(valid_to) WHERE (valid_to < 2147483647)",
        ),
    }
    assert [part for part in expected[engine] if part not in found] == []


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_partitions_are_made_for_the_days_that_come(store: Store) -> None:
    await published(store, protocol_fact("aave"), revenue("aave", {0: 1}), revenue("aave", {200: 1}, stream="spot"))

    async with store.readers.connect() as connection:
        query = "SELECT relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE c.relkind = 'r' ORDER BY 1"
        tables = (await connection.scalars(text(query))).all()
    assert tables == ["obs_2025q4", "obs_2026q1", "obs_2026q2", "obs_2026q3"]


async def test_the_store_knows_its_revision(store: Store) -> None:
    async with store.readers.connect() as connection:
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == head()
