"""All sources at once while a third of the answers go wrong: what is published is sound, and is made whole again."""

import asyncio
import random
import shutil
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models import external_id, ledger, obs, series, source
from models.epoch import Pin
from models.store import Store
from models.vocabulary import EntityKind
from sync.facts import Ref
from sync.pipeline import sync
from sync.report import Report
from sync.sources import SOURCES
from tests.builders import published, token_fact
from tests.standin.everywhere import Everywhere, upstreams
from tests.standin.server import Fault, Standin, serving
from tests.sync.asking import AT_ONCE

# A number or an entry, by names that are the same in every store.
Said = dict[tuple[str, str, str, str, str, date | None], object]
DEADLINE = timedelta(seconds=30)
# For a run that nothing disturbs, however busy the machine is.
AMPLE = timedelta(minutes=10)
MIXED = [fault for fault in Fault if fault is not Fault.NOT_FOUND]
ALONE = {
    "429": [Fault.TOO_MANY_FOR_SECONDS, Fault.TOO_MANY_UNTIL_DATE],
    "503": [Fault.UNAVAILABLE],
    "hang": [Fault.HANG],
    "cut off": [Fault.TRUNCATED, Fault.CUT],
    "HTML": [Fault.HTML],
    "null": [Fault.NULL],
    "drift": [Fault.DRIFT],
    "NaN": [Fault.NAN],
    "spike": [Fault.SPIKE],
    "drip": [Fault.DRIP],
}
# Which engine it is matters to what is published, and not to what was read.
CASES = [
    *(pytest.param("sqlite", faults, seed, id=name) for seed, (name, faults) in enumerate(ALONE.items())),
    pytest.param("sqlite", MIXED, 0, id="mixed"),
    pytest.param("postgresql", MIXED, 1, id="mixed on PostgreSQL"),
]
PUBLISHERS = {
    "defillama",
    "defillama-prices",
    "hyperliquid",
    "coingecko",
    "sosovalue",
    "defillama-etfs",
    "growthepie",
    "defillama-treasuries",
    "defillama-emissions",
}


@dataclass(frozen=True, slots=True)
class Day:
    """A store that has read everything of one day, and what an undisturbed run makes of the next."""

    path: Path
    standin: Standin
    everywhere: Everywhere
    reports: list[Report]
    before: Said
    after: Said


async def synced(
    store: Store, standin: Standin, everywhere: Everywhere, seconds: float = 100, deadline: timedelta = AMPLE
) -> Report:
    hosts = upstreams(standin, AT_ONCE, timedelta(seconds=seconds), deadline)
    standin.answer = everywhere.answer
    return await sync(store, hosts, SOURCES, clock=lambda: everywhere.now)


@pytest.fixture(scope="module")
def day(sqlite_template: str, tmp_path_factory: pytest.TempPathFactory) -> Generator[Day, None, None]:
    folder = tmp_path_factory.mktemp("day")
    with serving(lambda path, question: "") as standin:
        yield asyncio.run(_read(folder, sqlite_template, standin))


async def _read(folder: Path, template: str, standin: Standin) -> Day:
    path, everywhere = folder / "day.db", Everywhere()
    shutil.copy(template, path)
    store = Store(f"sqlite+aiosqlite:///{path}")
    reports = [*await begun(store, standin, everywhere), await synced(store, standin, everywhere)]
    before = await everything(store)
    await store.close()
    next_day = Store(f"sqlite+aiosqlite:///{shutil.copy(path, folder / 'next.db')}")
    everywhere.advance()
    reports += [await synced(next_day, standin, everywhere)]
    after = await everything(next_day)
    await next_day.close()
    return Day(path, standin, everywhere, reports, before, after)


async def begun(store: Store, standin: Standin, everywhere: Everywhere) -> list[Report]:
    """Read everything of a day: the first run learns of tokens that the second asks for."""
    refs = [Ref(EntityKind.TOKEN, "coingecko", coin) for coin in ("bitcoin", "ethereum", "hyperliquid")]
    await published(store, *(token_fact(ref.value, refs=(ref,)) for ref in refs))
    return [await synced(store, standin, everywhere) for _ in range(2)]


