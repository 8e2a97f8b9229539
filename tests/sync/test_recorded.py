"""A live sync over what recordings said: their names stand, nothing is there twice, and their history goes on."""

from collections import Counter
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from models import external_id, protocol, token
from models.epoch import Pin, rejected_fact
from models.store import Store
from models.vocabulary import EntityKind, Metric, ProtocolKind
from resolvers.protocol import protocols_by_name
from sync.facts import ProtocolFact, Ref, TokenFact
from sync.pipeline import sync
from sync.report import Report
from sync.sources import defillama
from tests.builders import facts, protocol_fact, published, revenue, token_fact
from tests.standin.defillama import answer
from tests.standin.server import Standin, serving
from tests.standin.upstreams import upstreams
from tests.standin.world import Family, Listing, World
from tests.sync.reading import ids_by_slug, rows_of, said

RECORDED_AT = datetime(2026, 7, 1, tzinfo=UTC)
HYPERLIQUID, SKY, PUMP, MAPLE = "parent#hyperliquid", "parent#maker", "parent#pump", "parent#maple-finance"
FAMILIES = (
    Family(HYPERLIQUID, "Hyperliquid Labs", "hyperliquid", "hyperliquid"),
    Family(SKY, "Sky", "sky", "sky"),
    Family(PUMP, "Pump", "pump.fun", "pump-fun"),
    Family(MAPLE, "Maple", "maple-finance", "syrup"),
)
LISTINGS = (
    Listing("5507", "Hyperliquid Perps", "hyperliquid-perps", "Derivatives", ("Hyperliquid L1",), parent=HYPERLIQUID),
    Listing("118", "Sky Lending", "sky-lending", "CDP", ("Ethereum",), parent=SKY),
    Listing("4449", "pump.fun", "pump", "Launchpad", ("Solana",), parent=PUMP),
    Listing("587", "Maple", "maple", "Lending", ("Ethereum",), parent=MAPLE),
    Listing("6000", "letsBONK.fun", "letsbonk.fun", "Launchpad", ("Solana",), gecko_id="bonk"),
    Listing("4133", "Ethena USDe", "ethena-usde", "Basis Trading", ("Ethereum",), gecko_id="ethena"),
    Listing("182", "Lido Finance", "lido-finance", "Liquid Staking", ("Ethereum",), gecko_id="lido-dao"),
    Listing("56", "BSC", "bsc", "Chain", ("BSC",), "chain"),
    Listing("9001", "Nobody Knew", "nobody-knew", "Dexs", ("Base",)),
)


def defillama_ref(id_: str) -> Ref:
    return Ref(EntityKind.PROTOCOL, "defillama", id_)


@pytest.fixture
def world() -> World:
    world = World(size=0, length=20, chains=("Hyperliquid L1", "Ethereum", "Solana", "Base", "BSC"))
    world.families = {family.id: family for family in FAMILIES}
    world.listings = {listing.id: listing for listing in LISTINGS}
    return world


@pytest.fixture
def standin(world: World) -> Generator[Standin, None, None]:
    with serving(partial(answer, world)) as standin:
        yield standin


async def synced(store: Store, standin: Standin, world: World) -> Report:
    now = datetime.combine(world.today, time(9), UTC)
    return await sync(store, upstreams(standin), [defillama.SOURCE], clock=lambda: now)


async def named(store: Store, system: str, value: str) -> str | None:
    """The slug of the protocol with a name, as the API looks it up."""
    async with store.reading() as reader:
        (row,) = await protocols_by_name(reader, [(system, value)])
    return row.slug if row else None


async def reasons(store: Store) -> Counter[str]:
    async with store.readers.connect() as connection:
        return Counter(await connection.scalars(select(rejected_fact.c.reason)))


async def test_a_live_sync_joins_what_was_bundled_and_doubles_nothing(
    bundled: Store, standin: Standin, world: World
) -> None:
    before = await ids_by_slug(bundled)
    tokens = {row["slug"] for row in await rows_of(bundled, token)}

    report = await synced(bundled, standin, world)

    assert report.error is None
    assert [line.error for line in report.lines] == [None]
    after = await ids_by_slug(bundled)
    added = {"hyperliquid-perps", "sky-lending", "pump", "maple-587", "nobody-knew"}
    assert after.keys() - before.keys() == added - before.keys()
    assert {slug: after[slug] for slug in before} == before
    ids = [HYPERLIQUID, SKY, PUMP, MAPLE, "6000", "4133", "182", "587", "56"]
    ours = ["hyperliquid", "sky", "pumpfun", "maple", "letsbonk", "ethena-usde", "lido", "maple-587", "bnb"]
    assert [await named(bundled, "defillama", id_) for id_ in ids] == ours
    assert {row["slug"] for row in await rows_of(bundled, token)} - tokens == {"sky", "syrup", "ethena"} - tokens


async def test_what_was_recorded_of_an_entity_stands_and_the_rest_is_filled(
    bundled: Store, standin: Standin, world: World
) -> None:
    rows = {row["slug"]: row for row in await rows_of(bundled, protocol)}

    await synced(bundled, standin, world)

    after = {row["slug"]: row for row in await rows_of(bundled, protocol)}
    assert after["hyperliquid"]["name"] == "Hyperliquid"
    assert after["lido"]["name"] == rows["lido"]["name"] != "Lido Finance"
    assert (rows["letsbonk"]["homepage"], after["letsbonk"]["homepage"]) == (None, "https://letsbonk.fun.example")
    (hype,) = [row for row in await rows_of(bundled, token) if row["slug"] == "hype"]
    assert (hype["symbol"], hype["name"]) == ("HYPE", "Hyperliquid")


