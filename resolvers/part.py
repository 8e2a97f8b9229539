"""The series that a protocol's metric is split into: by chain, or by stream."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from sqlalchemy import select

from models.store import Reader
from models.token import chain
from models.vocabulary import Metric
from resolvers.history import History, Known, chosen, histories_of, known_series
from resolvers.subject import Cell


class Breakdown(Enum):
    """By what a series is split."""

    CHAIN = "chain"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class Parts:
    """The series that are parts of something, their days, and the names of the chains among them."""

    known: list[Known]
    days: dict[int, History]
    chains: dict[int, str]
    through: date = date.max

    def of(self, entity_id: int | None, metric: Metric, breakdown: Breakdown) -> list[tuple[str, History]]:
        """(label, days) of a metric's parts, by label; of each the preferred source's that goes on."""
        found: defaultdict[str, list[History]] = defaultdict(list)
        for each in self.known:
            if (each.entity_id, each.metric) != (entity_id, metric):
                continue
            if breakdown is Breakdown.CHAIN and each.chain_id and not each.stream:
                found[self.chains[each.chain_id]].append(self.days[each.series_id])
            elif breakdown is Breakdown.STREAM and each.stream and not each.chain_id:
                found[each.stream].append(self.days[each.series_id])
        return [(label, chosen(found[label], self.through)) for label in sorted(found)]


async def parts_of(reader: Reader, cells: Sequence[Cell]) -> Parts:
    """The parts of each cell that is no sum. Three statements at most."""
    split = [cell._replace(chain_id=1, stream="*") for cell in cells if not cell.summed]
    if not split:
        return Parts([], {}, {})
    known = [each for each in await known_series(reader, split) if each.chain_id or each.stream]
    days = await histories_of(reader, [each.series_id for each in known])
    chains = await _slugs(reader, [each.chain_id for each in known if each.chain_id])
    return Parts(known, days, chains, reader.pin.day or date.max)


async def _slugs(reader: Reader, chain_ids: Sequence[int]) -> dict[int, str]:
    """One statement; none for no chains."""
    if not chain_ids:
        return {}
    live = reader.live(chain)
    named = await reader.rows(select(live.c.chain_id, live.c.slug).where(reader.among(live.c.chain_id, chain_ids)))
    return {row.chain_id: row.slug for row in named}
