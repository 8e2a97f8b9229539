"""A day in the life of a store, an hour at a time: late days, restatements and outages."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import select

from models import obs, rejected_fact, rollup, series
from models.epoch import AsOf, Pin
from models.metric import MEASURES
from models.store import Store
from models.vocabulary import Metric, Window
from resolvers.epoch import SourceHealth, metas
from sync.pipeline import sync
from sync.report import Report
from sync.sources import defillama
from tests.standin.defillama import answer
from tests.standin.server import Fault, Standin, serving
from tests.standin.upstreams import upstreams
from tests.standin.world import World
from tests.sync.reading import through
from tests.sync.truth import exactly, ids, totals

WINDOWS = ((Window.D1, 1), (Window.D7, 7), (Window.D30, 30), (Window.ALL, 10_000))
METRICS = (Metric.FEES, Metric.REVENUE, Metric.HOLDERS_REVENUE, Metric.SUPPLY_SIDE_REVENUE)
NOON = datetime(2026, 8, 9, 12, 20, tzinfo=UTC)
Rows = list[tuple[object, ...]]


@dataclass(slots=True)
class Day:
    """The world, and what happens in it at which hour after noon."""

    world: World
    standin: Standin
    now: datetime = NOON
    low: dict[str, Decimal] = field(default_factory=dict)

    def pass_(self, hour: int) -> None:
        self.now = NOON + timedelta(hours=hour)
        self.standin.fault = lambda path, number: None
        if self.now.date() > self.world.today:
            self.world.advance()
            self._begin_low()
        happening = HAPPENINGS.get(hour)
        if happening:
            happening(self)

    @property
    def yesterday(self) -> date:
        return self.world.today - timedelta(days=1)

    def _begin_low(self) -> None:
        """Just after midnight the day before is there, and only a part of it."""
        for id_ in ("102", "105"):
            self.low[id_] = self.world.value(id_, "dailyFees", self.yesterday) or Decimal(1)
            self.world.restate(id_, "dailyFees", self.yesterday, Decimal(7))

    def complete(self) -> None:
        for id_, value in self.low.items():
            self.world.restate(id_, "dailyFees", self.yesterday, value)

    def restate(self) -> None:
        for day in self.world.days[5:20]:
            self.world.restate("103", "dailyRevenue", day, Decimal("4321.125"))

    def refuse(self) -> None:
        self.standin.fail(Fault.UNAVAILABLE, times=10_000)

    def fail_for_one_metric(self) -> None:
        self.world.restate("106", "dailySupplySideRevenue", self.world.days[0], Decimal("99.5"))
        self.standin.fail(Fault.TRUNCATED, times=3, where="dailySupplySideRevenue")

    def speak_nonsense(self) -> None:
        self.world.restate("102", "dailyFees", self.world.days[3], Decimal(2_000_000))
        self.standin.fail(Fault.SPIKE, where="dataType=dailyFees")


HAPPENINGS: dict[int, Callable[[Day], None]] = {
    2: Day.restate,
    4: Day.refuse,
    5: Day.refuse,
    8: Day.fail_for_one_metric,
    16: Day.complete,
    18: Day.speak_nonsense,
    21: Day.refuse,
}


@pytest.fixture
def day() -> Generator[Day, None, None]:
    world = World(size=12, length=35, today=NOON.date())
    with serving(partial(answer, world)) as standin:
        yield Day(world, standin)


async def synced(store: Store, day: Day) -> Report:
    return await sync(store, upstreams(day.standin), [defillama.SOURCE], clock=lambda: day.now)


async def answers(store: Store, at: int) -> tuple[Rows, Rows]:
    """Every value and every window as an epoch tells them."""
    async with store.reading(Pin(at)) as reader:
        values = await reader.rows(reader.live(obs).select().order_by("series_id", "day"))
        windows = await reader.rows(reader.live(rollup).select().order_by("metric", "subject_id"))
    return [tuple(row) for row in values], [tuple(row) for row in windows]


@pytest.mark.many
async def test_a_day_of_hourly_syncs_ends_with_the_truth_and_every_epoch_says_what_it_said(
    store: Store, day: Day
) -> None:
    told, codes = {}, []
    for hour in range(25):
        day.pass_(hour)
        report = await synced(store, day)
        codes.append(report.exit_code)
        if report.epoch is not None:
            told[report.epoch] = await answers(store, report.epoch)
            days = (await through(store, report.epoch)).values()
            assert max(days) == day.yesterday.isoformat()

    assert [hour for hour, code in enumerate(codes) if code] == [4, 5, 8, 21]
    assert len(told) == 6
    assert {epoch: await answers(store, epoch) for epoch in told} == told
    known, world = await ids(store), day.world
    for metric in METRICS:
        for window, length in WINDOWS:
            found = await totals(store, metric, window)
            for id_ in (*world.listings, *world.families):
                assert found.get(known[id_]) == exactly(world, id_, metric, world.days[-length:]), (metric, window, id_)


async def test_a_day_that_was_low_at_first_is_restated_and_both_values_can_be_read(store: Store, day: Day) -> None:
    await synced(store, day)
    day.pass_(13)
    low = await synced(store, day)
    day.complete()
    corrected = await synced(store, day)

    found = [await _fees(store, "102", day.yesterday, epoch) for epoch in (low.epoch, corrected.epoch)]
    assert found == [(Decimal(7), 0), (day.low["102"].quantize(Decimal("0.000001")), 1)]
    assert corrected.lines[0].restated >= 2
    assert (await store.resolve(AsOf(known_at=day.now))).epoch == corrected.epoch


async def _fees(store: Store, id_: str, day: date, at: int | None) -> tuple[Decimal, int]:
    """A day's fees over all chains, and how often they were replaced."""
    subject, metric = (await ids(store))[id_], Metric.FEES
    async with store.reading(Pin(at or 0)) as reader:
        live, one = reader.live(obs), reader.live(series)
        mine = (one.c.subject_id == subject, one.c.metric == metric, one.c.chain_id == 0, live.c.day == day)
        query = select(live.c.value, live.c.revision).join(one, one.c.series_id == live.c.series_id).where(*mine)
        ((value, revision),) = await reader.rows(query)
    return MEASURES[metric].value(value), revision


