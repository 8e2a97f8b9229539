"""Rollups equal sums of the observations, made independently of packs and of the code that makes them."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import external_id, rollup
from models.store import Store
from models.vocabulary import Metric, ProtocolKind, SectorKey
from tests.builders import (
    NOON,
    TODAY,
    chain_fact,
    daily,
    days_ago,
    facts,
    protocol_fact,
    published,
    revenue,
    sector_ref,
    source_fact,
)
from tests.sync.reading import rows_of, said, through

M = 1_000_000
YESTERDAY = days_ago(1)
LENGTHS = {"d1": 1, "d7": 7, "d30": 30, "d90": 90, "d180": 180, "d365": 365}
days = st.dictionaries(st.integers(0, 900), st.integers(-(10**12), 10**12), max_size=15)
worlds = st.fixed_dictionaries(dict.fromkeys(("a", "b", "c", "d"), days))
examples = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def first_of_period(window: str, last: date) -> date:
    return {
        "mtd": last.replace(day=1),
        "qtd": date(last.year, 3 * ((last.month - 1) // 3) + 1, 1),
        "ytd": date(last.year, 1, 1),
    }[window]


def months_back(day: date, months: int) -> date:
    year, month = day.year, day.month - months
    while month < 1:
        year, month = year - 1, month + 12
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def spans(window: str, last: date) -> list[tuple[date, date]]:
    """The days of a window and of the one it is compared with, from their definitions."""
    if window in LENGTHS:
        length = timedelta(days=LENGTHS[window])
        return [(last - length + timedelta(days=1), last), (last - 2 * length + timedelta(days=1), last - length)]
    first, months = first_of_period(window, last), {"mtd": 1, "qtd": 3, "ytd": 12}[window]
    return [(first, last), (months_back(first, months), months_back(last, months))]


def added_up(values: Mapping[date, int], last: date) -> dict[str, int | date | None]:
    """What a rollup row of a flow has to say."""
    known = {day: value for day, value in values.items() if day <= last}
    row: dict[str, int | date | None] = {}
    for window in (*LENGTHS, "mtd", "qtd", "ytd"):
        for suffix, (first, end) in zip(("", "_prev"), spans(window, last), strict=True):
            within = [value for day, value in known.items() if first <= day <= end]
            row[f"{window}{suffix}"] = sum(within) if within else None
            row[f"{window}{suffix}_days"] = len(within)
    row |= {"all": sum(known.values()), "all_days": len(known), "first_day": min(known), "last_day": max(known)}
    return row


async def rollups(store: Store, metric: Metric = Metric.REVENUE) -> dict[str, dict[str, object]]:
    """Rollup rows by the subject's own name."""
    from_names = {row["entity_id"]: row["value"] for row in await own_names(store)}
    rows = [row for row in await rows_of(store, rollup) if row["metric"] is metric]  # type: ignore[arg-type]
    return {str(from_names[row.pop("subject_id")]): row for row in rows}


async def own_names(store: Store) -> list[dict[str, object]]:
    return [row for row in await rows_of(store, external_id) if row["system"] == "accrual"]


def without_place(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in ("metric", "series_id", "parts")}


@examples
@given(steps=st.lists(worlds, min_size=1, max_size=3))
async def test_a_rollup_is_the_sum_of_the_observations(store: Store, steps: list[dict[str, dict[int, int]]]) -> None:
    """The store goes on from example to example: more history, the same claim."""
    await published(store, *(protocol_fact(slug, sectors=(SectorKey.PERPS,)) for slug in "abcd"))
    for world in steps:
        series = [
            daily(slug, Metric.REVENUE, {days_ago(ago): f"{value}e-6" for ago, value in values.items()})
            for slug, values in world.items()
        ]
        await published(store, *series)

        observed = {slug: days for (slug, metric), days in (await said(store)).items() if metric is Metric.REVENUE}
        if not observed:
            continue
        last = date.fromisoformat((await through(store, await store.current()))["REVENUE"])
        assert last == max(day for values in observed.values() for day in values)
        found = await rollups(store)
        for slug, values in observed.items():
            assert without_place(found[slug]) == added_up(values, last)
        total: dict[date, int] = {}
        for values in observed.values():
            for day, value in values.items():
                total[day] = total.get(day, 0) + value
        expected = {name: value for name, value in added_up(total, last).items() if not name.endswith("days")}
        for group in ("market", "PERPS"):
            assert {name: value for name, value in found[group].items() if name in expected} == expected


async def test_a_stock_is_the_last_value_of_each_window(store: Store) -> None:
    prices = {days_ago(0): "9", days_ago(5): "7.5", days_ago(20): "4", days_ago(45): "2"}
    await published(store, protocol_fact("aave"), daily("aave", Metric.PRICE, prices))

    row = (await rollups(store, Metric.PRICE))["aave"]
    unit = 10**10
    assert (row["d1"], row["d1_prev"], row["d7"], row["d7_prev"]) == (9 * unit, None, 9 * unit, None)
    assert (row["d30"], row["d30_days"], row["d30_prev"], row["d30_prev_days"]) == (9 * unit, 3, 2 * unit, 1)
    assert (row["all"], row["all_days"]) == (9 * unit, 4)
    assert list(await rollups(store, Metric.PRICE)) == ["aave"]


