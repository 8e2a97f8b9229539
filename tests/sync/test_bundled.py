"""What a store that loaded the bundled dataset knows at each moment."""

import csv
from collections.abc import AsyncGenerator
from concurrent.futures import Executor
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest

from models import claim, external_id, fund, ledger, policy, protocol
from models.epoch import AsOf
from models.store import Store
from models.vocabulary import (
    ClaimStatus,
    EntityKind,
    Interval,
    Metric,
)
from sync.bundle import StoreInUse, editions, load, load_bundled
from sync.dataset.record import BadRecord
from sync.facts import ClaimFact, LedgerFact, PolicyFact
from sync.sources.bundled import Dataset, dataset
from tests.builders import facts, protocol_fact, published, source_fact
from tests.sync.conftest import copied
from tests.sync.reading import rows_of, said

HYPERLIQUID = "hyperliquid"
MILLION = 1_000_000


@pytest.fixture(scope="module")
def found() -> Dataset:
    return dataset()


@pytest.fixture(scope="module")
def claims(found: Dataset) -> list[ClaimFact]:
    return [dated.fact for dated in found.statements if isinstance(dated.fact, ClaimFact)]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def whole(request: pytest.FixtureRequest) -> tuple[str, str]:
    """An engine, and a store on it with the whole dataset, to copy."""
    return request.param, request.getfixturevalue(f"{request.param}_bundled")


@pytest.fixture(scope="module")
async def loaded(
    whole: tuple[str, str], tmp_path_factory: pytest.TempPathFactory, dropping: Executor
) -> AsyncGenerator[Store, None]:
    """A copy for tests that only read."""
    async with copied(*whole, tmp_path_factory.mktemp("loaded"), dropping) as store:
        yield store


async def known_at(store: Store, year: int, month: int, day: int) -> int:
    """The epoch that was the newest at the end of a day."""
    pin = await store.resolve(AsOf(known_at=datetime(year, month, day, 23, 59, 59, tzinfo=UTC)))
    return pin.epoch


