"""Answers as of then: two epochs in one request, days of the past, and what can't be answered."""

from datetime import timedelta
from decimal import Decimal

import pytest

from models.store import Store
from models.vocabulary import EntityKind, Metric, SectorKey
from sync.facts import Ref
from tests.builders import NOON, daily, days_ago, protocol_fact, published
from tests.graph.asking import asked, refused
from tests.graph.world import open_market, span

LATER = NOON + timedelta(days=1)


async def restate(store: Store) -> None:
    """A second epoch a day later: half the revenue of one day, and another name."""
    renamed = protocol_fact(
        "hyperliquid-exchange", refs=(Ref(EntityKind.PROTOCOL, "accrual", "hyperliquid"),), name="Hyperliquid Exchange"
    )
    await published(store, renamed, daily("hyperliquid", Metric.REVENUE, {days_ago(2): 50}), recorded_at=LATER)


async def test_two_aliases_of_one_request_answer_from_two_epochs(store: Store) -> None:
    await open_market(store)
    await restate(store)

    data = await asked(
        store,
        """query ($then: DateTime!) {
          then: protocol(by: {slug: "hyperliquid"}, at: {knownAt: $then}) { name revenue { value epoch } }
          now: protocol(by: {slug: "hyperliquid"}) { name revenue { value epoch } } }""",
        then=NOON.isoformat(),
    )

    assert data == {
        "then": {"name": "Hyperliquid", "revenue": {"value": "3000.000000", "epoch": 1}},
        "now": {"name": "Hyperliquid Exchange", "revenue": {"value": "2950.000000", "epoch": 2}},
    }


async def test_a_protocol_is_found_under_the_slug_it_gave_up(store: Store) -> None:
    await open_market(store)
    await restate(store)

    data = await asked(
        store,
        """{ old: protocol(by: {slug: "hyperliquid"}) { slug }
             new: protocol(by: {slug: "hyperliquid-exchange"}) { id } }""",
    )

    assert data["old"] == {"slug": "hyperliquid-exchange"}
    assert data["new"] is not None


async def test_windows_end_on_the_day_that_is_asked_for(store: Store) -> None:
    await published(
        store,
        protocol_fact("dex", sectors=(SectorKey.PERPS,)),
        daily("dex", Metric.REVENUE, {days_ago(n): n for n in range(1, 61)}),
        recorded_at=NOON,
    )
    day = str(days_ago(31))

    data = await asked(
        store,
        """query ($day: Date!) {
          protocol(by: {slug: "dex"}, at: {day: $day}) { revenue(window: D7) { value windowStart windowEnd } }
          sector(key: PERPS, at: {day: $day}) { revenue(window: D7) { value } }
          protocols(at: {day: $day}) { nodes { revenue(window: D1) { value } } } }""",
        day=day,
    )

    assert data["protocol"]["revenue"] == {
        "value": f"{sum(range(31, 38))}.000000",
        "windowStart": str(days_ago(37)),
        "windowEnd": day,
    }
    assert data["sector"]["revenue"]["value"] == f"{sum(range(31, 38))}.000000"
    assert data["protocols"]["nodes"] == [{"revenue": {"value": "31.000000"}}]


async def test_the_day_of_the_last_complete_data_gives_what_no_day_gives(store: Store) -> None:
    await open_market(store)
    windows = " ".join(
        f"{name.lower()}: metric(key: REVENUE, window: {name}) {{ value state growth previous {{ value }} "
        "coverage { expectedDays observedDays firstDay lastDay } }"
        for name in ("D1", "D7", "D30", "D365", "MTD", "QTD", "YTD", "ALL")
    )
    kinds = f"market {{ {windows} }}", f'chain(by: {{slug: "ethereum"}}) {{ {windows} }}'

    rolled = await asked(store, f"{{ {' '.join(kinds)} }}")
    at = 'at: {day: "2026-07-09"}'
    counted = await asked(
        store, f'{{ market({at}) {{ {windows} }} chain(by: {{slug: "ethereum"}}, {at}) {{ {windows} }} }}'
    )

    assert counted == rolled


async def test_the_number_of_an_epoch_is_answered_with_it(sqlite_store: Store) -> None:
    await open_market(sqlite_store)
    await restate(sqlite_store)

    data = await asked(
        sqlite_store,
        "{ epochs { nodes { number recorded through { domain day } } } epoch(number: 1) { number } "
        "meta(at: {epoch: 1}) { epoch { number } oldestEpoch { number } dataThrough { domain day } } }",
    )

    assert [node["number"] for node in data["epochs"]["nodes"]] == [2, 1]
    assert data["epoch"] == {"number": 1}
    assert data["meta"]["epoch"] == {"number": 1}
    assert {"domain": "REVENUE", "day": "2026-07-09"} in data["meta"]["dataThrough"]


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("{epoch: 99}", "EPOCH_NOT_PUBLISHED"),
        ("{epoch: 0}", "BEFORE_FIRST_EPOCH"),
        ('{knownAt: "2020-01-01T00:00:00Z"}', "BEFORE_FIRST_EPOCH"),
        ('{epoch: 1, knownAt: "2026-07-10T12:00:00Z"}', "BAD_USER_INPUT"),
    ],
)
async def test_an_epoch_that_is_not_there_is_an_error_with_a_code(sqlite_store: Store, at: str, code: str) -> None:
    await open_market(sqlite_store)

    found, _ = await refused(sqlite_store, f"{{ sectors(at: {at}) {{ key }} }}")

    assert found == code


async def test_a_moment_before_all_epochs_is_told_which_is_the_oldest(store: Store) -> None:
    await open_market(store)

    _, message = await refused(store, '{ sectors(at: {knownAt: "2020-01-01T01:00:00+01:00"}) { key } }')

    oldest = "the oldest epoch is 1, of 2026-07-10T12:00:00Z"
    assert message == f"nothing was known at 2020-01-01T00:00:00Z; {oldest}"


async def test_a_number_that_was_restated_is_answered_as_it_was_known(store: Store) -> None:
    dex = protocol_fact("dex"), daily("dex", Metric.REVENUE, span(30, 10))
    await published(store, *dex, recorded_at=NOON)
    for n, value in enumerate((20, 5), 1):
        await published(
            store, daily("dex", Metric.REVENUE, {days_ago(1): value}), recorded_at=NOON + timedelta(hours=n)
        )

    data = await asked(
        store,
        """{ a: protocol(by: {slug: "dex"}, at: {epoch: 1}) { revenue(window: D1) { value } }
             b: protocol(by: {slug: "dex"}, at: {epoch: 2}) { revenue(window: D1) { value } }
             c: protocol(by: {slug: "dex"}, at: {epoch: 3}) { revenue(window: D1) { value } } }""",
    )

    assert [Decimal(data[alias]["revenue"]["value"]) for alias in "abc"] == [10, 20, 5]
