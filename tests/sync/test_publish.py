"""A publish happens whole, once, or not at all."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from models import epoch, ledger, obs, protocol, rejected_fact, sync_run, sync_source, upstream_resource
from models.lock import Locked
from models.publication import RecordingRefused, TooLong
from models.store import Store
from models.vocabulary import EntityKind, LedgerKind, Metric, ProtocolKind, SectorKey
from sync.counts import Counts
from sync.facts import Facts, ProtocolFact, Ref, Rejected, SeriesFact
from sync.gate import Gate, GateRefused
from sync.publish import publish
from sync.report import Outcome, Resource, last_report
from tests.builders import (
    NOON,
    SOURCE,
    TODAY,
    chain_fact,
    claim_fact,
    daily,
    days_ago,
    entry_fact,
    facts,
    policy_fact,
    protocol_fact,
    protocol_ref,
    published,
    published_too_late,
    revenue,
    source_fact,
    token_fact,
)
from tests.conftest import Recording
from tests.sync.reading import ids_by_slug, rows_of, said, through, unseen

MILLION = 1_000_000


async def reasons(store: Store) -> list[str]:
    async with store.readers.connect() as connection:
        query = select(rejected_fact.c.reason).order_by(rejected_fact.c.rejected_fact_id)
        return list((await connection.scalars(query)).all())


async def unpublished(store: Store) -> int:
    """How many version rows nobody can see yet."""
    async with store.readers.connect() as connection:
        newest = await connection.scalar(select(func.max(epoch.c.epoch))) or 0
        tables = [versioned.every_version for versioned in (obs, protocol, ledger)]
        counts = [select(func.count()).select_from(t).where(t.c.valid_from > newest) for t in tables]
        return sum([(await connection.execute(count)).scalar_one() for count in counts])


async def test_a_publish_says_what_it_changed(store: Store) -> None:
    await published(
        store, protocol_fact("aave"), protocol_fact("lido"), revenue("aave", {2: 1, 1: 1}), revenue("lido", {1: 1})
    )

    changed = revenue("aave", {2: 2, 1: 1, 0: 1})
    gone = daily("lido", Metric.REVENUE, {}, withdrawn=[days_ago(1)])
    result = await published(store, changed, gone)

    assert result.epoch == 2
    assert result.counts == {SOURCE: Counts(new=1, restated=1, withdrawn=1, unchanged=2)}
    assert await said(store) == {
        ("aave", Metric.REVENUE): {days_ago(2): 2 * MILLION, days_ago(1): MILLION, TODAY: MILLION}
    }


async def test_nothing_changed_is_no_epoch_and_on_record(store: Store) -> None:
    same = [protocol_fact("aave"), revenue("aave", {2: 1, 1: 1}), entry_fact("tx", "aave", usd=Decimal(5))]
    await published(store, *same)

    result = await published(store, *same)

    assert (result.epoch, await store.current(), await unpublished(store)) == (None, 1, 0)
    async with store.readers.connect() as connection:
        statuses = (await connection.scalars(select(sync_run.c.status).order_by(sync_run.c.sync_run_id))).all()
    assert list(statuses) == ["published", "unchanged"]


async def test_no_facts_are_no_first_epoch(store: Store) -> None:
    assert (await published(store, Facts())).epoch is None


async def test_a_fact_left_out_stays(store: Store) -> None:
    await published(
        store, protocol_fact("aave"), protocol_fact("lido"), revenue("aave", {1: 7}), revenue("lido", {1: 5})
    )
    await published(store, revenue("aave", {0: 8}))

    assert (await said(store, 2))["lido", Metric.REVENUE] == {days_ago(1): 5 * MILLION}


async def test_a_field_of_none_keeps_what_is_known(store: Store) -> None:
    described = protocol_fact(
        "aave", kind=ProtocolKind.PARENT, sectors=(SectorKey.LENDING,), category="Lending", launched_on=date(2020, 1, 8)
    )
    await published(store, described)
    await published(store, protocol_fact("aave", name="Aave II"))

    (row,) = await rows_of(store, protocol)
    assert (row["name"], row["kind"], row["sectors"]) == ("Aave II", ProtocolKind.PARENT, ("LENDING",))
    assert (row["category"], row["launched_on"], row["chains"]) == ("Lending", date(2020, 1, 8), ())


async def test_two_sources_state_one_protocol_and_the_earlier_wins_field_by_field(store: Store) -> None:
    shared = Ref(EntityKind.PROTOCOL, "defillama", "parent#aave")
    first = facts(protocol_fact("aave", refs=[shared], category="Lending"), revenue("aave", {1: 7}))
    second = facts(
        protocol_fact("aave-v9", refs=[shared], category="Other", homepage="https://aave.example"),
        revenue("aave-v9", {1: 9, 2: 3}),
    )
    async with store.publishing() as publication:
        result = await publish(publication, {"bundled": first, "live": second})

    (row,) = await rows_of(store, protocol)
    assert (row["slug"], row["category"], row["homepage"]) == ("aave", "Lending", "https://aave.example")
    assert (await said(store))["aave", Metric.REVENUE] == {days_ago(1): 7 * MILLION, days_ago(2): 3 * MILLION}
    assert result.counts["bundled"].new == 4
    assert result.counts["live"].new == 0


async def test_a_renamed_protocol_keeps_its_number_and_its_old_name_gets_a_last_day(store: Store) -> None:
    known = Ref(EntityKind.PROTOCOL, "defillama", "100")
    await published(store, protocol_fact("matic", refs=[known]), revenue("matic", {1: 1}))
    before = await ids_by_slug(store)

    await published(store, protocol_fact("polygon", refs=[known]), revenue("matic", {0: 2}))

    assert await ids_by_slug(store) == {"polygon": before["matic"]}
    assert (await said(store))["polygon", Metric.REVENUE] == {days_ago(1): MILLION, TODAY: 2 * MILLION}


async def test_a_slug_that_was_given_up_can_be_taken_over(store: Store) -> None:
    one, two = (Ref(EntityKind.PROTOCOL, "defillama", each) for each in "12")
    await published(store, protocol_fact("a", refs=[one]), protocol_fact("b", refs=[two]))
    before = await ids_by_slug(store)

    await published(store, protocol_fact("b", refs=[one]), protocol_fact("a", refs=[two]), revenue("a", {0: 2}))

    assert await ids_by_slug(store) == {"a": before["b"], "b": before["a"]}
    assert list(await said(store)) == [("a", Metric.REVENUE)]


async def test_what_left_returns_under_its_old_number(store: Store) -> None:
    await published(store, protocol_fact("aave"), protocol_fact("lido"))
    before = await ids_by_slug(store)

    await published(store, protocol_fact("aave", withdrawn=True))
    gone = await ids_by_slug(store)
    await published(store, protocol_fact("aave"))

    assert gone == {"lido": before["lido"]}
    assert await ids_by_slug(store) == before


async def test_a_stranger_does_not_get_a_slug_in_use_but_one_with_its_own_id(store: Store) -> None:
    one, two = (Ref(EntityKind.PROTOCOL, "defillama", each) for each in "12")
    await published(store, protocol_fact("aave", refs=[one]))

    await published(store, protocol_fact("lido"), protocol_fact("aave", refs=[two]), revenue("aave", {1: 1}))

    assert sorted(await ids_by_slug(store)) == ["aave", "aave-2", "lido"]
    assert list(await said(store)) == [("aave", Metric.REVENUE)]
    assert await reasons(store) == ["the name accrual aave is another's, left out"]


async def test_without_an_id_of_its_own_it_is_refused(store: Store) -> None:
    await published(store, protocol_fact("aave"), protocol_fact("lido"))

    await published(store, ProtocolFact((protocol_ref("lido"),), "aave", "Lido"))

    assert sorted(await ids_by_slug(store)) == ["aave", "lido"]
    assert await reasons(store) == ["the slug aave is another's"]


async def test_filling_what_was_unknown_is_news_and_no_restatement(store: Store) -> None:
    await published(store, protocol_fact("aave"), protocol_fact("lido", category="Staking"))

    filled = protocol_fact("aave", category="Lending", sectors=(SectorKey.LENDING,), kind=ProtocolKind.PARENT)
    result = await published(store, filled, protocol_fact("lido", category="Liquid Staking"))

    assert result.counts[SOURCE] == Counts(new=1, restated=1)


async def test_bad_facts_are_kept_with_their_reasons_and_the_others_publish(store: Store) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    doubled = revenue("aave", {5: 1})
    doubled.days.append(doubled.days[0])
    doubled.values.append(2)
    huge = SeriesFact(revenue("aave", {}, stream="huge").key)
    huge.days.append(TODAY.toordinal())
    huge.values.append(2 * 10**18)
    stated = facts(
        protocol_fact("aave", parent="nobody", chains=("nowhere",)),
        revenue("aave", {1: 1}),
        revenue("ghost", {1: 1}),
        daily("aave", Metric.FEES, {tomorrow: 1, TODAY: 3}),
        doubled,
        huge,
        entry_fact("a", "ghost"),
        entry_fact("b", "aave", at=datetime.now(UTC) + timedelta(days=1)),
        entry_fact("c", "aave", usd=Decimal(1)),
        entry_fact("c", "aave", usd=Decimal(2)),
        policy_fact("p", "ghost"),
    )
    stated.series.append(revenue("aave", {1: 1}, source="unheard"))
    stated.rejected.append(Rejected("upstream", "no figure", {"slug": "x"}))

    result = await published(store, stated)

    assert result.epoch == 1
    assert (await said(store))["aave", Metric.FEES] == {TODAY: 3 * MILLION}
    assert sorted(await reasons(store)) == [
        "contradicts an earlier fact of the same source",
        "more than a trillion a day",
        "no figure",
        "not complete yet, or before 2009-01-03",
        f"not happened yet: {stated.ledger[1].at}",
        "two values for one day",
        "unknown chain: accrual nowhere, left out",
        "unknown protocol: accrual ghost",
        "unknown protocol: accrual ghost",
        "unknown protocol: accrual ghost",
        "unknown protocol: accrual nobody, left out",
        "unknown source: unheard",
    ]


async def test_two_publishers_at_once_exclude_each_other(store: Store, url: str) -> None:
    other = Store(url)
    async with store.publishing():
        with pytest.raises(Locked):
            await published(other, protocol_fact("aave"))
    result = await published(other, protocol_fact("aave"))
    await other.close()

    assert result.epoch == 1


async def test_a_failed_publish_is_on_record_with_its_sources(store: Store) -> None:
    await published(store, protocol_fact("aave"), revenue("aave", {1: 1}))

    with pytest.raises(GateRefused):
        await published(
            store,
            revenue("aave", {1: 2}),
            outcomes=[Outcome("upstream", "published", 1), Outcome("other", "skipped", skipped_because="no key")],
            gate=Gate(0, 0),
            accept=False,
        )

    async with store.readers.connect() as connection:
        run = (await connection.execute(select(sync_run).order_by(sync_run.c.sync_run_id.desc()))).first()
        rows = (await connection.execute(select(sync_source).order_by(sync_source.c.source))).all()
    reason = "nothing was published, --accept would: upstream: obs: 1 of 1 known rows change"
    assert run is not None
    assert (run.status, run.error, run.epoch) == ("failed", reason, None)
    assert [(row.source, row.status, row.error, row.skipped_because) for row in rows] == [
        ("other", "skipped", None, "no key"),
        ("upstream", "failed", reason, None),
    ]


async def test_outcomes_and_answers_are_recorded_with_the_epoch(store: Store) -> None:
    answer = Resource("https://upstream.example/x", "upstream", '"1"', None, "aa", NOON, b"body")
    outcomes = [Outcome("upstream", "published", 2, 1, 0.5), Outcome("other", "failed", error="HTTP 503")]
    await published(store, protocol_fact("aave"), revenue("ghost", {1: 1}), outcomes=outcomes, resources=[answer])
    await published(store, protocol_fact("aave"), outcomes=outcomes[:1], resources=[replace(answer, etag='"2"')])

    async with store.readers.connect() as connection:
        rows = await connection.execute(select(sync_source).order_by(sync_source.c.sync_run_id, sync_source.c.source))
        told = [(row.source, row.status, row.new, row.unchanged, row.rejected, row.error) for row in rows]
        kept = (await connection.execute(select(upstream_resource.c.etag, upstream_resource.c.body))).all()
    assert told == [
        ("other", "failed", 0, 0, 0, "HTTP 503"),
        ("upstream", "published", 2, 0, 2, None),
        ("upstream", "unchanged", 0, 1, 1, None),
    ]
    assert [tuple(row) for row in kept] == [('"2"', b"body")]


async def test_recorded_epochs_come_in_order_and_before_all_others(store: Store) -> None:
    early, late = NOON - timedelta(days=2), NOON - timedelta(days=1)
    await published(store, protocol_fact("aave"), revenue("aave", {3: 1}), recorded_at=early, note="as recorded")
    await published(store, revenue("aave", {3: 2}), recorded_at=late)
    with pytest.raises(RecordingRefused):
        await published(store, revenue("aave", {3: 3}), recorded_at=early)
    await published(store, revenue("aave", {3: 4}))
    with pytest.raises(RecordingRefused):
        await published(store, revenue("aave", {3: 5}), recorded_at=NOON)

    async with store.readers.connect() as connection:
        rows = (await connection.execute(select(epoch).order_by(epoch.c.epoch))).all()
    assert [(row.epoch, row.recorded, row.note) for row in rows] == [
        (1, True, "as recorded"),
        (2, True, None),
        (3, False, None),
    ]
    assert [row.published_at for row in rows[:2]] == [early, late]


async def test_a_recorded_day_that_is_still_running_does_not_move_through(store: Store) -> None:
    await published(store, protocol_fact("aave"), revenue("aave", {1: 1, 0: 2}), recorded_at=NOON)

    assert (await said(store))["aave", Metric.REVENUE] == {days_ago(1): MILLION, TODAY: 2 * MILLION}
    assert await through(store, 1) == {"REVENUE": days_ago(1).isoformat()}


async def test_each_domain_is_complete_up_to_a_day_of_its_own(store: Store) -> None:
    price = daily("aave", Metric.PRICE, {days_ago(2): "100.5"})
    await published(
        store, protocol_fact("aave"), revenue("aave", {5: 1}), price, entry_fact("x", "aave", usd=Decimal(1))
    )
    await published(store, revenue("aave", {9: 1, 4: 1}))

    assert await through(store, 1) == {"REVENUE": days_ago(5).isoformat(), "PRICES": days_ago(2).isoformat()}
    assert await through(store, 2) == {"REVENUE": days_ago(4).isoformat(), "PRICES": days_ago(2).isoformat()}


async def test_series_of_the_ledger_follow_it(store: Store) -> None:
    await published(
        store,
        protocol_fact("aave"),
        entry_fact("a", "aave", usd=Decimal("1.5")),
        entry_fact("b", "aave", usd=Decimal("2.000001")),
        entry_fact("c", "aave", at=NOON - timedelta(days=1), usd=None, tokens=Decimal(3)),
        entry_fact("d", "aave", LedgerKind.BURN, usd=Decimal(7)),
    )
    await published(
        store, entry_fact("b", "aave", withdrawn=True), entry_fact("d", "aave", LedgerKind.BURN, withdrawn=True)
    )

    assert await said(store, 1) == {
        ("aave", Metric.BUYBACK_EXECUTED): {TODAY: 3_500_001},
        ("aave", Metric.BURNED): {TODAY: 7 * MILLION},
    }
    assert await said(store, 2) == {("aave", Metric.BUYBACK_EXECUTED): {TODAY: 1_500_000}}


async def test_a_sum_over_several_days_is_nobody_s_day(store: Store) -> None:
    span = {"window_start": days_ago(200), "window_end": TODAY}
    day = {"window_start": days_ago(1), "window_end": days_ago(1), "at": NOON - timedelta(days=1)}
    await published(
        store,
        protocol_fact("aave"),
        entry_fact("months", "aave", usd=Decimal(1_000_000), **span),
        entry_fact("day", "aave", usd=Decimal(3), **day),
    )

    assert await said(store) == {("aave", Metric.BUYBACK_EXECUTED): {days_ago(1): 3 * MILLION}}


async def test_every_kind_of_fact_finds_its_table(store: Store) -> None:
    result = await published(
        store,
        chain_fact("ethereum"),
        token_fact("aave"),
        protocol_fact("aave", token="aave", chains=("ethereum",)),
        policy_fact("aave-1", "aave"),
        claim_fact("claim-1", "aave"),
        entry_fact("x", "aave"),
    )

    (row,) = await rows_of(store, protocol)
    assert (row["chains"], row["token_id"] is not None) == (("ethereum",), True)
    assert result.counts == {SOURCE: Counts(new=7)}
    assert await reasons(store) == []


async def test_a_publish_takes_as_many_statements_for_few_rows_as_for_many(store: Store, statements: Recording) -> None:
    entry = entry_fact("x1", "aave", usd=Decimal(1))
    fees = daily("aave", Metric.FEES, {days_ago(0): 1, days_ago(99): 1})
    await published(store, protocol_fact("aave"), revenue("aave", {0: 1, 99: 1}), fees, entry)
    counted = []
    for value, days in ((2, 3), (3, 99)):
        entry = entry_fact(f"x{value}", "aave", usd=Decimal(1))
        with statements(store.writer) as seen:
            # Fees too: an issue that opens with one of them takes statements of its own.
            amounts = {days_ago(ago): value for ago in range(days)}
            await published(store, *(daily("aave", metric, amounts) for metric in (Metric.FEES, Metric.REVENUE)), entry)
        # Partitions are looked up once per quarter.
        counted.append(len([each for each in seen if "to_regclass" not in each]))

    assert counted[0] == counted[1]


def test_a_reference_to_an_entity_of_another_kind_is_another_name() -> None:
    assert protocol_ref("aave") != Ref(EntityKind.TOKEN, "accrual", "aave")


async def test_a_source_of_lower_precedence_is_told_apart(store: Store) -> None:
    own, other = source_fact("own", 1), source_fact("other", 2)
    await published(
        store, own, other, protocol_fact("a"), revenue("a", {1: 1}, source="own"), revenue("a", {1: 2}, source="other")
    )

    assert await said(store, 1, "own") == {("a", Metric.REVENUE): {days_ago(1): MILLION}}
    assert await said(store, 1, "other") == {("a", Metric.REVENUE): {days_ago(1): 2 * MILLION}}


async def test_a_statement_that_fails_is_on_record_in_the_words_of_the_driver(store: Store) -> None:
    with pytest.raises(DBAPIError):
        async with store.publishing() as publication, publication.transaction() as connection:
            await connection.execute(text("SELECT 'a secret' FROM nowhere"))

    report = await last_report(store)
    assert report is not None
    assert report.error in ("no such table: nowhere", 'relation "nowhere" does not exist')


async def test_a_publish_that_takes_too_long_leaves_nothing_and_the_next_works(store: Store) -> None:
    await published(store, protocol_fact("aave"), revenue("aave", {1: 1}))
    before = await said(store)

    with pytest.raises(TooLong):
        await published_too_late(store, facts(revenue("aave", {1: 2})))

    report = await last_report(store)
    assert report is not None
    assert report.error == "publishing took longer than it may: nothing was published"
    assert (await store.current(), await said(store), await unseen(store) > 0) == (1, before, True)
    assert (await published(store, revenue("aave", {2: 3}))).epoch == 2
    assert (await said(store), await unseen(store)) == (
        {("aave", Metric.REVENUE): {days_ago(1): MILLION, days_ago(2): 3 * MILLION}},
        0,
    )
