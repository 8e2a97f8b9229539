"""The gate stops a refresh that changes more than a refresh should."""

import pytest
from sqlalchemy import func, select

from models import obs, protocol
from models.epoch import rejected_fact
from models.store import Store
from models.vocabulary import Metric
from sync.counts import Counts
from sync.facts import Facts
from sync.gate import VANISHED, Gate, GateRefused, changed_too_much
from sync.report import Outcome, last_report
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


def listings(*numbers: int, day: int = 1) -> Facts:
    """Protocols with a number each, by a source that was read whole."""
    slugs = [f"p{number}" for number in numbers]
    stated = (fact for slug in slugs for fact in (protocol_fact(slug), revenue(slug, {day: 1})))
    return facts(*stated, complete=frozenset({SOURCE}))


async def gone(store: Store) -> list[str]:
    async with store.readers.connect() as connection:
        query = select(rejected_fact.c.fact).where(rejected_fact.c.reason == VANISHED)
        return [fact["subject"] for fact in await connection.scalars(query)]


async def test_many_series_that_vanish_at_once_are_refused(store: Store) -> None:
    await published(store, listings(*range(10)))

    with pytest.raises(GateRefused, match="6 of 10 series vanished: p4 REVENUE of upstream"):
        await published(store, listings(*range(4), day=0), accept=False)

    assert (await store.current(), await gone(store)) == (1, [])
    # Read in part, nothing can be said of what was not read.
    assert (await published(store, revenue("p0", {0: 1}), accept=False)).epoch == 2


async def test_a_few_that_vanish_keep_their_rows_and_are_told_once(store: Store) -> None:
    await published(store, listings(*range(10)))
    outcomes = [Outcome(SOURCE, "published")]

    first = await published(store, listings(*range(8), day=0), accept=False, outcomes=outcomes)
    again = await published(store, listings(*range(8), day=2), accept=False, outcomes=outcomes)

    told = "upstream: series vanished and are kept as they were: p8 REVENUE of upstream, p9 REVENUE of upstream"
    assert (first.epoch, first.troubles, again.epoch, again.troubles) == (2, {SOURCE: told}, 3, {})
    assert ("p9", Metric.REVENUE) in await said(store)
    assert await gone(store) == ["accrual/p8", "accrual/p9"]
    report = await last_report(store)
    assert report is not None
    assert [line.error for line in report.lines] == [None]


async def test_those_gone_before_do_not_add_up_until_nothing_passes(store: Store) -> None:
    await published(store, listings(*range(20)))

    for left in (16, 12, 8, 4):
        await published(store, listings(*range(left), day=left), accept=False)

    assert await store.current() == 5


async def test_one_that_returned_can_vanish_again(store: Store) -> None:
    await published(store, listings(*range(10)))
    await published(store, listings(*range(9), day=2), accept=False)
    await published(store, listings(*range(10), day=3), accept=False)

    again = await published(store, listings(*range(9), day=4), accept=False)

    assert list(again.troubles) == [SOURCE]
    assert await gone(store) == ["accrual/p9", "accrual/p9"]


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
