"""What a stored metric came to over a window: from the epoch's rollups, or from the days where it has none."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from typing import Any, NamedTuple

from sqlalchemy import select

from models.metric import MEASURES
from models.rivals import first_living
from models.rollup import ROLLED, column_of, rollup
from models.store import Reader
from models.totals import Span, Totals, totals_of
from models.vocabulary import Interval, Window
from resolvers.history import Rivals, packs, series_behind
from resolvers.moment import Moment
from resolvers.subject import Cell

PLACES = {window: place for place, window in enumerate(ROLLED)} | {Window.TTM: ROLLED.index(Window.D365)}


class Stored(NamedTuple):
    """In the integers of the metric's scale; `value` of None: no day of the window is known.

    `first_day` and `last_day`: between which anything was ever observed. `series_id` 0: a sum of `parts` series.
    `withdrawn`: everything that was ever stated was taken back, and there are no such days. `interval`: what a source
    states a value of.
    """

    value: int | None
    days: int
    previous: int | None
    previous_days: int
    first_day: date
    last_day: date
    series_id: int
    parts: int = 1
    withdrawn: bool = False
    interval: Interval = Interval.DAY


TAKEN_BACK = Stored(None, 0, None, 0, date.min, date.min, 0, 0, withdrawn=True)
Asked = tuple[Cell, Window]


async def stored_values(reader: Reader, asked: Sequence[Asked], moment: Moment) -> dict[Asked, Stored]:
    """Each cell over each window, left out where nothing was ever observed.

    The number of statements does not depend on that of the cells: two where rollups answer, and those of
    `histories` where not.
    """
    if not asked:
        return {}
    rolled = [each for each in asked if each[0].rolled_up] if moment.day is None else []
    found = await _from_rollups(reader, rolled)
    if rolled and not found and not await _has_rollups(reader):
        rolled = []
    others = set(asked).difference(rolled)
    return found | await _from_days(reader, [each for each in asked if each in others], moment)


async def _has_rollups(reader: Reader) -> bool:
    return bool(await reader.rows(select(reader.live(rollup).c.subject_id).limit(1)))


async def _from_rollups(reader: Reader, asked: Sequence[Asked]) -> dict[Asked, Stored]:
    if not asked:
        return {}
    live = reader.live(rollup)
    names = dict.fromkeys(name for _, window in asked for name in _columns(window))
    query = select(
        live.c.subject_id,
        live.c.metric,
        live.c.series_id,
        live.c.first_day,
        live.c.last_day,
        live.c.parts,
        *map(live.c.get, names),
    ).where(
        reader.among(live.c.subject_id, [cell.entity_id for cell, _ in asked]),
        reader.among(live.c.metric, [cell.metric for cell, _ in asked]),
    )
    rows = {(row.subject_id, row.metric): row._mapping for row in await reader.rows(query)}
    found = ((each, rows.get((each[0].entity_id, each[0].metric))) for each in asked)
    return {each: _stored(row, each[1]) for each, row in found if row is not None}


def _columns(window: Window) -> tuple[str, ...]:
    name = column_of(window)
    if window is Window.ALL:
        return name, f"{name}_days"
    return name, f"{name}_days", f"{name}_prev", f"{name}_prev_days"


def _stored(row: Any, window: Window) -> Stored:
    if row["first_day"] is None:
        return TAKEN_BACK
    value, days, *before = (row[name] for name in _columns(window))
    previous, previous_days = before or (None, 0)
    return Stored(
        value, days, previous, previous_days, row["first_day"], row["last_day"], row["series_id"], row["parts"]
    )


async def _from_days(reader: Reader, asked: Sequence[Asked], moment: Moment) -> dict[Asked, Stored]:
    """As a publish rolls them up, for whatever it did not, and for windows that end on another day."""
    if not asked:
        return {}
    behind = await series_behind(reader, list(dict.fromkeys(cell for cell, _ in asked)))
    years = await packs(reader, [id_ for parts in behind.values() for rivals in parts for id_ in rivals])
    totals = {cell: _totals(cell, parts, years, moment) for cell, parts in behind.items()}
    found = (((cell, window), totals[cell]) for cell, window in asked if cell in totals)
    return {
        each: TAKEN_BACK if known is None else _windowed(*known, each[1])
        for each, known in found
        if known is not None or not each[0].summed
    }


def _totals(
    cell: Cell, parts: Sequence[Rivals], years: dict[int, dict[int, bytes]], moment: Moment
) -> tuple[Totals, int] | None:
    """The totals with the series they are of, 0 for a sum. Of rivals the first that goes on counts."""
    end, flow = moment.end(cell.metric), MEASURES[cell.metric].flow
    found = []
    for rivals in parts:
        known = [(totals_of(years[id_], end, flow=flow), id_) for id_ in rivals]
        chosen = first_living([((totals, id_), totals.last_day) for totals, id_ in known if totals is not None])
        found += [] if chosen is None else [chosen]
    if not found:
        return _not_yet(parts, years)
    return reduce(_added, (totals for totals, _ in found)), 0 if cell.summed else found[0][1]


def _not_yet(parts: Sequence[Rivals], years: dict[int, dict[int, bytes]]) -> tuple[Totals, int] | None:
    """Nothing of what begins after the last day; None of what never does, for it was taken back."""
    known = [totals_of(years[id_], date.max, flow=False) for rivals in parts for id_ in rivals]
    spans = [(totals.first_day, totals.last_day) for totals in known if totals is not None]
    if not spans:
        return None
    nothing = Span(None, 0)
    first, last = min(first for first, _ in spans), max(last for _, last in spans)
    return Totals(((nothing, nothing),) * len(ROLLED), nothing, first, last, 0), 0


def _added(one: Totals, other: Totals) -> Totals:
    pairs = zip(one.windows, other.windows, strict=True)
    windows = tuple((_sum(now, now_), _sum(before, before_)) for (now, before), (now_, before_) in pairs)
    first, last = min(one.first_day, other.first_day), max(one.last_day, other.last_day)
    return Totals(windows, _sum(one.all, other.all), first, last, one.parts + other.parts)


def _sum(one: Span, other: Span) -> Span:
    """As many days are known of a sum as of its best-known part."""
    known = [span.value for span in (one, other) if span.value is not None]
    return Span(sum(known) if known else None, max(one.days, other.days))


def _windowed(known: Totals, series_id: int, window: Window) -> Stored:
    now, before = (known.all, Span(None, 0)) if window is Window.ALL else known.windows[PLACES[window]]
    return Stored(
        now.value, now.days, before.value, before.days, known.first_day, known.last_day, series_id, known.parts
    )
