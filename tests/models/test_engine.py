"""A database that is asked for too much stops working on it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.engine import timed_out
from models.store import Store

ENDLESS = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 - i FROM n) SELECT max(i) FROM n")


async def test_a_statement_ends_when_its_time_is_over(url: str) -> None:
    store = Store(url, statement_seconds=0.2)

    async with store.readers.connect() as connection:
        with pytest.raises(DBAPIError) as caught:
            await connection.execute(ENDLESS)
        after = await connection.scalar(text("SELECT 1"))
    await store.close()

    assert timed_out(caught.value)
    assert after == 1


async def test_another_failure_is_not_one_of_time(url: str) -> None:
    store = Store(url, statement_seconds=0.2)

    async with store.readers.connect() as connection:
        with pytest.raises(DBAPIError) as caught:
            await connection.execute(text("SELECT nothing FROM nowhere"))
    await store.close()

    assert not timed_out(caught.value)
