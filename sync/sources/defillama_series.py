"""DefiLlama's daily numbers as facts: of each listing, in total and by chain, and of each family as a sum."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from models.metric import MEASURES
from models.vocabulary import Metric
from sync.checks import refusals
from sync.facts import Rejected, SeriesFact, SeriesKey
from sync.sources.defillama_identity import NAME, Listing, Parent, chain_ref, protocol_ref
from sync.sources.defillama_parse import Points


class Cell(NamedTuple):
    """Whose numbers: of a listing (by id), a metric, on a chain or all."""

    id: str
    metric: Metric
    chain: str | None = None


@dataclass(slots=True)
class Numbers:
    """What was read. `unread`: cells whose answer did not come, so that no sum may go without them."""

    points: dict[Cell, Points] = field(default_factory=dict)
    unread: set[Cell] = field(default_factory=set)


def series(numbers: Numbers, families: Iterable[Parent], today: date) -> tuple[list[SeriesFact], list[Rejected]]:
    """Every series, and what was refused; of today nothing: upstream fills it with a copy of yesterday."""
    facts: dict[Cell, SeriesFact] = {}
    rejected: list[Rejected] = []
    refused_days: dict[Cell, set[int]] = {}
    for cell, points in numbers.points.items():
        fact, refused = _sound(cell, points, today)
        facts[cell] = fact
        rejected += refused
        refused_days[cell] = {date.fromisoformat(refusal.fact["day"]).toordinal() for refusal in refused}
    sums = [fact for parent in families for fact in _sums(parent, facts, refused_days, numbers.unread)]
    return [*(fact for fact in facts.values() if fact.days), *sums], rejected


def _key(cell: Cell) -> SeriesKey:
    chain = chain_ref(cell.chain) if cell.chain else None
    return SeriesKey(protocol_ref(cell.id), cell.metric, NAME, chain)


def _sound(cell: Cell, points: Points, today: date) -> tuple[SeriesFact, list[Rejected]]:
    """The series without what fails a check: a family must not be summed over a number that will be refused."""
    fact = _before(today, SeriesFact(_key(cell), points.days, points.values))
    rejected = [_rejected(cell, bad.day, bad.raw, bad.reason) for bad in points.bad if bad.day < today.toordinal()]
    reasons = {refusal.place: refusal.reason for refusal in refusals(fact, today)}
    if not reasons:
        return fact, rejected
    sound = SeriesFact(fact.key)
    for place, (day, value) in enumerate(zip(fact.days, fact.values, strict=True)):
        if place in reasons:
            raw = format(MEASURES[cell.metric].value(value), "f")
            rejected.append(_rejected(cell, day, raw, reasons[place]))
        else:
            sound.days.append(day)
            sound.values.append(value)
    return sound, rejected


def _before(today: date, fact: SeriesFact) -> SeriesFact:
    """The days that are over: all but the last as a rule, which a slice leaves out at once."""
    stop = bisect_left(fact.days, today.toordinal())
    days, values = fact.days[:stop], fact.values[:stop]
    if fact.days[stop + 1 :] or any(map(int.__ge__, days, days[1:])):
        over = [place for place, day in enumerate(fact.days) if day < today.toordinal()]
        days, values = (
            array("i", (fact.days[place] for place in over)),
            array("q", (fact.values[place] for place in over)),
        )
    return SeriesFact(fact.key, days, values)


def _rejected(cell: Cell, day: int, raw: str, reason: str) -> Rejected:
    fact = {"subject": f"{NAME}/{cell.id}", "metric": cell.metric.name, "day": date.fromordinal(day).isoformat()}
    if cell.chain:
        fact["chain"] = cell.chain
    return Rejected(NAME, reason, fact | {"value": raw})


def _sums(
    parent: Parent,
    facts: Mapping[Cell, SeriesFact],
    refused_days: Mapping[Cell, set[int]],
    unread: set[Cell],
) -> Iterator[SeriesFact]:
    children = [child for child in parent.children if child.counts]
    metrics = sorted({cell.metric for child in children for cell in _cells_of(child, facts)})
    chains = parent.chains if len(parent.chains) > 1 else ()
    for metric in metrics:
        for chain in (None, *chains):
            cells = [_cell(child, metric, chain) for child in children if chain is None or chain in child.chains]
            if not unread.isdisjoint(cells):
                continue
            fact = _sum(Cell(parent.id, metric, chain), cells, facts, refused_days)
            if fact.days:
                yield fact


def _cells_of(child: Listing, facts: Mapping[Cell, SeriesFact]) -> Iterator[Cell]:
    return (cell for metric in Metric if (cell := Cell(child.id, metric)) in facts)


def _cell(child: Listing, metric: Metric, chain: str | None) -> Cell:
    """Where a child's numbers on a chain are: what is on one chain only has no series of its own there."""
    return Cell(child.id, metric, None if chain is None or len(child.chains) == 1 else chain)


def _sum(
    whole: Cell, parts: Iterable[Cell], facts: Mapping[Cell, SeriesFact], refused_days: Mapping[Cell, set[int]]
) -> SeriesFact:
    """By day over the parts that have it; a day of which a part was refused is not known."""
    totals: Counter[int] = Counter()
    unknown: set[int] = set()
    for part in parts:
        unknown |= refused_days.get(part, set())
        fact = facts.get(part)
        if fact is not None:
            for day, value in zip(fact.days, fact.values, strict=True):
                totals[day] += value
    result = SeriesFact(_key(whole))
    for day in sorted(totals.keys() - unknown):
        result.days.append(day)
        result.values.append(totals[day])
    return result
