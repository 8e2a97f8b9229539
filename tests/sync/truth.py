"""What a store says of a stand-in's world, and what it should say."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from models.entity import external_id
from models.metric import MEASURES
from models.rollup import rollup
from models.store import Store
from models.vocabulary import EntityKind, Metric, Window
from sync.sources.defillama_words import DATA_TYPES
from tests.standin.world import World


async def ids(store: Store) -> dict[str, int]:
    """The entity of each id of DefiLlama."""
    async with store.reading() as reader:
        known = reader.live(external_id).c
        mine = (known.system == "defillama") & (known.kind == EntityKind.PROTOCOL)
        return {row.value: row.entity_id for row in await reader.rows(select(known.value, known.entity_id).where(mine))}


async def totals(store: Store, metric: Metric, window: Window) -> dict[int, Decimal | None]:
    """What the store says of a window, in dollars, by entity."""
    async with store.reading() as reader:
        rolled = reader.live(rollup).c
        rows = await reader.rows(select(rolled.subject_id, rolled[window.value]).where(rolled.metric == metric))
    measure = MEASURES[metric]
    return {row[0]: None if row[1] is None else measure.value(row[1]) for row in rows}


def exactly(world: World, id_: str, metric: Metric, days: Sequence[date]) -> Decimal | None:
    """The truth over some days, each day of each part to the micro-dollar as the store keeps it."""
    kept = [_kept(world, id_, metric, day) for day in days]
    known = [value for value in kept if value is not None]
    return sum(known, Decimal()) if known else None


def _kept(world: World, id_: str, metric: Metric, day: date) -> Decimal | None:
    data_type = DATA_TYPES[metric]
    members = world.members(id_) if id_ in world.families else [world.listings[id_]]
    parts = [world.value(member.id, data_type, day) for member in members if id_ == member.id or member.charted]
    known = [part.quantize(Decimal("0.000001")) for part in parts if part is not None]
    return sum(known, Decimal()) if known else None
