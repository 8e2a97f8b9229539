"""A whole sync: a stand-in upstream over real HTTP, into a real store, on both engines."""

import asyncio
import json
import random
import sys
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from models.epoch import rejected_fact, sync_run
from models.lock import Locked
from models.source import upstream_resource
from models.store import Store
from models.vocabulary import Metric, Window
from sync.pipeline import Step, repeat, sync
from sync.report import Report, last_report
from sync.source import Source
from sync.sources import defillama
from sync.sources.defillama_words import DATA_TYPES
from sync.upstream import Host, Upstreams
from tests.standin.defillama import answer
from tests.standin.server import Answer, Fault, Standin, serving
from tests.standin.upstreams import AT_ONCE, upstreams
from tests.standin.world import World
from tests.sync.forks import ROOT, unwatched
from tests.sync.truth import exactly, ids, totals

SOURCES = (defillama.SOURCE,)
# Seven times as many days may take a gigabyte; most of this is the program itself.
MEGABYTES = 400


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def standin(world: World) -> Generator[Standin, None, None]:
    with serving(partial(answer, world)) as standin:
        yield standin


async def synced(
    store: Store, standin: Standin, world: World, sources: Sequence[Source] = SOURCES, **options: Any
) -> Report:
    now = datetime.combine(world.today, time(9), UTC)
    return await sync(store, upstreams(standin), sources, clock=lambda: now, **options)


async def test_a_sync_publishes_one_epoch_and_the_next_finds_nothing_changed(
    store: Store, standin: Standin, world: World
) -> None:
    first = await synced(store, standin, world)
    asked = len(standin.asked)
    second = await synced(store, standin, world)

    assert (first.epoch, first.exit_code, first.lines[0].status, first.lines[0].error) == (1, 0, "published", None)
    assert (second.epoch, second.exit_code, second.lines[0].status) == (None, 0, "unchanged")
    assert (await store.current(), len(standin.asked) - asked) == (1, 1 + len(DATA_TYPES))


async def test_numbers_in_are_numbers_out(store: Store, standin: Standin, world: World) -> None:
    await synced(store, standin, world)

    known = await ids(store)
    for metric in (Metric.FEES, Metric.REVENUE, Metric.HOLDERS_REVENUE, Metric.SUPPLY_SIDE_REVENUE):
        for window, length in ((Window.D1, 1), (Window.D7, 7), (Window.D30, 30), (Window.ALL, world.length)):
            found = await totals(store, metric, window)
            days = world.days[-length:]
            told = {id_: found.get(known[id_]) for id_ in (*world.listings, *world.families)}
            assert told == {id_: exactly(world, id_, metric, days) for id_ in told}


async def test_a_restated_history_is_a_new_epoch_and_the_old_one_still_says_the_old(
    store: Store, standin: Standin, world: World
) -> None:
    await synced(store, standin, world)
    before = await totals(store, Metric.REVENUE, Window.D7)
    for day in world.days[-5:]:
        world.restate("102", "dailyRevenue", day, Decimal("777.5"))

    report = await synced(store, standin, world)

    after = await totals(store, Metric.REVENUE, Window.D7)
    mine = (await ids(store))["102"]
    assert (report.epoch, report.lines[0].restated >= 5) == (2, True)
    assert after[mine] == exactly(world, "102", Metric.REVENUE, world.days[-7:]) != before[mine]


async def test_the_next_day_is_added(store: Store, standin: Standin, world: World) -> None:
    await synced(store, standin, world)
    world.advance()

    report = await synced(store, standin, world)

    mine = (await ids(store))["102"]
    assert report.epoch == 2
    assert (await totals(store, Metric.FEES, Window.D1))[mine] == exactly(world, "102", Metric.FEES, world.days[-1:])


