"""What derived metrics look at besides windows: days, the ledger, parts, the market; read for many subjects at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from models.store import Reader
from models.vocabulary import EntityKind, Metric
from models.window import Days
from resolvers.deed import Deeds, deeds_of
from resolvers.external_id import entities_named
from resolvers.formula import Evidence
from resolvers.history import chosen_histories, histories
from resolvers.moment import Moment
from resolvers.part import Breakdown, Parts, parts_of
from resolvers.portion import Portions
from resolvers.reserve import reserves_of
from resolvers.subject import Cell, Subject, cell_of
from resolvers.timeline import Timeline
from valuation.outcome import Outcome

# The price of bitcoin stands for that of the market: the longest and least disputed there is.
MARKET = ("coingecko", "bitcoin")


class Wanted(NamedTuple):
    """Whose evidence, of what kinds; on one chain or all (0), of one stream or all ('')."""

    subject: Subject
    chain_id: int
    stream: str
    evidence: Evidence

    def cells(self) -> Iterable[Cell]:
        """Whose days are looked at."""
        found = (cell_of(self.subject, metric, self.chain_id, self.stream) for metric in self.evidence.days)
        return (cell for cell in found if cell is not None)

    def split(self) -> Iterable[Cell]:
        """What is looked at in parts."""
        found = (cell_of(self.subject, metric) for metric in self.evidence.parts)
        return (cell for cell in found if cell is not None)


@dataclass(frozen=True, slots=True)
class Found:
    """What was read. `members`: the parts of sums, protocol by protocol."""

    moment: Moment | None = None
    timelines: dict[Cell, Timeline | None] = field(default_factory=dict[Cell, Timeline | None])
    deeds: dict[int, Deeds] = field(default_factory=dict[int, Deeds])
    parts: Parts = field(default_factory=lambda: Parts([], {}, {}))
    members: dict[Cell, list[Timeline]] = field(default_factory=dict[Cell, list[Timeline]])
    market: Timeline | None = None

    def deeds_of(self, subject: Subject) -> Deeds | None:
        """None for a protocol without a token."""
        return None if subject.token_id is None else self.deeds.get(subject.token_id, Deeds())

    def portions(self, subject: Subject, metric: Metric, days: Days | None, whole: Outcome) -> Portions:
        """Over some days: of a protocol its streams, or its chains where no stream is known."""
        if days is None or self.moment is None:
            return Portions("parts", [], whole)
        if subject.summed:
            cell = cell_of(subject, metric)
            return Portions("protocols", _amounts(self.members.get(cell, []) if cell else [], days), whole)
        for breakdown in (Breakdown.STREAM, Breakdown.CHAIN):
            split = self.parts.of(subject.entity_of(metric), metric, breakdown)
            timelines = [Timeline.of(metric, history, self.moment.end(metric)) for _, history in split]
            amounts = _amounts([each for each in timelines if each], days)
            if amounts:
                return Portions(f"{breakdown.value}s", amounts, whole)
        return Portions("parts", [], whole)


NOTHING_FOUND = Found()


def _amounts(timelines: Iterable[Timeline], days: Days) -> list[Decimal]:
    totals = (each.over(days).total.value for each in timelines)
    return [total for total in totals if total is not None]


async def gathered(reader: Reader, moment: Moment, wanted: Sequence[Wanted]) -> Found:
    """The evidence of all that is wanted. The number of statements depends on its kinds alone."""
    cells = dict.fromkeys(cell for each in wanted for cell in each.cells())
    split = list(dict.fromkeys(cell for each in wanted for cell in each.split()))
    market = await _market(reader) if any(each.evidence.market for each in wanted) else None
    days = await histories(reader, [*cells, *([market] if market else [])])
    timelines = {cell: Timeline.of(cell.metric, days.get(cell), moment.end(cell.metric)) for cell in cells}
    deeds = await deeds_of(reader, _tokens(each for each in wanted if each.evidence.ledger))
    reserves = await reserves_of(reader, _tokens(each for each in wanted if each.evidence.reserve))
    return Found(
        moment,
        timelines,
        {id_: replace(each, reserve=reserves.get(id_)) for id_, each in deeds.items()},
        await parts_of(reader, split),
        await _members(reader, [cell for cell in split if cell.summed], moment),
        Timeline.of(Metric.PRICE, days.get(market), moment.end(Metric.PRICE)) if market else None,
    )


def _tokens(wanted: Iterable[Wanted]) -> list[int]:
    return [each.subject.token_id for each in wanted if each.subject.token_id is not None]


async def _market(reader: Reader) -> Cell | None:
    """Where the price is kept that stands for the market's. One statement."""
    found = await entities_named(reader, EntityKind.TOKEN, [MARKET])
    return Cell(EntityKind.TOKEN, found[MARKET], Metric.PRICE) if MARKET in found else None


async def _members(reader: Reader, cells: Sequence[Cell], moment: Moment) -> dict[Cell, list[Timeline]]:
    """What sums are made of, of several sources the preferred one. Three statements at most."""
    if not cells:
        return {}
    return {
        cell: [
            timeline
            for history in parts
            if (timeline := Timeline.of(cell.metric, history, moment.end(cell.metric))) is not None
        ]
        for cell, parts in (await chosen_histories(reader, cells)).items()
    }
