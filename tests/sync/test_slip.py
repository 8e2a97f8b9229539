"""A stock that leaps a thousandfold from what is known: refused, until another day says the same."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from models import obs, quality_issue, rejected_fact, series
from models.store import Store
from models.vocabulary import IssueKind, Metric
from sync.facts import OrganisationFact, SeriesFact, SeriesKey
from sync.slip import REASON
from tests.builders import SOURCE, TODAY, organisation_ref, protocol_fact, published, source_fact
from tests.sync.reading import rows_of

HOLDER = organisation_ref("strategy")


def holding(values: dict[int, int], metric: Metric = Metric.TREASURY_HOLDING) -> SeriesFact:
    """What it held so many days ago."""
    days = sorted((TODAY - timedelta(days=ago), Decimal(value)) for ago, value in values.items())
    return SeriesFact.of(SeriesKey(HOLDER, metric, SOURCE, stream="btc"), days)


async def stated(store: Store, *each: dict[int, int], metric: Metric = Metric.TREASURY_HOLDING) -> dict[int, int]:
    """What is known, by days ago, after each was stated in a sync of its own."""
    await published(store, source_fact(), OrganisationFact((HOLDER,), "strategy", "Strategy", "COMPANY"))
    for values in each:
        await published(store, holding(values, metric))
    async with store.reading() as reader:
        live, one = reader.live(obs).c, reader.live(series).c
        mine = (one.series_id == live.series_id, one.metric == metric)
        rows = await reader.rows(select(live.day, live.value).where(*mine))
    return {(TODAY - row.day).days: row.value // 1000 for row in rows}


async def refused(store: Store) -> list[dict[str, str]]:
    async with store.readers.connect() as connection:
        return list(await connection.scalars(select(rejected_fact.c.fact).where(rejected_fact.c.reason == REASON)))


@pytest.mark.parametrize("slip", [640_031_000, 640])
async def test_a_lone_leap_is_refused_with_its_raw_value_and_the_next_sound_day_is_taken(
    store: Store, slip: int
) -> None:
    known = await stated(store, {3: 640_031}, {2: slip}, {1: 640_100})

    assert known == {3: 640_031, 1: 640_100}
    (fact,) = await refused(store)
    assert (fact["metric"], fact["day"], fact["value"]) == (
        "TREASURY_HOLDING",
        str(TODAY - timedelta(days=2)),
        f"{slip}.000",
    )


async def test_a_leap_that_another_day_confirms_is_taken(sqlite_store: Store) -> None:
    known = await stated(sqlite_store, {3: 1_000}, {2: 24_000_000}, {2: 24_000_001}, {1: 24_100_000})

    assert known == {3: 1_000, 1: 24_100_000}
    # Of the day that was stated twice it is on record once.
    assert len(await refused(sqlite_store)) == 1


async def test_a_leap_that_stays_within_one_answer_is_taken(sqlite_store: Store) -> None:
    assert await stated(sqlite_store, {3: 1_000}, {2: 24_000_000, 1: 24_000_001}) == {
        3: 1_000,
        2: 24_000_000,
        1: 24_000_001,
    }


async def test_a_known_day_that_alone_is_restated_a_thousandfold_keeps_its_value(sqlite_store: Store) -> None:
    assert await stated(sqlite_store, {4: 1_000, 3: 1_001}, {4: 5_000_000, 3: 1_002}) == {4: 1_000, 3: 1_002}


async def test_a_slip_that_is_known_is_corrected_to_what_the_days_around_it_say(sqlite_store: Store) -> None:
    known = await stated(sqlite_store, {3: 640_000}, {4: 640}, {2: 640, 1: 641}, {3: 639})

    assert known == {4: 640, 3: 639, 2: 640, 1: 641}


async def test_known_days_that_are_all_restated_a_thousandfold_are_taken(sqlite_store: Store) -> None:
    rescaled = {4: 1_000_000, 3: 1_001_000}

    assert await stated(sqlite_store, {4: 1_000, 3: 1_001}, rescaled) == rescaled


async def suspects(store: Store) -> dict[str, bool]:
    """The issues of a suspect unit, and whether each is open."""
    return {
        str(issue["detail"]): issue["resolved_at"] is None
        for issue in await rows_of(store, quality_issue)
        if issue["kind"] is IssueKind.UNIT_SUSPECT
    }


async def test_a_leap_is_an_issue_until_its_day_or_a_later_one_is_known(sqlite_store: Store) -> None:
    await stated(sqlite_store, {4: 640_031})
    await published(sqlite_store, holding({3: 640_031_000}), protocol_fact("aave"))

    opened = await suspects(sqlite_store)
    await published(sqlite_store, protocol_fact("lido"))
    meanwhile = await suspects(sqlite_store)
    await published(sqlite_store, holding({2: 640_100}))

    day = TODAY - timedelta(days=3)
    detail = f"TREASURY_HOLDING of btc by Upstream of {day} is said to be 640,031,000 token: {REASON}."
    assert (opened, meanwhile, await suspects(sqlite_store)) == ({detail: True}, {detail: True}, {detail: False})


@pytest.mark.parametrize(
    ("metric", "then", "now"),
    [
        # 999 times is no slip of a unit, and nothing is expected after a long silence.
        (Metric.TREASURY_HOLDING, {3: 1_000}, {1: 999_000}),
        (Metric.TREASURY_HOLDING, {60: 1_000}, {1: 5_000_000}),
        # A flow may come in lumps: its days have a check of their own.
        (Metric.UNLOCKS, {3: 1_000}, {1: 5_000_000}),
        # Nothing was held, and something is.
        (Metric.TREASURY_HOLDING, {3: 0}, {1: 5_000_000}),
    ],
)
async def test_what_may_be_is_taken(
    sqlite_store: Store, metric: Metric, then: dict[int, int], now: dict[int, int]
) -> None:
    assert await stated(sqlite_store, then, now, metric=metric) == {**then, **now}
    assert await refused(sqlite_store) == []


async def test_the_last_value_may_be_of_the_year_before(sqlite_store: Store) -> None:
    ago = (TODAY - date(TODAY.year - 1, 12, 30)).days

    known = await stated(sqlite_store, {ago: 1_000}, {ago - 5: 5_000_000, ago - 6: 1_100})

    assert known == {ago: 1_000, ago - 6: 1_100}
