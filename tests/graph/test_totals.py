"""Numbers in equal numbers out: the API's totals against an independent sum over the facts that were published."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.store import Store
from models.vocabulary import Metric, SectorKey
from tests.builders import NOON, TODAY, Fact, chain_fact, daily, protocol_fact, published
from tests.databases import Databases, url_of
from tests.graph.asking import asked

DAYS = 40
LENGTHS = {"D1": 1, "D7": 7, "D30": 30, "D90": 90}
WORD = {"PERPS": SectorKey.PERPS, "LENDING": SectorKey.LENDING}

# Micro-dollars up to a trillion, and below zero: supply sides can be.
amounts = st.integers(-(10**12), 10**18).map(lambda micro: Decimal(micro).scaleb(-6))
histories = st.dictionaries(st.integers(1, DAYS), amounts, max_size=DAYS)


@dataclass(frozen=True)
class World:
    """By protocol its sector, its chains, its history of all chains, and that of each chain, by days before TODAY."""

    sectors: list[str]
    chains: list[tuple[str, ...]]
    totals: list[dict[int, Decimal]]
    by_chain: list[dict[str, dict[int, Decimal]]]

    def facts(self) -> Iterator[Fact]:
        yield from (chain_fact(slug) for slug in ("ethereum", "solana"))
        for n, total in enumerate(self.totals):
            yield protocol_fact(f"p{n}", sectors=(WORD[self.sectors[n]],), chains=self.chains[n])
            yield daily(f"p{n}", Metric.REVENUE, on_days(total))
            for slug, history in self.by_chain[n].items():
                yield daily(f"p{n}", Metric.REVENUE, on_days(history), chain=slug)
        # One whose numbers are complete, so that every window ends on the same day.
        yield protocol_fact("clock")
        yield daily("clock", Metric.REVENUE, {TODAY - timedelta(days=1): 0})

    def on_chain(self, slug: str) -> list[dict[int, Decimal]]:
        """A protocol of one chain earns there what it earns, unless it says so by chain."""
        found = []
        for n, chains in enumerate(self.chains):
            reported = {name: history for name, history in self.by_chain[n].items() if history}
            if slug in reported:
                found.append(reported[slug])
            elif not reported and chains == (slug,):
                found.append(self.totals[n])
        return found


def on_days(history: dict[int, Decimal]) -> dict[date, Decimal]:
    return {TODAY - timedelta(days=ago): value for ago, value in history.items()}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    size = draw(st.integers(1, 4))
    sectors = draw(st.lists(st.sampled_from(sorted(WORD)), min_size=size, max_size=size))
    somewhere = st.lists(st.sampled_from(["ethereum", "solana"]), unique=True, max_size=2).map(tuple)
    chains = draw(st.lists(somewhere, min_size=size, max_size=size))
    by_chain = [{slug: draw(histories) for slug in mine if draw(st.booleans())} for mine in chains]
    return World(sectors, chains, draw(st.lists(histories, min_size=size, max_size=size)), by_chain)


def total(parts: list[dict[int, Decimal]], last: int, window: str) -> Decimal | None:
    """The sum over the days of a window that ends `last` days before TODAY; None where none is known."""
    days = range(last, last + LENGTHS[window])
    known = [value for history in parts for ago, value in history.items() if ago in days]
    return sum(known, Decimal(0)) if known else None


def number(answer: Any) -> Decimal | None:
    value = answer["revenue"]["value"]
    return None if value is None else Decimal(value)


QUERY = """query ($window: Window!, $at: AsOf) {
  protocols(at: $at, first: 100) { nodes { slug revenue(window: $window) { value } } }
  sectors(at: $at) { key revenue(window: $window) { value } }
  chains(at: $at) { nodes { slug revenue(window: $window) { value } } } }"""


async def check(path: Path, world: World, later: World, window: str, last: int | None) -> None:
    """Both epochs, each against its own world; the later one states everything the earlier one does anew."""
    store = Store(f"sqlite+aiosqlite:///{path}")
    try:
        await compare(store, world, later, window, last)
    finally:
        await store.close()


async def compare(store: Store, world: World, later: World, window: str, last: int | None) -> None:
    await published(store, *world.facts(), recorded_at=NOON)
    await published(store, *later.facts(), recorded_at=NOON + timedelta(minutes=1))
    newest = (await store.resolve()).epoch
    for epoch, stood in ((1, world), (newest, merged(world, later))):
        at = {"epoch": epoch} | ({"day": str(TODAY - timedelta(days=last))} if last else {})
        data = await asked(store, QUERY, window=window, at=at)
        end = last or 1
        found = {node["slug"]: number(node) for node in data["protocols"]["nodes"] if node["slug"] != "clock"}
        assert found == {f"p{n}": total([each], end, window) for n, each in enumerate(stood.totals)}
        sectors = {node["key"]: number(node) for node in data["sectors"] if node["key"] in WORD}
        assert sectors == {key: total(in_sector(stood, key), end, window) for key in WORD}
        chains = {node["slug"]: number(node) for node in data["chains"]["nodes"]}
        assert chains == {slug: total(stood.on_chain(slug), end, window) for slug in ("ethereum", "solana")}


def in_sector(world: World, key: str) -> list[dict[int, Decimal]]:
    return [history for history, sector in zip(world.totals, world.sectors, strict=True) if sector == key]


def merged(world: World, later: World) -> World:
    """What is known after both: a day left out keeps its number; identity is as last stated."""
    size = max(len(world.totals), len(later.totals))
    totals, by_chain = [], []
    for n in range(size):
        before = world.totals[n] if n < len(world.totals) else {}
        totals.append(before | (later.totals[n] if n < len(later.totals) else {}))
        mine: dict[str, dict[int, Decimal]] = {}
        for each in (world, later):
            for slug, history in (each.by_chain[n] if n < len(each.by_chain) else {}).items():
                mine[slug] = mine.get(slug, {}) | history
        by_chain.append(mine)
    sectors = [*later.sectors, *world.sectors[len(later.sectors) :]]
    return World(sectors, [*later.chains, *world.chains[len(later.chains) :]], totals, by_chain)


SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.many
@SLOW
@given(world=worlds(), later=worlds(), window=st.sampled_from(sorted(LENGTHS)), last=st.none() | st.integers(1, DAYS))
def test_totals_equal_an_independent_sum_on_sqlite(
    sqlite_template: str, tmp_path: Path, world: World, later: World, window: str, last: int | None
) -> None:
    path = tmp_path / "world.db"
    for old in tmp_path.iterdir():
        old.unlink()
    shutil.copy(sqlite_template, path)

    asyncio.run(check(path, world, later, window, last))


@pytest.mark.many
@settings(SLOW, max_examples=10)
@given(world=worlds(), later=worlds(), window=st.sampled_from(sorted(LENGTHS)), last=st.none() | st.integers(1, DAYS))
def test_totals_equal_an_independent_sum_on_postgresql(
    databases: Databases, world: World, later: World, window: str, last: int | None
) -> None:
    asyncio.run(check_on_postgresql(databases, world, later, window, last))


async def check_on_postgresql(databases: Databases, world: World, later: World, window: str, last: int | None) -> None:
    async with databases.one() as name:
        store = Store(url_of(name))
        try:
            await compare(store, world, later, window, last)
        finally:
            await store.close()