async def test_the_history_of_a_bundled_series_goes_on(bundled: Store, standin: Standin, world: World) -> None:
    last = await bundled.current()
    before = (await said(bundled, source_slug="defillama"))["hyperliquid", Metric.FEES]

    await synced(bundled, standin, world)

    after = (await said(bundled, source_slug="defillama"))["hyperliquid", Metric.FEES]
    assert {day: value for day, value in after.items() if day < world.days[0]} == {
        day: value for day, value in before.items() if day < world.days[0]
    }
    assert max(after) == world.days[-1] > max(before)
    assert (await said(bundled, last, "defillama"))["hyperliquid", Metric.FEES] == before


async def test_the_syncs_after_the_first_find_nothing_new(bundled: Store, standin: Standin, world: World) -> None:
    first = await synced(bundled, standin, world)
    standin.etags = False
    world.advance()

    second = await synced(bundled, standin, world)

    assert second.epoch == (first.epoch or 0) + 1
    assert [(line.status, line.error) for line in second.lines] == [("published", None)]
    assert {reason for reason in await reasons(bundled) if "another's" in reason} == set()


async def test_a_rename_upstream_moves_the_slug_and_the_old_one_still_finds_it(
    store: Store, standin: Standin, world: World
) -> None:
    await synced(store, standin, world)
    number = (await ids_by_slug(store))["nobody-knew"]
    renamed = replace(world.listings["9001"], name="Everybody Knows", slug="everybody-knows")
    world.listings["9001"] = renamed

    await synced(store, standin, world)

    assert (await ids_by_slug(store))["everybody-knows"] == number
    assert await named(store, "accrual", "nobody-knew") == await named(store, "accrual", "everybody-knows")
    names = {row["value"]: row for row in await rows_of(store, external_id) if row["entity_id"] == number}
    yesterday = world.today - timedelta(days=1)
    assert (names["nobody-knew"]["last_day"], names["everybody-knows"]["first_day"]) == (yesterday, world.today)


async def test_a_name_that_belongs_to_another_is_left_out_and_kept_as_refused(store: Store) -> None:
    await published(store, protocol_fact("aave", refs=[defillama_ref("1")]), protocol_fact("lido"))
    taken = Ref(EntityKind.PROTOCOL, "coingecko", "lido-dao")
    await published(store, protocol_fact("lido", refs=[taken]))

    await published(store, ProtocolFact((defillama_ref("1"), taken), "aave", "Aave"))

    assert await reasons(store) == {"the name coingecko lido-dao is another's, left out": 1}
    assert (await named(store, "coingecko", "lido-dao"), await named(store, "defillama", "1")) == ("lido", "aave")


async def test_two_recorded_of_one_title_are_not_told_apart_by_it(store: Store) -> None:
    twins = (protocol_fact("one", name="Twin"), protocol_fact("two", name="Twin"))
    await published(store, *twins, token_fact("a", "A", name="Alike"), recorded_at=RECORDED_AT)

    await published(
        store,
        ProtocolFact((defillama_ref("1"),), "twin", "Twin", ProtocolKind.PARENT),
        TokenFact((Ref(EntityKind.TOKEN, "coingecko", "alike"),), "alike", "B", "Alike"),
    )

    assert set(await ids_by_slug(store)) == {"one", "two", "twin"}
    assert {row["slug"] for row in await rows_of(store, token)} == {"a", "alike"}


async def test_a_recording_may_rename_what_a_recording_named(store: Store) -> None:
    await published(store, protocol_fact("old", refs=[defillama_ref("1")], name="Old"), recorded_at=RECORDED_AT)
    later = RECORDED_AT + timedelta(days=1)

    await published(store, protocol_fact("new", refs=[defillama_ref("1")], name="New"), recorded_at=later)
    await published(store, ProtocolFact((defillama_ref("1"),), "other", "Other", category="Dexs"))

    (row,) = await rows_of(store, protocol)
    assert (row["slug"], row["name"], row["category"]) == ("new", "New", "Dexs")
    assert await named(store, "accrual", "other") is None


async def test_what_was_only_recorded_does_not_vanish(store: Store) -> None:
    slugs = [f"p{number}" for number in range(20)]
    both = [fact for slug in slugs for fact in (protocol_fact(slug), revenue(slug, {3: 1}))]
    await published(store, *both, recorded_at=RECORDED_AT)

    live = facts(revenue("p0", {1: 2}), complete=frozenset({"upstream"}))
    result = await published(store, live, accept=False)

    assert (result.epoch, result.troubles) == (2, {})


async def test_an_epoch_before_a_rename_keeps_the_name(store: Store) -> None:
    known = defillama_ref("1")
    await published(store, protocol_fact("matic", refs=[known]))
    await published(store, ProtocolFact((known,), "polygon", "Polygon"))

    async with store.reading(Pin(1)) as reader:
        old, new = await protocols_by_name(reader, [("accrual", "matic"), ("accrual", "polygon")])

    assert old is not None
    assert (old.slug, new) == ("matic", None)
