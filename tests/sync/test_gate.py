"""The gate stops a refresh that changes more than a refresh should."""

import pytest
from sqlalchemy import func, select

from models import obs, protocol
from models.store import Store
from models.vocabulary import Metric
from sync.counts import Counts
from sync.gate import Gate, GateRefused, changed_too_much
from tests.builders import SOURCE, daily, days_ago, facts, protocol_fact, published, revenue
from tests.sync.reading import said


async def test_a_refresh_that_restates_too_much_is_refused_and_leaves_nothing(store: Store) -> None:
    await published(store, protocol_fact("aave"), revenue("aave", dict.fromkeys(range(10), 1)))
    before = await said(store)
    suspect = revenue("aave", {n: 2 if n < 3 else 1 for n in range(12)})
    gate = Gate(share=0.2, few=2)

    with pytest.raises(GateRefused, match="obs: 3 of 10 known rows change"):
        await published(store, suspect, gate=gate, accept=False)

    async with store.readers.connect() as connection:
        left = [
            await connection.scalar(select(func.count()).where(table.every_version.c.valid_from > 1))
            for table in (obs, protocol)
        ]
    assert (await store.current(), left, await said(store)) == (1, [0, 0], before)
    assert (await published(store, suspect, gate=gate, accept=True)).epoch == 2


async def test_a_series_that_vanishes_from_a_source_read_whole_is_news(store: Store) -> None:
    both = (protocol_fact("aave"), protocol_fact("lido"))
    await published(store, *both, revenue("aave", {1: 1}), revenue("lido", {1: 1}))
    partial = revenue("aave", {0: 1, 1: 1})

    with pytest.raises(GateRefused, match="series vanished: lido REVENUE of upstream"):
        await published(store, facts(partial, complete=frozenset({SOURCE})), accept=False)
    assert (await published(store, partial, accept=False)).epoch == 2


async def test_what_is_withdrawn_may_vanish(store: Store) -> None:
    both = (protocol_fact("aave"), protocol_fact("lido"), protocol_fact("old"))
    await published(store, *both, revenue("aave", {1: 1}), revenue("lido", {1: 1}), revenue("old", {1: 1}))
    await published(store, daily("old", Metric.REVENUE, {}, withdrawn=[days_ago(1)]))

    leaving = facts(protocol_fact("lido", withdrawn=True), revenue("aave", {0: 1}), complete=frozenset({SOURCE}))

    assert (await published(store, leaving, accept=False)).epoch == 3


def test_one_reason_for_each_table() -> None:
    counts = {"obs": Counts(restated=300, unchanged=700), "protocol": Counts(withdrawn=101), "claim": Counts(new=999)}

    assert changed_too_much(Gate(), counts) == [
        "obs: 300 of 1000 known rows change",
        "protocol: 101 of 101 known rows change",
    ]
