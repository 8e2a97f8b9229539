"""Thinning out epochs takes nothing from those that stay."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from models import epoch, obs, rollup
from models.epoch import AsOf, EpochPruned
from models.store import Store
from models.vocabulary import Metric
from sync.prune import Retention, prune
from tests.builders import days_ago as day
from tests.builders import protocol_fact, published, revenue
from tests.sync.reading import observed, packed, said

NOW = datetime(2026, 7, 20, tzinfo=UTC)


async def published_at(store: Store, *moments: datetime) -> None:
    """One epoch for each moment, each restating the same number."""
    both = (protocol_fact("aave"), protocol_fact("lido"), revenue("lido", {0: 1}))
    for number, moment in enumerate(moments, 1):
        await published(store, *both, revenue("aave", {0: number}))
        async with store.writer.begin() as connection:
            await connection.execute(update(epoch).where(epoch.c.epoch == number).values(published_at=moment))


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


async def count(store: Store, table: object) -> int:
    async with store.readers.connect() as connection:
        found = await connection.scalar(select(func.count()).select_from(table.every_version))  # type: ignore[attr-defined]
        return found or 0


async def test_kept_epochs_stay_readable_and_pruned_ones_are_errors(store: Store) -> None:
    await published_at(store, days_ago(9.9), days_ago(9.5), days_ago(9.1), days_ago(8.5), days_ago(1))

    dropped = await prune(store, Retention(), NOW, grace=0)

    assert dropped == [1, 2]
    for at in (3, 4, 5):
        assert await said(store, at) == {
            ("aave", Metric.REVENUE): {day(0): at * 1_000_000},
            ("lido", Metric.REVENUE): {day(0): 1_000_000},
        }
        assert await observed(store, at) == await packed(store, at)
    for gone in (AsOf(epoch=2), AsOf(known_at=days_ago(9.5))):
        with pytest.raises(EpochPruned):
            await store.resolve(gone)


async def test_a_version_dies_when_no_kept_epoch_sees_it(store: Store) -> None:
    await published_at(store, days_ago(9.9), days_ago(9.5), days_ago(9.1))

    await prune(store, Retention(), NOW, grace=0)

    assert await count(store, obs) == 2


async def test_pruning_twice_drops_nothing_more(store: Store) -> None:
    await published_at(store, days_ago(9.9), days_ago(9.5), days_ago(9.1))

    await prune(store, Retention(), NOW, grace=0)

    assert await prune(store, Retention(), NOW, grace=0) == []
    assert (await published(store, revenue("aave", {0: 9}))).epoch == 4


async def test_rollups_are_kept_for_the_newest_epochs(store: Store) -> None:
    await published_at(store, days_ago(3), days_ago(2), days_ago(1))

    await prune(store, Retention(rollups=1), NOW, grace=0)

    async with store.readers.connect() as connection:
        left = await connection.scalars(select(rollup.every_version.c.epoch).distinct())
    assert left.all() == [3]