async def test_a_source_that_fails_leaves_its_rows_and_says_why(store: Store, standin: Standin, world: World) -> None:
    await synced(store, standin, world)
    before = await totals(store, Metric.FEES, Window.ALL)
    world.advance()
    standin.fail(Fault.UNAVAILABLE, times=1000, where="/protocols")

    report = await synced(store, standin, world)

    assert (report.epoch, report.exit_code, report.lines[0].status) == (None, 1, "failed")
    assert report.lines[0].error == f"defillama: {standin.url}/protocols answered 503: Service unavailable"
    assert await totals(store, Metric.FEES, Window.ALL) == before


async def test_a_run_that_read_no_source_is_on_record_as_failed(store: Store, standin: Standin, world: World) -> None:
    standin.fail(Fault.UNAVAILABLE, times=1000)

    report = await synced(store, standin, world)

    async with store.readers.connect() as connection:
        (run,) = (await connection.execute(select(sync_run.c.status, sync_run.c.error))).all()
    last = await last_report(store)
    assert tuple(run) == ("failed", "no source was read: no epoch published")
    assert last is not None
    assert (last.epoch, last.error, last.lines) == (None, run.error, report.lines)
    assert report.error == run.error


async def test_charts_in_milliseconds_fail_the_source_and_say_why(
    sqlite_store: Store, standin: Standin, world: World
) -> None:
    def drifted(path: str, question: Mapping[str, str]) -> str:
        said = json.loads(answer(world, path, question))
        for point in said.get("totalDataChartBreakdown") or [] if isinstance(said, dict) else []:
            point[0] *= 1_000
        return json.dumps(said)

    standin.answer = drifted

    report = await synced(sqlite_store, standin, world)

    assert (report.epoch, report.lines[0].status) == (None, "failed")
    assert "has a chart whose times lie in the future" in str(report.lines[0].error)


async def test_a_source_that_fails_does_not_keep_another_from_publishing(
    store: Store, standin: Standin, world: World
) -> None:
    async def failing(client: Any, ask: Any) -> None:
        await client.get(client.upstreams.defillama, "/no/such/route", lambda body: body)

    broken = replace(SOURCES[0], name="broken", fetch=failing)

    report = await synced(store, standin, world, [broken, *SOURCES])

    assert (report.epoch, report.exit_code) == (1, 1)
    assert [line.status for line in report.lines] == ["failed", "published", *["published"] * (len(SOURCES) - 1)]


async def test_an_answer_that_does_not_come_is_named_and_the_next_run_repairs_it(
    store: Store, standin: Standin, world: World
) -> None:
    standin.fail(Fault.HTML, times=3, where="dailyHoldersRevenue")

    hurt = await synced(store, standin, world)
    healed = await synced(store, standin, world)

    assert (hurt.epoch, hurt.exit_code, healed.epoch, healed.exit_code) == (1, 1, 2, 0)
    assert hurt.lines[0].error is not None
    assert "dailyHoldersRevenue is not whole JSON" in hurt.lines[0].error
    mine = (await ids(store))["102"]
    found = (await totals(store, Metric.HOLDERS_REVENUE, Window.ALL))[mine]
    assert found == exactly(world, "102", Metric.HOLDERS_REVENUE, world.days)


@pytest.mark.parametrize(("fault", "raw"), [(Fault.NAN, "NaN"), (Fault.SPIKE, "150000000000.000000")])
async def test_a_number_that_can_not_be_is_kept_apart_with_its_reason(
    sqlite_store: Store, standin: Standin, world: World, fault: Fault, raw: str
) -> None:
    standin.fail(fault, where="/overview/fees?")

    report = await synced(sqlite_store, standin, world)

    async with sqlite_store.readers.connect() as connection:
        rejected = (await connection.execute(select(rejected_fact.c.source, rejected_fact.c.fact))).all()
    assert report.lines[0].rejected >= 1
    assert (SOURCES[0].name, raw) in {(row.source, row.fact["value"]) for row in rejected}


