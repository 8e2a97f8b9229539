"""The synthetic world: its size, its names, and that it never mixes with data."""

from datetime import date

import pytest

from models.metric import MEASURES
from models.store import Store
from models.vocabulary import Metric
from sync.generate import SYNTHETIC, HoldsRealData, World, facts_of, names_of, require_synthetic
from sync.publish import publish
from tests.builders import TODAY

SMALL = World(protocols=9, days=40, entries=3, last=TODAY)


def test_a_world_is_the_same_each_time() -> None:
    assert facts_of(SMALL) == facts_of(SMALL)


def test_a_world_is_as_large_as_was_asked() -> None:
    facts = facts_of(SMALL)

    assert len(facts.protocols) == 9
    assert len(facts.ledger) == 27
    assert {len(series.days) for series in facts.series} == {40}
    assert {date.fromordinal(series.days[-1]) for series in facts.series} == {TODAY}


def test_names_are_never_given_twice() -> None:
    assert len(set(names_of(1000))) == 1000


def test_every_number_is_kept_exactly_where_it_belongs() -> None:
    by_metric = {
        (series.key.subject.value, series.key.metric, series.key.stream): series for series in facts_of(SMALL).series
    }

    fees = by_metric["protocol-0", Metric.FEES, ""]
    revenue = by_metric["protocol-0", Metric.REVENUE, ""]
    assert all(0 < earned < paid for earned, paid in zip(revenue.values, fees.values, strict=True))
    assert MEASURES[Metric.FEES].value(fees.values[0]) > 100


def test_entries_lie_within_the_days_of_the_world() -> None:
    days = {entry.at.date() for entry in facts_of(SMALL).ledger}

    assert min(days) >= SMALL.first
    assert max(days) <= SMALL.last


async def test_a_generated_store_may_be_generated_again(store: Store) -> None:
    await require_synthetic(store)
    async with store.publishing() as publication:
        await publish(publication, {SYNTHETIC: facts_of(SMALL)}, note=SYNTHETIC)

    await require_synthetic(store)

    assert await store.current() == 1


async def test_a_store_with_real_data_is_refused(store: Store) -> None:
    async with store.publishing() as publication:
        await publish(publication, {"upstream": facts_of(SMALL)}, note="bundled")

    with pytest.raises(HoldsRealData, match="real data"):
        await require_synthetic(store)
