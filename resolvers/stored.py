"""What a stored metric came to over a window: from the epoch's rollups, or from the days where it has none."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from models.metric import MEASURES
from models.rollup import column_of, rollup
from models.store import Reader
from models.vocabulary import Metric, Window
from models.window import Days
from resolvers.history import History, histories
from resolvers.moment import Moment
from resolvers.subject import Cell


class Stored(NamedTuple):
    """In the integers of the metric's scale; `value` of None: no day of the window is known.

    `first_day` and `last_day`: between which anything was ever observed. `series_id` 0: a sum of several.
    """

    value: int | None
    days: int
    previous: int | None
    previous_days: int
    first_day: date
    last_day: date
    series_id: int


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
        live.c.subject_id, live.c.metric, live.c.series_id, live.c.first_day, live.c.last_day, *map(live.c.get, names)
    ).where(
        reader.among(live.c.subject_id, [cell.entity_id for cell, _ in asked]),
        reader.among(live.c.metric, [cell.metric for cell, _ in asked]),
    )
    rows = {(row.subject_id, row.metric): row._mapping for row in await reader.rows(query)}
    found = ((each, rows.get((each[0].entity_id, each[0].metric))) for each in asked)
    return {each: _stored(row, each[1]) for each, row in found if row is not None and row["first_day"] is not None}


def _columns(window: Window) -> tuple[str, ...]:
    name = column_of(window)
    if window is Window.ALL:
        return name, f"{name}_days"
    return name, f"{name}_days", f"{name}_prev", f"{name}_prev_days"


def _stored(row: Any, window: Window) -> Stored:
    value, days, *before = (row[name] for name in _columns(window))
    previous, previous_days = before or (None, 0)
    return Stored(value, days, previous, previous_days, row["first_day"], row["last_day"], row["series_id"])


async def _from_days(reader: Reader, asked: Sequence[Asked], moment: Moment) -> dict[Asked, Stored]:
    if not asked:
        return {}
    known = await histories(reader, list(dict.fromkeys(cell for cell, _ in asked)))
    spans = {cell: history.span(moment.end(cell.metric)) for cell, history in known.items()}
    found: dict[Asked, Stored] = {}
    for cell, window in asked:
        span = spans.get(cell)
        if span is not None:
            found[cell, window] = _summed(known[cell], cell.metric, window, moment, Days(*span))
    return found


def _summed(history: History, metric: Metric, window: Window, moment: Moment, span: Days) -> Stored:
    flow = MEASURES[metric].flow
    days = moment.window(metric, window) or Days(span.first, moment.end(metric))
    before = moment.window_before(metric, window)
    value, observed = history.over(days.first, days.last, flow=flow)
    previous, previous_observed = history.over(before.first, before.last, flow=flow) if before else (None, 0)
    return Stored(value, observed, previous, previous_observed, span.first, span.last, history.series_id)
