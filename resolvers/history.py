"""Series day by day, read from their packs: of one source, or summed over the protocols of a sector or chain."""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import exists, select

from models.observation import pack, series
from models.pack import MISSING, Year, days_in
from models.source import source
from models.store import Reader
from models.vocabulary import EntityKind, Metric
from resolvers.member import Member, members
from resolvers.subject import Cell


class Sum(NamedTuple):
    """Over some days: of a flow the total, of a stock the last value; None where none of them is known."""

    value: int | None
    days: int


@dataclass(slots=True)
class History:
    """What is known of a series, in the integers it is kept in; `series_id` 0 where it is a sum of several."""

    series_id: int
    years: dict[int, Year] = field(default_factory=dict)

    def over(self, first: date, last: date, *, flow: bool) -> Sum:
        """Of the days from `first` to `last`."""
        total, days = 0, 0
        for values in self._slices(first, last):
            known = [value for value in values if value != MISSING]
            days += len(known)
            total = total + sum(known) if flow else (known[-1] if known else total)
        return Sum(total if days else None, days)

    def known(self) -> Iterator[tuple[int, int, int]]:
        """(ordinal of the day, value, revision) of each known day, in order."""
        for year in sorted(self.years):
            yield from self.years[year].known()

    def span(self, through: date) -> tuple[date, date] | None:
        """The first and last known day up to `through`; None where there is none."""
        known = [ordinal for ordinal, _, _ in self.known() if ordinal <= through.toordinal()]
        return (date.fromordinal(known[0]), date.fromordinal(known[-1])) if known else None

    def revision(self, first: date, last: date) -> int:
        """How often a day from `first` to `last` was replaced, at most."""
        most = 0
        for number, start, stop in self._places(first, last):
            most = max(most, *self.years[number].revisions[start:stop], 0)
        return most

    def add(self, other: "History") -> None:
        """Add another's values day by day; a day's revisions are the most of any part."""
        for number, year in other.years.items():
            mine = self.years.setdefault(number, Year.empty(number))
            for place, value in enumerate(year.values):
                if value != MISSING:
                    mine.values[place] = value if mine.values[place] == MISSING else mine.values[place] + value
                    mine.revisions[place] = max(mine.revisions[place], year.revisions[place])

    def _slices(self, first: date, last: date) -> Iterator["array[int]"]:
        for number, start, stop in self._places(first, last):
            yield self.years[number].values[start:stop]

    def _places(self, first: date, last: date) -> Iterator[tuple[int, int, int]]:
        """(year, from which day of it, up to but not which) of the known years, in order."""
        for number in sorted(self.years):
            if first.year <= number <= last.year:
                begin = self.years[number].first_ordinal
                yield number, max(0, first.toordinal() - begin), min(days_in(number), last.toordinal() - begin + 1)


class Known(NamedTuple):
    """A series that has live values."""

    series_id: int
    entity_id: int
    metric: Metric
    chain_id: int
    stream: str
    source_id: int


async def histories(reader: Reader, cells: Sequence[Cell]) -> dict[Cell, History]:
    """The days of each cell, left out where nothing was ever observed. Five statements at most."""
    plain = [cell for cell in cells if not cell.summed]
    summed = [cell for cell in cells if cell.summed]
    parts = _parts(summed, await members(reader)) if summed else {}
    asked = dict.fromkeys([*plain, *(part for choice in parts.values() for pair in choice for part in pair)])
    chosen = await chosen_series(reader, list(asked))
    years = await packs(reader, [known.series_id for known in chosen.values()])
    found = {cell: History(known.series_id, years[known.series_id]) for cell, known in chosen.items()}
    own = {cell: found[cell] for cell in plain if cell in found}
    return own | {cell: total for cell in summed if (total := _total(parts[cell], found)) is not None}


async def chosen_series(reader: Reader, cells: Sequence[Cell]) -> dict[Cell, Known]:
    """Of each cell the series of the source of lowest precedence that has live values. One statement."""
    candidates = await known_series(reader, cells)
    chosen: dict[tuple[int, Metric, int, str], Known] = {}
    for known in candidates:
        chosen.setdefault((known.entity_id, known.metric, known.chain_id, known.stream), known)
    found = ((cell, chosen.get((cell.entity_id, cell.metric, cell.chain_id, cell.stream))) for cell in cells)
    return {cell: known for cell, known in found if known is not None}


async def known_series(reader: Reader, cells: Sequence[Cell]) -> list[Known]:
    """The series with live values about the cells' entities and metrics, the preferred source's first."""
    if not cells:
        return []
    live, sources, packed = reader.live(series), reader.live(source), reader.live(pack)
    query = (
        select(*(live.c[name] for name in ("series_id", "subject_id", "metric", "chain_id", "stream", "source_id")))
        .join(sources, sources.c.source_id == live.c.source_id)
        .where(
            reader.among(live.c.subject_id, [cell.entity_id for cell in cells]),
            reader.among(live.c.metric, [cell.metric for cell in cells]),
            exists().where(packed.c.series_id == live.c.series_id),
        )
        .order_by(sources.c.precedence, sources.c.source_id)
    )
    if not any(cell.stream for cell in cells):
        query = query.where(live.c.stream == "")
    if not any(cell.chain_id for cell in cells):
        query = query.where(live.c.chain_id == 0)
    return [Known(*row) for row in await reader.rows(query)]


async def packs(reader: Reader, series_ids: Sequence[int]) -> dict[int, dict[int, Year]]:
    """The years of each series. One statement."""
    found: defaultdict[int, dict[int, Year]] = defaultdict(dict)
    if series_ids:
        live = reader.live(pack)
        query = select(live.c.series_id, live.c.year, live.c.days).where(reader.among(live.c.series_id, series_ids))
        for series_id, year, days in await reader.rows(query):
            found[series_id][year] = Year.unpacked(year, days)
    return found


def _parts(cells: Sequence[Cell], protocols: Sequence[Member]) -> dict[Cell, list[tuple[Cell, ...]]]:
    """What each sum is made of: per protocol the cells to look at, the first that is known counts."""
    return {cell: [choice for each in protocols if (choice := _part(cell, each))] for cell in cells}


def _part(cell: Cell, protocol: Member) -> tuple[Cell, ...]:
    """A protocol of exactly one chain earns all of its total there."""
    whole = Cell(EntityKind.PROTOCOL, protocol.id, cell.metric, 0, cell.stream)
    if cell.kind is EntityKind.SECTOR:
        return (whole,) if cell.scope in protocol.sectors else ()
    if cell.kind is EntityKind.MARKET:
        return (whole,)
    there = whole._replace(chain_id=cell.entity_id)
    return (there, whole) if protocol.chains == (cell.scope,) else (there,)


def _total(parts: Sequence[tuple[Cell, ...]], found: dict[Cell, History]) -> History | None:
    total = History(0)
    for choice in parts:
        for cell in choice:
            if cell in found:
                total.add(found[cell])
                break
    return total if total.years else None
