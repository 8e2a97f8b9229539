"""Where a metric has no meaning: what only chains have, and what only those have who pay creators."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from models.policy import policy
from models.protocol import protocol
from models.store import Reader
from models.vocabulary import EntityKind, MechanismKind, Metric, ProtocolKind, SectorKey
from resolvers.subject import Cell
from valuation.outcome import Outcome, State

# What these do is to sell what others made, or is not known.
OF_CREATORS = frozenset({SectorKey.LAUNCHPAD.name, SectorKey.CREATOR_ECONOMY.name, SectorKey.OTHER.name})

_NO_CHAIN = Outcome(None, State.NOT_APPLICABLE, "Only a chain has it: it is what users pay for their transactions.")


async def pointless(reader: Reader, cells: Iterable[Cell]) -> dict[Cell, Outcome]:
    """Why there can be nothing in some places; those that may have something are left out.

    No statement but where one of these metrics is asked: one for protocols, one for policies.
    """
    asked = [cell for cell in cells if cell.metric in (Metric.REV, Metric.CREATOR_REVENUE)]
    if not asked:
        return {}
    protocols = {row.protocol_id: row for row in await _protocols(reader, asked)}
    paying = await _paying_creators(reader, [cell for cell in asked if cell.metric is Metric.CREATOR_REVENUE])
    found = ((cell, _why(cell, protocols.get(cell.entity_id), paying)) for cell in asked)
    return {cell: why for cell, why in found if why is not None}


async def _protocols(reader: Reader, cells: Iterable[Cell]) -> Any:
    live = reader.live(protocol)
    ids = [cell.entity_id for cell in cells]
    query = select(live.c.protocol_id, live.c.kind, live.c.sectors)
    return await reader.rows(query.where(reader.among(live.c.protocol_id, ids)))


async def _paying_creators(reader: Reader, cells: Iterable[Cell]) -> frozenset[int]:
    """The protocols among these with a policy, of whatever day, that pays creators."""
    ids = [cell.entity_id for cell in cells]
    if not ids:
        return frozenset()
    live = reader.live(policy)
    query = select(live.c.protocol_id, live.c.rules).where(reader.among(live.c.protocol_id, ids))
    share = MechanismKind.CREATOR_REVENUE_SHARE.name
    rows = await reader.rows(query)
    return frozenset(id_ for id_, rules in rows if any(rule["mechanism"] == share for rule in rules))


def _why(cell: Cell, row: Any, paying: frozenset[int]) -> Outcome | None:
    if cell.metric is Metric.REV:
        chain = cell.kind is EntityKind.CHAIN or (row is not None and row.kind is ProtocolKind.CHAIN)
        return None if chain else _NO_CHAIN
    if row is None or not row.sectors or cell.entity_id in paying or OF_CREATORS.intersection(row.sectors):
        return None
    names = ", ".join(row.sectors)
    reason = f"No slot for creators is on record: it is of {names}, and no policy gives them a share."
    return Outcome(None, State.NOT_APPLICABLE, reason)
