"""Many rows at once, by each engine's fastest way; values as the driver wants them."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection


async def insert_many(
    connection: AsyncConnection, table: Table, columns: Sequence[str], records: Sequence[tuple[Any, ...]]
) -> None:
    """COPY on PostgreSQL; on SQLite one prepared INSERT run for each record."""
    if not records:
        return
    if connection.dialect.name == "postgresql":
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection
        await driver.copy_records_to_table(table.name, records=records, columns=columns)
        return
    named = ", ".join(f'"{column}"' for column in columns)
    places = ", ".join("?" * len(columns))
    await connection.exec_driver_sql(f"INSERT INTO {table.name} ({named}) VALUES ({places})", list(records))  # noqa: S608


def day_of(dialect: str) -> Callable[[int], date | int]:
    """What turns an ordinal into what a Day column holds."""
    return date.fromordinal if dialect == "postgresql" else int