@pytest.fixture
async def store(engine: str, url: str, day: Day, tmp_path: Path) -> AsyncGenerator[Store, None]:
    """The store of the day before, a test's own."""
    if engine == "sqlite":
        url = f"sqlite+aiosqlite:///{shutil.copy(day.path, tmp_path / 'hurt.db')}"
    store = Store(url)
    if engine != "sqlite":
        await begun(store, day.standin, Everywhere())
    yield store
    await store.close()


async def everything(store: Store, at: int | None = None) -> Said:
    async with store.reading(None if at is None else Pin(at)) as reader:
        name = reader.live(external_id).c
        mine = select(name.entity_id, name.value).where(name.system == "accrual", name.last_day.is_(None))
        slugs = {0: ""} | {row.entity_id: row.value for row in await reader.rows(mine)}
        one, number, who = (reader.live(table).c for table in (series, obs, source))
        query = select(one.subject_id, one.metric, one.chain_id, one.stream, who.slug, number.day, number.value)
        linked = (number.series_id == one.series_id, who.source_id == one.source_id)
        said: Said = {
            (slugs[subject], metric.name, slugs[chain], stream, slug, day): value
            for subject, metric, chain, stream, slug, day, value in await reader.rows(query.where(*linked))
        }
        entry = reader.live(ledger).c
        entries = select(entry.ref, entry.trades, entry.tokens, entry.usd, entry.first_trade, entry.last_trade)
        return said | {(row.ref, "", "", "", "", None): tuple(row) for row in await reader.rows(entries)}


def test_every_source_is_read_and_a_third_run_finds_nothing_new(day: Day) -> None:
    assert [(line.source, line.error) for line in day.reports[0].lines] == [(one.name, None) for one in SOURCES]
    assert (day.reports[2].epoch, {line.status for line in day.reports[2].lines}) == (None, {"unchanged"})
    assert [report.exit_code for report in day.reports] == [0, 0, 0, 0]
    assert {key[4] for key in day.after} >= PUBLISHERS
    assert day.before.keys() < day.after.keys()


def one_in_three(faults: Sequence[Fault], seed: int) -> Callable[[str, int], Fault | None]:
    """A third of the requests go wrong, the same ones whatever comes before them."""
    asked: Counter[str] = Counter()

    def decide(path: str, _: int) -> Fault | None:
        asked[path] += 1
        draw = random.Random(f"{seed}/{path}/{asked[path]}")
        return draw.choice(faults) if draw.random() < 1 / 3 else None

    return decide


@pytest.mark.many
@pytest.mark.parametrize(("engine", "faults", "seed"), CASES)
async def test_with_one_answer_in_three_at_fault_what_is_published_is_sound_and_the_next_run_makes_it_whole(
    store: Store, day: Day, faults: Sequence[Fault], seed: int
) -> None:
    standin, everywhere, known = day.standin, day.everywhere, await store.current()
    standin.fault = one_in_three(faults, seed)
    began = time.monotonic()

    hurt = await synced(store, standin, everywhere, 0.3, DEADLINE)

    took = time.monotonic() - began
    standin.fault = lambda path, number: None
    then, readers = await everything(store), await everything(store, known)
    healed = await synced(store, standin, everywhere)
    assert (took < DEADLINE.total_seconds(), readers == day.before) == (True, True)
    assert {key: said for key, said in then.items() if said not in (day.before.get(key), day.after.get(key))} == {}
    assert day.before.keys() - then.keys() == set()
    assert hurt.exit_code == any(line.error or line.status == "failed" for line in hurt.lines)
    # What is not whole says so: by its exit code, or number by number.
    assert hurt.exit_code or then == day.after or any(line.rejected for line in hurt.lines)
    assert [line.error for line in hurt.lines if line.error and not line.error.startswith(f"{line.source}: ")] == []
    assert "\n" not in "".join(line.error or "" for line in hurt.lines)
    assert (healed.exit_code, await everything(store) == day.after) == (0, True)
