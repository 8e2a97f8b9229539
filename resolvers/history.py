"""Series day by day, read from their packs: of one source, or summed over the protocols of a sector or chain."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Select, exists, select

from models.metric import MEASURES
from models.observation import pack, series
from models.pack import MISSING, Year, days_in
from models.rivals import first_living
from models.source import source
from models.statement import Draft, Prepared, prepared
from models.store import Reader
from models.vocabulary import EntityKind, Interval, Metric, Unit
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

    def days(self, first: date, count: int) -> tuple["array[int]", bytes]:
        """Values and revisions of so many days from `first` on, MISSING and 0 where nothing is known."""
        values, revisions = array("q", [MISSING]) * count, bytearray(count)
        last = first + timedelta(days=count - 1)
        for number, start, stop in self._places(first, last):
            year = self.years[number]
            place = year.first_ordinal + start - first.toordinal()
            values[place : place + stop - start] = year.values[start:stop]
            revisions[place : place + stop - start] = year.revisions[start:stop]
        return values, bytes(revisions)

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


Rivals: TypeAlias = tuple[int, ...]
"""Series of the same thing by several sources, the preferred one first."""


class Known(NamedTuple):
    """A series that has live values."""

    series_id: int
    entity_id: int
    metric: Metric
    chain_id: int
    stream: str
    source_id: int

    @property
    def place(self) -> tuple[int, Metric, int, str]:
        """What it is a number of: rivals share it."""
        return self.entity_id, self.metric, self.chain_id, self.stream


async def histories(reader: Reader, cells: Sequence[Cell]) -> dict[Cell, History]:
    """The days of each cell, left out where nothing was ever observed. Three statements at most."""
    chosen = await chosen_histories(reader, cells)
    return {cell: _total(parts) if cell.summed else parts[0] for cell, parts in chosen.items()}


async def chosen_histories(reader: Reader, cells: Sequence[Cell]) -> dict[Cell, list[History]]:
    """The days each cell is made of, of rivals those of one: of a sum one series for each protocol of it."""
    behind = await series_behind(reader, cells)
    days = await histories_of(reader, [id_ for parts in behind.values() for rivals in parts for id_ in rivals])
    through = reader.pin.day or date.max
    return {
        cell: [chosen([days[id_] for id_ in rivals], through) for rivals in parts] for cell, parts in behind.items()
    }


def chosen(rivals: Sequence[History], through: date) -> History:
    """The one of the preferred source that goes on, by what is known up to a day; the first where nothing is."""
    if len(rivals) == 1:
        return rivals[0]
    spans = [(each, each.span(through)) for each in rivals]
    return first_living([(each, span[1]) for each, span in spans if span is not None]) or rivals[0]


async def histories_of(reader: Reader, series_ids: Sequence[int]) -> dict[int, History]:
    """The days of each series. One statement."""
    return {
        series_id: History(series_id, {year: Year.unpacked(year, days) for year, days in years.items()})
        for series_id, years in (await packs(reader, series_ids)).items()
    }


async def series_behind(reader: Reader, cells: Sequence[Cell]) -> dict[Cell, list[Rivals]]:
    """What each cell is read from: the rivals for it, or those of each protocol of a sum. Two statements at most.

    Left out where there is none.
    """
    summed = [cell for cell in cells if cell.summed and summable(cell.metric)]
    protocols = await members(reader) if summed else []
    plain = [cell for cell in cells if not cell.summed]
    known = await known_series(reader, [*plain, *(part for cell in summed for part in _parts(cell, protocols))])
    choice = Choice.of(known)
    behind = {cell: choice.plain(cell) for cell in plain} | {cell: choice.summed(cell, protocols) for cell in summed}
    return {cell: ids for cell, ids in behind.items() if ids}


def summable(metric: Metric) -> bool:
    """Whether what several protocols report can be added up: dollars, and counts of events; never tokens or prices."""
    measure = MEASURES[metric]
    return measure.unit is Unit.USD or (measure.unit is Unit.COUNT and measure.flow)


@dataclass(frozen=True, slots=True)
class Choice:
    """The rivals of each place, and which protocols report a metric chain by chain."""

    rivals: dict[tuple[int, Metric, int, str], Rivals]
    by_chain: set[tuple[int, Metric]]

    @classmethod
    def of(cls, known: Sequence[Known]) -> "Choice":
        """`known`: the preferred source's first."""
        rivals: dict[tuple[int, Metric, int, str], Rivals] = {}
        for each in known:
            rivals[each.place] = (*rivals.get(each.place, ()), each.series_id)
        by_chain = {(each.entity_id, each.metric) for each in known if each.chain_id and not each.stream}
        return cls(rivals, by_chain)

    def plain(self, cell: Cell) -> list[Rivals]:
        found = self.rivals.get((cell.entity_id, cell.metric, cell.chain_id, cell.stream))
        return [] if found is None else [found]

    def summed(self, cell: Cell, protocols: Sequence[Member]) -> list[Rivals]:
        return [rivals for part in _parts(cell, protocols) for rivals in self._part(cell, part)]

    def _part(self, cell: Cell, part: Cell) -> list[Rivals]:
        """A protocol on one chain alone that is not reported by chain earns all of its total there."""
        if cell.kind is EntityKind.CHAIN and part.chain_id == 0 and (part.entity_id, part.metric) in self.by_chain:
            return []
        return self.plain(part)


