"""PostgreSQL databases for tests. Making and dropping one takes seconds, so they are wiped and used again."""

import asyncio
import os
from collections.abc import AsyncGenerator
from concurrent.futures import Executor, Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import NullPool, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

POSTGRES = os.environ.get("ACCRUAL_TEST_POSTGRES_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres")
PREFIX = f"accrual_test_{os.getpid()}"
numbers = count(1)
# So many are there for one test after the other: while one is used, the other is wiped.
AT_ONCE = 2

# What migrations make: a test that alters it leaves a database that nobody else gets.
STRUCTURE = text("""
SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
    SELECT concat(attrelid::regclass, '.', attname, atttypid, attnotnull) FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0
    UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat(d.datconnlimit, s.setconfig) FROM pg_database d
    LEFT JOIN pg_db_role_setting s ON s.setdatabase = d.oid WHERE datname = current_database()
    UNION ALL SELECT version_num FROM alembic_version
) AS of (line)""")
ALONE = text("""
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()""")
EMPTY = text("""
DO $$ DECLARE each regclass; filled boolean; BEGIN
    FOR each IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'obs'::regclass LOOP
        EXECUTE format('DROP TABLE %s', each);
    END LOOP;
    FOR each IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', each) INTO filled;
        IF filled AND each <> 'alembic_version'::regclass THEN EXECUTE format('TRUNCATE %s', each); END IF;
    END LOOP;
    PERFORM setval(oid, 1, false) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S';
    DELETE FROM pg_statistic WHERE starelid >= 16384;
END $$""")


@dataclass(slots=True)
class Databases:
    """Copies of an empty, migrated store: each is one test's at a time, and wiped beside the next ones."""

    template: str
    executor: Executor
    structure: str = ""
    used: list["Future[str | None]"] = field(default_factory=list["Future[str | None]"])

    @asynccontextmanager
    async def one(self) -> AsyncGenerator[str, None]:
        name = await self._wiped() or await self._made()
        yield name
        self.used.append(self.executor.submit(asyncio.run, wipe(name, self.structure)))

    async def _wiped(self) -> str | None:
        return await asyncio.wrap_future(self.used.pop(0)) if len(self.used) >= AT_ONCE else None

    async def _made(self) -> str:
        name = await copy(self.template)
        self.structure = self.structure or await structure_of(name)
        return name

    async def close(self) -> None:
        for each in self.used:
            if name := await asyncio.wrap_future(each):
                await drop(name)


@asynccontextmanager
async def copied(template: str, executor: Executor) -> AsyncGenerator[str, None]:
    """A copy of a database that is not empty, dropped beside the next tests."""
    name = await copy(template)
    yield name
    executor.submit(asyncio.run, drop(name))


async def copy(template: str) -> str:
    """Its commits do not wait for the disk: no test stops the server."""
    name = f"{PREFIX}_{next(numbers)}"
    await administer(
        f"CREATE DATABASE {name} TEMPLATE {template}", f"ALTER DATABASE {name} SET synchronous_commit TO off"
    )
    return name


async def wipe(name: str, structure: str) -> str | None:
    """Make it as it was when copied; None where a test has altered more than rows: that one is dropped."""
    async with connected(url_of(name)) as connection:
        await connection.execute(ALONE)
        await connection.execute(EMPTY)
        same = await connection.scalar(STRUCTURE) == structure
    if not same:
        await drop(name)
    return name if same else None


async def structure_of(name: str) -> str:
    async with connected(url_of(name)) as connection:
        found: str = await connection.scalar(STRUCTURE)
    return found


async def drop(name: str) -> None:
    await administer(f"DROP DATABASE {name} WITH (FORCE)")


async def administer(*statements: str) -> None:
    async with connected(POSTGRES) as connection:
        for statement in statements:
            await connection.execute(text(statement))


@asynccontextmanager
async def connected(url: str) -> AsyncGenerator[AsyncConnection, None]:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


def url_of(database: str) -> str:
    return make_url(POSTGRES).set(database=database).render_as_string(hide_password=False)