def lines(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file, read without our own reader."""
    text = files("sync").joinpath("bundled", name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def test_editions_follow_each_other_and_none_is_empty() -> None:
    every = editions()

    moments = [edition.recorded_at for edition in every]
    assert moments == sorted(set(moments))
    assert all(edition.facts.series or edition.facts.claims or edition.facts.ledger for edition in every)


def test_nothing_is_in_an_edition_before_it_was_on_record(found: Dataset) -> None:
    last = {
        dated.fact.ref: dated.recorded
        for dated in found.statements
        if isinstance(dated.fact, PolicyFact | LedgerFact | ClaimFact)
    }
    for edition in editions(found):
        refs = [policy_.ref for policy_ in edition.facts.policies] + [entry.ref for entry in edition.facts.ledger]
        assert all(last[ref] <= edition.recorded_at for ref in refs)
        for series in edition.facts.series:
            if series.key.interval is Interval.DAY:
                assert max(series.days) <= edition.recorded_at.toordinal()


def test_a_fact_after_the_last_edition_is_refused(found: Dataset) -> None:
    early = replace(found, moments=found.moments[:-1])

    with pytest.raises(BadRecord, match="no edition on or after 2026-09-05"):
        editions(early)


def test_editions_out_of_order_are_refused(found: Dataset) -> None:
    with pytest.raises(BadRecord, match="editions out of order"):
        editions(replace(found, moments=found.moments[::-1]))


async def test_each_edition_is_an_epoch_under_the_moment_of_its_recording(loaded: Store) -> None:
    every = editions()

    assert await loaded.current() == len(every)
    assert await known_at(loaded, 2026, 9, 5) == len(every)
    assert await known_at(loaded, 2025, 5, 4) == 1


@pytest.mark.parametrize(
    ("day", "revenue"),
    [((2026, 3, 31), 2_329_330), ((2026, 6, 30), 2_157_298), ((2026, 8, 31), 1_954_221)],
)
async def test_revenue_reads_as_it_was_known_then(loaded: Store, day: tuple[int, int, int], revenue: int) -> None:
    values = await said(loaded, await known_at(loaded, *day), "defillama")

    assert values[HYPERLIQUID, Metric.REVENUE][date(2026, 2, 11)] == revenue * MILLION


async def test_a_yesterday_read_too_early_is_put_right_by_noon(loaded: Store) -> None:
    moments = [edition.recorded_at for edition in editions()]
    morning = 1 + moments.index(datetime(2026, 4, 29, 1, 17, 51, tzinfo=UTC))

    known = [(await said(loaded, at))[HYPERLIQUID, Metric.REVENUE] for at in (morning, morning + 1)]

    assert [values[date(2026, 4, 28)] // MILLION for values in known] == [41_351, 1_550_538]


async def test_all_revenue_is_the_last_value_on_record_of_each_day(loaded: Store) -> None:
    values = await said(loaded, source_slug="defillama")
    rows = lines("hyperliquid-income.csv") + lines("hyperliquid-revenue.csv")
    last = {row["day"]: int(row["protocol:hyperliquid REVENUE"]) * MILLION for row in rows}

    assert {str(day): value for day, value in values[HYPERLIQUID, Metric.REVENUE].items()} == last


async def test_a_fund_that_reports_late_corrects_the_day(loaded: Store) -> None:
    flows = [(await said(loaded, await known_at(loaded, 2026, 8, day), "farside")) for day in (18, 19)]
    day = date(2026, 8, 17)

    assert [known["ibit", Metric.FUND_NET_FLOW].get(day) for known in flows] == [None, 160_200_000 * MILLION]
    assert [known["btc", Metric.FUND_NET_FLOW].get(day) for known in flows]


async def test_the_ledger_becomes_what_was_executed(loaded: Store) -> None:
    executed = (await said(loaded, source_slug="ledger"))[HYPERLIQUID, Metric.BUYBACK_EXECUTED]
    holders = (await said(loaded, source_slug="defillama"))[HYPERLIQUID, Metric.HOLDERS_REVENUE]

    days = [date(2026, 2, day) for day in (10, 11, 12)]
    assert [executed[day] / MILLION for day in days] == [1_355_612, 1_718_111, 1_356_448.79049]
    assert [holders[day] // MILLION for day in days] == [1_799_439, 2_329_330, 1_816_261]


async def test_the_seed_is_on_record_as_it_was_written_and_then_as_checked(loaded: Store) -> None:
    history = [
        {str(row["ref"]): row for row in await rows_of(loaded, claim, await known_at(loaded, *day))}[
            "seed:hype-price-start"
        ]
        for day in ((2025, 9, 21), (2026, 8, 22))
    ]

    assert [row["stated_as_of"] for row in history] == ["April 2024", "April 2024"]
    assert [row["corrected_as_of"] for row in history] == [None, date(2025, 4, 10)]
    assert [row["status"] for row in history] == [ClaimStatus.UNVERIFIED, ClaimStatus.REFUTED]


async def test_everything_of_the_files_is_in_the_store(loaded: Store, found: Dataset, claims: list[ClaimFact]) -> None:
    counts = [len(await rows_of(loaded, table)) for table in (protocol, fund, policy, ledger, claim)]

    assert counts[:2] == [len(found.standing.protocols), len(found.standing.funds)]
    assert counts[2:] == [81, 27, len({claim_.ref for claim_ in claims})]


async def test_loading_again_changes_nothing(loaded: Store) -> None:
    before = await loaded.current()

    again = await load_bundled(loaded)

    assert (again, await loaded.current()) == ([], before)
    assert await load(loaded) == "Everything was loaded already."


async def test_a_load_that_was_cut_short_goes_on(sqlite_store: Store) -> None:
    class Cut(Exception):
        pass

    def cut(done: int, _all: int) -> None:
        if done == 3:
            raise Cut

    with pytest.raises(Cut):
        await load_bundled(sqlite_store, cut)
    rest = await load_bundled(sqlite_store)

    assert [each.epoch for each in rest] == list(range(4, len(editions()) + 1))


async def test_a_store_that_published_for_itself_is_left_alone(store: Store) -> None:
    await published(store, facts(source_fact(), protocol_fact("alpha")))

    with pytest.raises(StoreInUse, match="needs an empty one"):
        await load_bundled(store)

    assert await store.current() == 1


async def test_a_name_of_somebody_else_leads_to_our_protocol(loaded: Store) -> None:
    names = {
        (str(row["system"]), str(row["value"])): row["entity_id"]
        for row in await rows_of(loaded, external_id)
        if row["kind"] is EntityKind.PROTOCOL
    }

    assert names["defillama", "parent#maker"] == names["accrual", "sky"]
    assert names["defillama", "214"] == names["accrual", "raydium-amm"] != names["accrual", "raydium"]
