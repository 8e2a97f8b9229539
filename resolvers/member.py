"""Whose numbers count in a sum: protocols that are nobody's part and repeat nobody's money."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, not_, select

from models.protocol import protocol
from models.store import Reader
from models.vocabulary import EntityKind, ProtocolKind
from resolvers.subject import Cell


class Member(NamedTuple):
    """A protocol that counts; `sectors` are names of SectorKey, `chains` slugs."""

    id: int
    sectors: tuple[str, ...]
    chains: tuple[str, ...]


def counts(live: FromClause) -> ColumnElement[bool]:
    """A parent's series hold its children's, and a chain's fees are paid to it by the protocols on it."""
    root = and_(live.c.parent_id.is_(None), live.c.kind != ProtocolKind.CHAIN)
    return and_(root, not_(live.c.doublecounted))


@dataclass(frozen=True, slots=True)
class Membership:
    """How many protocols belong to each sector, chain and the market."""

    scopes: Counter[str] = field(default_factory=Counter[str])
    all: int = 0

    def of(self, cell: Cell) -> int | None:
        """None of what is no sum over protocols."""
        if not cell.summed:
            return None
        return self.all if cell.kind is EntityKind.MARKET else self.scopes[cell.scope]


async def membership(reader: Reader, cells: Iterable[Cell]) -> Membership:
    """For some cells. One statement; none where no cell is summed."""
    if not any(cell.summed for cell in cells):
        return Membership()
    found = await members(reader)
    return Membership(Counter(scope for each in found for scope in (*each.sectors, *each.chains)), len(found))


async def members(reader: Reader) -> Sequence[Member]:
    """Every protocol that counts. One statement."""
    live = reader.live(protocol)
    query = select(live.c.protocol_id, live.c.sectors, live.c.chains).where(counts(live))
    return [Member(*row) for row in await reader.rows(query)]