def _parts(cell: Cell, protocols: Sequence[Member]) -> Iterator[Cell]:
    """Where the numbers are kept that a sum may be made of."""
    for protocol in protocols:
        whole = Cell(EntityKind.PROTOCOL, protocol.id, cell.metric, 0, cell.stream)
        if cell.kind is EntityKind.MARKET or (cell.kind is EntityKind.SECTOR and cell.scope in protocol.sectors):
            yield whole
        elif cell.kind is EntityKind.CHAIN:
            yield whole._replace(chain_id=cell.entity_id)
            if protocol.chains == (cell.scope,):
                yield whole


async def known_series(reader: Reader, cells: Sequence[Cell]) -> list[Known]:
    """The series with live values about the cells' entities and metrics, the preferred source's first."""
    if not cells:
        return []
    statement = _known(any(cell.stream for cell in cells), any(cell.chain_id for cell in cells))
    subjects, metrics = [cell.entity_id for cell in cells], [int(cell.metric) for cell in cells]
    return [Known(*row) for row in await reader.run(statement, subjects=subjects, metrics=metrics)]


@cache
def _known(streams: bool, chains: bool) -> Prepared:
    return prepared(lambda draft: _known_series(draft, streams, chains))


def _known_series(draft: Draft, streams: bool, chains: bool) -> Select[Any]:
    """Also of streams and of chains, or of all of them together alone."""
    live, sources, packed = draft.live(series), draft.live(source), draft.live(pack)
    query = (
        select(*(live.c[name] for name in ("series_id", "subject_id", "metric", "chain_id", "stream", "source_id")))
        .join(sources, sources.c.source_id == live.c.source_id)
        .where(
            draft.among(live.c.subject_id, "subjects"),
            draft.among(live.c.metric, "metrics"),
            live.c.interval == Interval.DAY,
            exists().where(packed.c.series_id == live.c.series_id),
        )
        .order_by(sources.c.precedence, sources.c.source_id)
    )
    if not streams:
        query = query.where(live.c.stream == "")
    return query if chains else query.where(live.c.chain_id == 0)


async def packs(reader: Reader, series_ids: Sequence[int]) -> dict[int, dict[int, bytes]]:
    """The packed years of each series. One statement."""
    found: dict[int, dict[int, bytes]] = {series_id: {} for series_id in series_ids}
    if found:
        for series_id, year, days in await reader.run(_packs, series_ids=list(found)):
            found[series_id][year] = days
    return found


@prepared
def _packs(draft: Draft) -> Select[Any]:
    live = draft.live(pack)
    return select(live.c.series_id, live.c.year, live.c.days).where(draft.among(live.c.series_id, "series_ids"))


def _total(parts: Sequence[History]) -> History:
    total = History(0)
    for part in parts:
        total.add(part)
    return total
