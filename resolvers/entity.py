"""Whatever a number, a claim or an issue can be about, by its number."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from sqlalchemy import select

from models.entity import entity, external_id
from models.store import Reader
from models.vocabulary import EntityKind
from resolvers.chain import chains_by_id
from resolvers.external_id import OURS
from resolvers.fund import funds_by_id, organisations_by_id
from resolvers.protocol import protocols_by_id
from resolvers.sector import MarketRow, sectors_by_id
from resolvers.token import tokens_by_id

ById: TypeAlias = Callable[[Reader, Sequence[int]], Awaitable[Sequence[Any]]]

BY_KIND: dict[EntityKind, ById] = {
    EntityKind.PROTOCOL: protocols_by_id,
    EntityKind.TOKEN: tokens_by_id,
    EntityKind.CHAIN: chains_by_id,
    EntityKind.SECTOR: sectors_by_id,
    EntityKind.ORGANISATION: organisations_by_id,
    EntityKind.FUND: funds_by_id,
}


async def entities_by_id(reader: Reader, ids: Sequence[int]) -> list[Any]:
    """The row of each entity, of whatever kind; None where it is not there. One statement, and one for each kind."""
    live = reader.live(entity)
    query = select(live.c.entity_id, live.c.kind).where(reader.among(live.c.entity_id, ids))
    kinds = {id_: kind for id_, kind in await reader.rows(query)}  # noqa: C416
    found: dict[int, Any] = {id_: MarketRow(id_) for id_, kind in kinds.items() if kind is EntityKind.MARKET}
    for kind, by_id in BY_KIND.items():
        mine = [id_ for id_ in kinds if kinds[id_] is kind]
        if mine:
            found.update(zip(mine, await by_id(reader, mine), strict=True))
    return [found.get(id_) for id_ in ids]


async def entities_by_slug(reader: Reader, slugs: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The entities of any kind that go, or went, by each of our slugs. One statement at most."""
    if not slugs:
        return {}
    live = reader.live(external_id)
    query = select(live.c.value, live.c.entity_id).where(live.c.system == OURS, live.c.value.in_(list(slugs)))
    found: dict[str, tuple[int, ...]] = dict.fromkeys(slugs, ())
    for slug, id_ in await reader.rows(query.order_by(live.c.entity_id)):
        found[slug] = (*found[slug], id_)
    return found