async def test_a_price_that_is_no_number_is_kept_apart_with_its_reason(
    sqlite_store: Store, standin: Standin, world: World
) -> None:
    standin.fail(Fault.NAN, where="/chart/")

    report = await synced(sqlite_store, standin, world)

    async with sqlite_store.readers.connect() as connection:
        facts = (await connection.scalars(select(rejected_fact.c.fact))).all()
    assert report.exit_code == 0
    assert [(fact["metric"], fact["value"]) for fact in facts if fact["metric"] == "PRICE"] == [("PRICE", "NaN")]


async def test_of_two_syncs_at_once_one_is_locked_out(store: Store, standin: Standin, world: World) -> None:
    async with store.publishing() as publication:
        with pytest.raises(Locked):
            await synced(store, standin, world)
        await publication.finish()

    assert (await synced(store, standin, world)).epoch == 1


async def test_a_source_without_its_key_is_skipped_and_says_which(
    sqlite_store: Store, standin: Standin, world: World
) -> None:
    keyed = replace(SOURCES[0], needs_key=("defillama", "sosovalue"))

    report = await synced(sqlite_store, standin, world, [keyed])

    assert [(line.status, line.skipped_because) for line in report.lines] == [
        ("skipped", "it needs a key: set ACCRUAL_DEFILLAMA_KEY or ACCRUAL_SOSOVALUE_KEY")
    ]
    assert (report.exit_code, standin.asked) == (0, [])


async def test_since_takes_a_part_and_the_next_whole_run_takes_the_rest(
    sqlite_store: Store, standin: Standin, world: World
) -> None:
    part = await synced(sqlite_store, standin, world, since=world.days[-10])
    mine = (await ids(sqlite_store))["102"]
    ten_days = (await totals(sqlite_store, Metric.FEES, Window.ALL))[mine]
    whole = await synced(sqlite_store, standin, world)

    assert (part.epoch, whole.epoch) == (1, 2)
    assert ten_days == exactly(world, "102", Metric.FEES, world.days[-10:])
    assert (await totals(sqlite_store, Metric.FEES, Window.ALL))[mine] == exactly(world, "102", Metric.FEES, world.days)


async def test_a_run_ends_by_its_deadline(sqlite_store: Store, standin: Standin, world: World) -> None:
    standin.fail(Fault.HANG, times=1000)
    impatient = replace(upstreams(standin), deadline=timedelta(milliseconds=100))

    report = await sync(sqlite_store, impatient, SOURCES, clock=lambda: datetime.combine(world.today, time(9), UTC))

    assert report.lines[0].error is not None
    assert report.lines[0].error.endswith("was not read before the run's time was over")


async def test_the_last_run_can_be_read_back(sqlite_store: Store, standin: Standin, world: World) -> None:
    assert await last_report(sqlite_store) is None

    report = await synced(sqlite_store, standin, world)

    last = await last_report(sqlite_store)
    assert last is not None
    assert (last.epoch, last.lines, last.error) == (report.epoch, report.lines, None)


async def test_a_run_without_an_end_on_record_is_told_once_nobody_is_at_it(
    store: Store, standin: Standin, world: World
) -> None:
    report = await synced(store, standin, world)

    async with store.publishing():
        meanwhile = await last_report(store)
    left = await last_report(store)
    await synced(store, standin, world)
    after = await last_report(store)

    assert meanwhile is not None
    assert (meanwhile.lines, meanwhile.error) == (report.lines, None)
    assert left is not None
    assert (left.epoch, left.lines, left.exit_code) == (None, (), 1)
    assert left.error == "the run was killed before its end, or its end could not be recorded: nothing published"
    assert after is not None
    assert after.error is None


async def test_each_step_is_told_and_the_outcome_last(sqlite_store: Store, standin: Standin, world: World) -> None:
    steps: list[Step] = []

    await synced(sqlite_store, standin, world, on_progress=steps.append)

    assert [step.answers for step in steps[:3]] == [1, 2, 3]
    assert steps[-1].outcome is not None
    assert (steps[-1].outcome.status, steps[-1].answers) == ("published", len(standin.asked))


