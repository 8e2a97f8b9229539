"""A prepared statement gives the same rows on the driver as through SQLAlchemy, whatever its columns hold."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Select, bindparam, select
from sqlalchemy.exc import DBAPIError

from models.epoch import Pin, epoch
from models.ledger import ledger
from models.observation import pack
from models.protocol import protocol
from models.statement import Draft, prepared
from models.store import Store
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


async def test_a_statement_that_fails_raises_what_sqlalchemy_raises(filled: Store) -> None:
    refused = prepared(lambda draft: select((live := draft.live(protocol)).c.protocol_id / (live.c.protocol_id * 0)))
    if filled.readers.dialect.name != "postgresql":
        pytest.skip("SQLite divides by nothing without an error")

    async with filled.reading(Pin(1)) as reader:
        with pytest.raises(DBAPIError) as failure:
            await reader.run(refused)

        assert getattr(failure.value.orig, "sqlstate", None) == "22012"
        assert await reader.run(prepared(STATEMENTS["protocols"]))