async def health(store: Store, day: Day) -> SourceHealth:
    async with store.reading() as reader:
        (meta,) = await metas(reader, ["meta"], lambda: day.now)
    (source,) = meta.sources
    return source


async def test_an_outage_shows_as_a_lag_and_ends_with_it(store: Store, day: Day) -> None:
    await synced(store, day)
    for hour in (4, 5):
        day.pass_(hour)
        await synced(store, day)
    out = await health(store, day)
    day.pass_(6)
    await synced(store, day)
    back = await health(store, day)

    assert (out.status, out.lag_seconds, out.last_success_at) == ("failed", 5 * 3600, NOON)
    assert out.last_error is not None
    assert "answered 503" in out.last_error
    assert (back.status, back.lag_seconds, back.last_error) == ("unchanged", 0, None)


async def test_a_sync_that_runs_no_more_shows_as_a_lag(store: Store, day: Day) -> None:
    await synced(store, day)
    day.pass_(3)
    source = await health(store, day)

    assert (source.status, source.lag_seconds, source.last_success_at) == ("published", 3 * 3600, NOON)


async def test_what_was_refused_of_a_day_can_be_asked_for(store: Store, day: Day) -> None:
    await synced(store, day)
    day.pass_(18)
    report = await synced(store, day)

    async with store.readers.connect() as connection:
        rows = (await connection.execute(select(rejected_fact))).all()
    assert report.lines[0].rejected == len(rows) >= 1
    assert {row.reason for row in rows} == {"a thousandfold the days around it"}
    assert {row.fact["metric"] for row in rows} == {"FEES"}
    assert all(date.fromisoformat(row.fact["day"]) < day.world.today for row in rows)