async def test_remembered_answers_hold_no_key(sqlite_store: Store, standin: Standin, world: World) -> None:
    keyed = Upstreams(patience=AT_ONCE).with_defillama_key("s3cret", standin.url)
    standin.answer = lambda path, query: answer(
        world, path.removeprefix("/s3cret/api").removeprefix("/s3cret/coins"), query
    )

    report = await sync(sqlite_store, keyed, SOURCES, clock=lambda: datetime.combine(world.today, time(9), UTC))

    async with sqlite_store.readers.connect() as connection:
        kept = (await connection.execute(select(upstream_resource.c.url))).scalars().all()
    assert (report.exit_code, len(kept) > 6, [url for url in kept if "s3cret" in url]) == (0, True, [])
    assert all(asked.startswith("/s3cret/") for asked in standin.asked)


async def test_repeating_waits_a_little_more_or_less_each_time() -> None:
    waits: list[float] = []

    async def once() -> None:
        if len(waits) == 20:
            raise KeyboardInterrupt

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    with pytest.raises(KeyboardInterrupt):
        await repeat(once, timedelta(hours=1), sleep=sleep)

    assert (len(set(waits)) > 1, min(waits) >= 3240, max(waits) <= 3960) == (True, True, True)


def remembered(answer: Answer) -> Answer:
    """The answers of a world that does not change, each made once."""
    made: dict[tuple[str, str], str] = {}

    def remember(path: str, query: Mapping[str, str]) -> str:
        key = path, str(query)
        if key not in made:
            made[key] = answer(path, query)
        return made[key]

    return remember


@pytest.fixture(scope="module")
def large() -> Generator[tuple[World, Standin], None, None]:
    world = World(size=300, length=400)
    with serving(remembered(partial(answer, world))) as standin:
        yield world, standin


async def test_three_hundred_protocols_by_four_hundred_days_by_four_metrics(
    url: str, store: Store, large: tuple[World, Standin]
) -> None:
    world, standin = large
    now = datetime.combine(world.today, time(9), UTC)
    command = (sys.executable, "-m", "tests.sync.large_sync", url, standin.url, now.isoformat())

    done = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=unwatched(), stdout=asyncio.subprocess.PIPE)
    output, _ = await done.communicate()

    (first, status, fetched), second, megabytes = map(json.loads, output.splitlines())
    assert (first, status, fetched > 300 * 400 * 4) == (1, "published", True)
    assert second == [None, "unchanged", 0]
    assert megabytes < MEGABYTES
    known = await ids(store)
    found = await totals(store, Metric.REVENUE, Window.D90)
    told = {id_: found.get(known[id_]) for id_ in (*world.listings, *world.families)}
    assert told == {id_: exactly(world, id_, Metric.REVENUE, world.days[-90:]) for id_ in told}


@pytest.mark.many
@pytest.mark.parametrize("seed", range(3))
async def test_with_one_answer_in_three_at_fault_a_run_ends_and_the_next_repairs_it(
    sqlite_store: Store, standin: Standin, world: World, seed: int
) -> None:
    draw = random.Random(seed)
    faults = [fault for fault in Fault if fault not in (Fault.NOT_FOUND, Fault.SPIKE, Fault.NAN)]
    standin.fault = lambda path, number: draw.choice(faults) if draw.random() < 1 / 3 else None
    quick = Host(standin.url, per_minute=1_000_000, timeout=timedelta(milliseconds=200))
    now = datetime.combine(world.today, time(9), UTC)

    hosts = Upstreams(defillama=quick, defillama_coins=quick, patience=AT_ONCE)
    await sync(sqlite_store, hosts, SOURCES, clock=lambda: now)
    standin.fault = lambda path, number: None
    await synced(sqlite_store, standin, world)

    known = await ids(sqlite_store)
    for metric in (Metric.FEES, Metric.REVENUE, Metric.HOLDERS_REVENUE, Metric.SUPPLY_SIDE_REVENUE):
        found = await totals(sqlite_store, metric, Window.ALL)
        told = {id_: found.get(known[id_]) for id_ in (*world.listings, *world.families)}
        assert told == {id_: exactly(world, id_, metric, world.days) for id_ in told}
