"""The gate stops a refresh that changes more than a refresh should."""

from collections.abc import Mapping

import pytest
from sqlalchemy import func, select

from models import obs, protocol
from models.epoch import rejected_fact
from models.publication import TooLong
from models.source import upstream_resource
from models.store import Store
from models.vocabulary import Metric
from sync.counts import Counts
from sync.facts import Facts
from sync.gate import VANISHED, Gate, GateRefused, changed_too_much
from sync.publish import Published, publish
from sync.report import Outcome, Resource, last_report
from tests.builders import (
    NOON,
    SOURCE,
    daily,
    days_ago,
    facts,
    protocol_fact,
    published,
    published_too_late,
    revenue,
    source_fact,
)
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


async def refreshed(store: Store, stated: Mapping[str, Facts], *, accept: bool = False) -> Published:
    """As several collectors state it, by name, at noon of the day that the builders take for today."""
    async with store.publishing(clock=lambda: NOON) as publication:
        outcomes = [Outcome(name, "published") for name in stated]
        run = str(publication.sync_run_id)
        answers = [Resource(f"http://{name}", name, None, None, run, NOON, b"") for name in stated]
        gate = Gate(share=0.2, few=2)
        return await publish(publication, stated, outcomes=outcomes, resources=answers, gate=gate, accept=accept)


def history(source: str, slug: str, usd: int) -> Facts:
    """Twenty days of one protocol by a source of its own."""
    return facts(source_fact(source), protocol_fact(slug), revenue(slug, dict.fromkeys(range(20), usd), source=source))


async def remembered(store: Store) -> dict[str, int]:
    """Of which run the answers are that are remembered, by source."""
    async with store.readers.connect() as connection:
        rows = await connection.execute(select(upstream_resource.c.source, upstream_resource.c.sha256))
        return {source: int(run) for source, run in rows}


async def test_one_source_that_changes_too_much_is_refused_alone(store: Store) -> None:
    await refreshed(store, {"first": history("first", "aave", 1), "second": history("second", "lido", 1)})
    suspect, sound = history("first", "aave", 2), history("second", "lido", 1)
    sound.series += history("second", "maker", 5).series
    sound.protocols.append(protocol_fact("maker"))

    partly = await refreshed(store, {"first": suspect, "second": sound})

    report, then = await last_report(store), await said(store)
    reason = "first: nothing of it was published, --accept would: obs: 17 of 17 known rows change"
    assert (partly.epoch, partly.refused) == (2, {"first": reason})
    assert report is not None
    assert [(line.source, line.status, line.error) for line in report.lines] == [
        ("first", "failed", reason),
        ("second", "published", None),
    ]
    assert report.exit_code == 1
    assert {slug: set(days.values()) for (slug, _), days in then.items()} == {
        "aave": {1_000_000},
        "lido": {1_000_000},
        "maker": {5_000_000},
    }
    assert await remembered(store) == {"first": 1, "second": 1}

    whole = await refreshed(store, {"first": suspect, "second": sound}, accept=True)

    assert (whole.epoch, whole.refused) == (3, {})
    assert set((await said(store))["aave", Metric.REVENUE].values()) == {2_000_000}
    assert await remembered(store) == {"first": 3, "second": 3}


async def test_provisional_days_may_all_change(store: Store) -> None:
    await refreshed(store, {"first": history("first", "aave", 1)})
    late = facts(revenue("aave", dict.fromkeys(range(3), 2), source="first"))

    assert (await refreshed(store, {"first": late})).epoch == 2


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


async def test_what_a_failed_run_found_gone_is_told_by_the_next(store: Store) -> None:
    await published(store, listings(*range(10)))

    with pytest.raises(TooLong):
        await published_too_late(store, listings(*range(8), day=0))
    after = await published(store, listings(*range(8), day=0), accept=False, outcomes=[Outcome(SOURCE, "published")])

    assert (after.epoch, "p8 REVENUE of upstream" in after.troubles[SOURCE]) == (2, True)


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
