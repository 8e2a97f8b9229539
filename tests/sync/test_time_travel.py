"""A number is read as it was published, at any epoch."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from models import epoch
from models.epoch import AsOf, BeforeFirstEpoch, EpochNotHere, Pin
from models.store import Store
from models.vocabulary import Metric
from sync.facts import SeriesFact
from tests.builders import TODAY, daily, days_ago, protocol_fact, published, revenue
from tests.sync.reading import Said, observed, packed, said

SLUGS = ("a", "b", "c")
states = st.dictionaries(st.integers(0, 800), st.none() | st.integers(-(10**12), 10**12), max_size=12)
refreshes = st.dictionaries(st.sampled_from(SLUGS), states, max_size=3)
examples = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def stated(refresh: Mapping[str, Mapping[int, int | None]]) -> list[SeriesFact]:
    """Series facts: a value of None withdraws the day."""
    return [
        daily(
            slug,
            Metric.REVENUE,
            {days_ago(ago): f"{value}e-6" for ago, value in days.items() if value is not None},
            withdrawn=[days_ago(ago) for ago, value in days.items() if value is None],
        )
        for slug, days in refresh.items()
    ]


@examples
@given(history=st.lists(refreshes, min_size=2, max_size=5))
async def test_every_epoch_reads_as_published_by_rows_and_by_packs(
    store: Store, history: list[dict[str, dict[int, int | None]]]
) -> None:
    """The store goes on from example to example: more history, the same claims."""
    await published(store, *(protocol_fact(slug) for slug in SLUGS))
    world: Said = await said(store)
    as_published: dict[int, Said] = {}
    for refresh in history:
        result = await published(store, *stated(refresh))
        for slug, days in refresh.items():
            known = world.setdefault((slug, Metric.REVENUE), {})
            known |= {days_ago(ago): value for ago, value in days.items() if value is not None}
            for ago in [ago for ago, value in days.items() if value is None]:
                known.pop(days_ago(ago), None)
        world = {key: dict(days) for key, days in world.items() if days}
        if result.epoch is not None:
            as_published[result.epoch] = {key: dict(days) for key, days in world.items()}

    for number, expected in as_published.items():
        assert await said(store, number) == expected
        assert await observed(store, number) == await packed(store, number)


async def test_a_revision_counts_how_often_a_day_was_replaced(store: Store) -> None:
    await published(store, protocol_fact("aave"), revenue("aave", {1: 1, 0: 5}))
    for value in (2, 2, 3):
        await published(store, revenue("aave", {1: value, 0: 5}))
    await published(store, daily("aave", Metric.REVENUE, {}, withdrawn=[days_ago(1)]))
    await published(store, revenue("aave", {1: 9}))

    revisions = [sorted((await observed(store, at)).values()) for at in (1, 2, 3, 4, 5)]
    assert revisions == [
        [(1_000_000, 0), (5_000_000, 0)],
        [(2_000_000, 1), (5_000_000, 0)],
        [(3_000_000, 2), (5_000_000, 0)],
        [(5_000_000, 0)],
        [(5_000_000, 0), (9_000_000, 3)],
    ]


async def test_a_moment_means_the_newest_epoch_then(store: Store) -> None:
    for value in (1, 2):
        await published(store, protocol_fact("aave"), revenue("aave", {0: value}))
    async with store.readers.connect() as connection:
        first, second = await connection.scalars(select(epoch.c.published_at).order_by(epoch.c.epoch))

    assert await store.resolve() == Pin(2)
    assert await store.resolve(AsOf(known_at=second - timedelta(microseconds=1), day=TODAY)) == Pin(1, TODAY)
    assert await store.resolve(AsOf(known_at=second)) == Pin(2)
    with pytest.raises(BeforeFirstEpoch):
        await store.resolve(AsOf(known_at=first - timedelta(microseconds=1)))


async def test_epochs_that_never_were_are_errors(store: Store) -> None:
    with pytest.raises(BeforeFirstEpoch):
        await store.resolve(None)
    await published(store, protocol_fact("aave"))

    with pytest.raises(BeforeFirstEpoch):
        await store.resolve(AsOf(epoch=0))
    with pytest.raises(EpochNotHere):
        await store.resolve(AsOf(epoch=2))


async def test_the_moment_of_publication_never_goes_back(store: Store) -> None:
    await published(store, protocol_fact("aave"), revenue("aave", {0: 1}))
    async with store.writer.begin() as connection:
        ahead = (await connection.execute(select(epoch.c.published_at))).scalar_one() + timedelta(hours=1)
        await connection.execute(update(epoch).values(published_at=ahead))

    await published(store, revenue("aave", {0: 2}))

    async with store.readers.connect() as connection:
        moments = (await connection.scalars(select(epoch.c.published_at))).all()
    assert moments == [ahead, ahead]
