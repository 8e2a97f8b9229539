"""A prepared statement gives the same rows on the driver as through SQLAlchemy, whatever its columns hold."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Select, bindparam, func, select, text
from sqlalchemy.exc import DBAPIError

from models.epoch import Pin, epoch
from models.ledger import ledger
from models.observation import pack
from models.protocol import protocol
from models.statement import Draft, prepared
from models.store import Reader, Store
from models.vocabulary import LedgerKind
from tests.builders import entry_fact, protocol_fact, published, revenue
from tests.conftest import Recording

STATEMENTS: dict[str, Callable[[Draft], Select[Any]]] = {
    "protocols": lambda draft: select(draft.live(protocol)),
    "ledger": lambda draft: select(live := draft.live(ledger)).where(live.c.kind.in_([LedgerKind.PURCHASE])),
    "packs": lambda draft: select(draft.live(pack)),
    "epochs": lambda draft: select(epoch).where(
        epoch.c.published_at <= bindparam("now", type_=epoch.c.published_at.type)
    ),
    "none": lambda draft: select(live := draft.live(protocol)).where(draft.among(live.c.protocol_id, "ids")),
}
VALUES: dict[str, dict[str, object]] = {"epochs": {"now": datetime(2999, 1, 1, tzinfo=UTC)}, "none": {"ids": [10**6]}}
PROTOCOLS = prepared(STATEMENTS["protocols"])

on_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


@pytest.fixture
async def filled(store: Store) -> Store:
    entries = [
        entry_fact("a", "one", usd=Decimal("12.345678"), tokens=Decimal("7")),
        entry_fact("b", "one", usd=None, tokens=None),
    ]
    await published(store, protocol_fact("one"), *entries, revenue("one", {3: 5, 2: "0.25"}))
    return store


@pytest.mark.parametrize("name", STATEMENTS)
async def test_the_driver_gives_what_sqlalchemy_gives(filled: Store, statements: Recording, name: str) -> None:
    statement, values = prepared(STATEMENTS[name]), VALUES.get(name, {})

    async with filled.reading(Pin(1)) as reader:
        direct = [await reader.run(statement, **values) for _ in range(2)]
        with statements(filled.readers) as heard:
            through = await reader.run(statement, **values)

    assert len(heard) == 1
    assert [list(map(tuple, rows)) for rows in direct] == [list(map(tuple, through))] * 2
    assert [list(map(_named, rows)) for rows in direct] == [list(map(_named, through))] * 2
    assert bool(through) == (name != "none")


def _named(row: Any) -> dict[str, Any]:
    return dict(row._asdict())


@on_postgresql
async def test_a_statement_that_fails_raises_what_sqlalchemy_raises(filled: Store) -> None:
    refused = prepared(lambda draft: select((live := draft.live(protocol)).c.protocol_id / (live.c.protocol_id * 0)))

    async with filled.reading(Pin(1)) as reader:
        with pytest.raises(DBAPIError) as failure:
            await reader.run(refused)

        assert getattr(failure.value.orig, "sqlstate", None) == "22012"
        assert await reader.run(PROTOCOLS)


@on_postgresql
async def test_a_value_of_a_wrong_kind_is_no_error_of_the_database(filled: Store) -> None:
    async with filled.reading(Pin(1)) as reader:
        with pytest.raises(AttributeError):
            await reader.run(prepared(STATEMENTS["epochs"]), now="yesterday")


@on_postgresql
async def test_one_read_fails_when_the_server_ended_the_connections(filled: Store) -> None:
    async with filled.reading(Pin(1)) as one, filled.reading(Pin(1)) as other:
        before = [await one.run(PROTOCOLS), await other.run(PROTOCOLS)]
        ended = await _end(filled, [await _number(one), await _number(other)])
    async with filled.reading(Pin(1)) as reader:
        with pytest.raises(DBAPIError) as failure:
            await reader.run(PROTOCOLS)

    assert ended == 2
    assert failure.value.connection_invalidated
    async with filled.reading(Pin(1)) as one, filled.reading(Pin(1)) as other:
        assert [await one.run(PROTOCOLS), await other.run(PROTOCOLS)] == before


@on_postgresql
async def test_a_read_that_is_cancelled_leaves_no_statement_and_no_busy_connection(filled: Store) -> None:
    async with filled.writer.begin() as writer:
        async with filled.reading(Pin(1)) as reader:
            number = await _number(reader)
            await writer.execute(text("LOCK TABLE protocol IN ACCESS EXCLUSIVE MODE"))
            reading = asyncio.create_task(reader.run(PROTOCOLS))
            waiting = text("SELECT count(*) FROM pg_locks WHERE pid = :pid AND NOT granted")
            while not await writer.scalar(waiting, {"pid": number}):
                pass
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading

        running = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid AND state = 'active'")
        while await writer.scalar(running, {"pid": number}):
            pass
    async with filled.reading(Pin(1)) as reader:
        assert await _number(reader) != number
        assert await reader.run(PROTOCOLS)


@on_postgresql
async def test_a_statement_runs_on_after_a_migration_changed_its_columns(filled: Store) -> None:
    async with filled.reading(Pin(1)) as reader:
        before = await reader.run(PROTOCOLS)
        async with filled.writer.begin() as writer:
            await writer.execute(text("ALTER TABLE protocol ALTER COLUMN token_id TYPE bigint"))

        assert await reader.run(PROTOCOLS) == before


async def _number(reader: Reader) -> int:
    [row] = await reader.rows(select(func.pg_backend_pid()))
    number: int = row[0]
    return number


async def _end(store: Store, numbers: list[int]) -> int:
    """How many of these connections the server ended, once they are gone."""
    async with store.writer.begin() as writer:
        ended = [await writer.scalar(select(func.pg_terminate_backend(each, 5000))) for each in numbers]
    return sum(map(bool, ended))
