"""Whose numbers count in a sum: protocols that are nobody's part and repeat nobody's money."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, not_, select

from models.protocol import protocol
from models.store import Reader
from models.vocabulary import ProtocolKind


class Member(NamedTuple):
    """A protocol that counts; `sectors` are names of SectorKey, `chains` slugs."""

    id: int
    sectors: tuple[str, ...]
    chains: tuple[str, ...]


def counts(live: FromClause) -> ColumnElement[bool]:
    """A parent's series hold its children's, and a chain's fees are paid to it by the protocols on it."""
    root = and_(live.c.parent_id.is_(None), live.c.kind != ProtocolKind.CHAIN)
    return and_(root, not_(live.c.doublecounted))


async def members(reader: Reader) -> Sequence[Member]:
    """Every protocol that counts. One statement."""
    live = reader.live(protocol)
    query = select(live.c.protocol_id, live.c.sectors, live.c.chains).where(counts(live))
    return [Member(*row) for row in await reader.rows(query)]
