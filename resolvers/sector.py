"""Sectors, what a protocol does, and the market of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from models.store import Reader
from models.vocabulary import EntityKind, SectorKey
from resolvers.declare import Parent, argument, batched
from resolvers.external_id import OURS, entities_named
from resolvers.identity import global_id
from resolvers.protocol import ProtocolRow
from resolvers.subject import Subject

TYPE = "Sector"
# Written differently from what their words suggest.
NAMES = {
    SectorKey.CDP: "CDP",
    SectorKey.DEPIN: "DePIN",
    SectorKey.RWA: "RWA",
    SectorKey.L1: "L1",
    SectorKey.L2: "L2",
    SectorKey.SPOT_DEX: "Spot DEX",
}
MARKET = "market"


@dataclass(frozen=True, slots=True)
class SectorRow:
    number: int
    key: SectorKey

    @property
    def id(self) -> str:
        return global_id(TYPE, self.number)

    @property
    def name(self) -> str:
        return NAMES.get(self.key, self.key.name.replace("_", " ").capitalize())

    @property
    def subject(self) -> Subject:
        return Subject(EntityKind.SECTOR, self.number, scope=self.key.name)


@dataclass(frozen=True, slots=True)
class MarketRow:
    """All protocols together."""

    number: int

    @property
    def subject(self) -> Subject:
        return Subject(EntityKind.MARKET, self.number)


async def sectors_by_keys(reader: Reader, keys: Sequence[tuple[SectorKey, ...]]) -> list[list[SectorRow]]:
    """The sectors of each tuple, in its order. One statement."""
    names = {(OURS, key.name): key for keys_ in keys for key in keys_}
    found = await entities_named(reader, EntityKind.SECTOR, names)
    rows = {names[name]: SectorRow(id_, names[name]) for name, id_ in found.items()}
    return [[rows[key] for key in keys_ if key in rows] for keys_ in keys]


async def sectors_by_id(reader: Reader, ids: Sequence[int]) -> list[SectorRow | None]:
    """One statement."""
    [rows] = await sectors_by_keys(reader, [tuple(SectorKey)])
    found = {row.number: row for row in rows}
    return [found.get(id_) for id_ in ids]


async def sector_by_key(reader: Reader, keys: Sequence[SectorKey]) -> list[SectorRow | None]:
    """One statement."""
    return [next(iter(rows), None) for rows in await sectors_by_keys(reader, [(key,) for key in keys])]


async def markets(reader: Reader, names: Sequence[str]) -> list[MarketRow | None]:
    """One statement."""
    found = await entities_named(reader, EntityKind.MARKET, ((OURS, name) for name in names))
    return [MarketRow(found[OURS, name]) if (OURS, name) in found else None for name in names]


@batched(sectors_by_keys, at=True)
def resolve_sectors() -> tuple[SectorKey, ...]:
    return tuple(SectorKey)


@batched(sector_by_key, at=True)
def resolve_sector(key: Annotated[SectorKey, argument("Which sector, for example PERPS.")]) -> SectorKey:
    return key


@batched(sectors_by_keys)
def resolve_sectors_of_protocol(row: Parent[ProtocolRow]) -> tuple[SectorKey, ...]:
    return tuple(SectorKey[name] for name in row.sector_names)


@batched(markets, at=True)
def resolve_market() -> str:
    return MARKET