async def test_only_independent_listings_are_added_up(store: Store) -> None:
    slugs = ("parent", "child", "wrapper", "chain-as-protocol", "alone")
    await published(
        store,
        chain_fact("ethereum"),
        protocol_fact("parent", kind=ProtocolKind.PARENT, sectors=(SectorKey.PERPS,)),
        protocol_fact("child", parent="parent", sectors=(SectorKey.PERPS,)),
        protocol_fact("wrapper", doublecounted=True, sectors=(SectorKey.PERPS,)),
        protocol_fact("chain-as-protocol", kind=ProtocolKind.CHAIN, sectors=(SectorKey.PERPS,)),
        protocol_fact("alone", sectors=(SectorKey.LENDING, SectorKey.PERPS)),
        *(revenue(slug, {1: n}) for n, slug in enumerate(slugs, 1)),
    )

    found = await rollups(store)
    groups = {name: row["all"] for name, row in found.items() if row["series_id"] == 0}
    assert groups == {"market": 6 * M, "PERPS": 6 * M, "LENDING": 5 * M}


async def test_a_chain_adds_up_what_happened_on_it(store: Store) -> None:
    await published(
        store,
        chain_fact("ethereum"),
        chain_fact("base"),
        protocol_fact("split", chains=("ethereum", "base")),
        protocol_fact("unsplit", chains=("ethereum", "base")),
        protocol_fact("single", chains=("base",)),
        revenue("split", {1: 10}),
        revenue("split", {1: 7}, chain="ethereum"),
        revenue("split", {1: 3}, chain="base"),
        revenue("unsplit", {1: 100}),
        revenue("single", {1: 1000}),
    )

    found = await rollups(store)
    groups = {name: row["all"] for name, row in found.items() if row["series_id"] == 0}
    assert groups == {"market": 1110 * M, "ethereum": 7 * M, "base": 1003 * M}


async def test_a_protocol_that_changes_its_sector_takes_its_numbers_along(store: Store) -> None:
    await published(store, protocol_fact("aave", sectors=(SectorKey.PERPS,)), revenue("aave", {1: 5}))
    await published(store, protocol_fact("aave", sectors=(SectorKey.LENDING,)))

    assert sorted(await rollups(store)) == sorted(["aave", "LENDING", "market"])


async def test_the_source_of_lowest_precedence_that_has_a_value_is_chosen(store: Store) -> None:
    sources = (source_fact("first", 1), source_fact("second", 2))
    both = (revenue("aave", {1: 1}, source="first"), revenue("aave", {1: 2, 2: 2}, source="second"))
    await published(store, *sources, protocol_fact("aave"), *both)
    chosen = (await rollups(store))["aave"]["all"]
    await published(store, daily("aave", Metric.REVENUE, {}, source="first", withdrawn=[days_ago(1)]))

    assert chosen == M
    assert (await rollups(store))["aave"]["all"] == 4 * M


@pytest.mark.parametrize(("ended", "total"), [(32, 10 * M), (31, M)])
async def test_a_source_that_stopped_does_not_hide_one_that_goes_on(store: Store, ended: int, total: int) -> None:
    sources = (source_fact("first", 1), source_fact("second", 2))
    stopped = revenue("aave", {ended: 1}, source="first")
    goes_on = revenue("aave", dict.fromkeys(range(1, 6), 2), source="second")
    await published(store, *sources, protocol_fact("aave"), stopped, goes_on)

    found = await rollups(store)
    assert (found["aave"]["all"], found["market"]["all"]) == (total, total)


async def test_monthly_numbers_streams_and_the_running_day_stay_out(store: Store) -> None:
    stated = facts(protocol_fact("aave"), revenue("aave", {1: 1, 0: 50}), revenue("aave", {1: 9}, stream="spot"))
    await published(store, stated, recorded_at=NOON)

    row = (await rollups(store))["aave"]
    assert (row["all"], row["last_day"], row["d1"]) == (M, YESTERDAY, M)


async def test_a_metric_that_did_not_change_is_carried_over(store: Store) -> None:
    fees = daily("aave", Metric.FEES, {TODAY: 3, days_ago(3): 4})
    await published(store, protocol_fact("aave"), revenue("aave", {0: 1, 1: 2}), fees)
    before = await rollups(store, Metric.FEES)

    await published(store, revenue("aave", {0: 1, 1: 3}))

    assert await rollups(store, Metric.FEES) == before
    assert (await rollups(store))["aave"]["all"] == 4 * M


async def test_sums_past_64_bits_stop_the_publish(store: Store) -> None:
    await published(store, protocol_fact("aave"), revenue("aave", {0: 1}))

    with pytest.raises(OverflowError, match="REVENUE of entity"):
        await published(store, revenue("aave", dict.fromkeys(range(10), 10**12)))

    assert await store.current() == 1


def test_the_sector_of_a_name() -> None:
    assert sector_ref(SectorKey.PERPS).value == "PERPS"
