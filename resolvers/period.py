"""Numbers that are known by month, or of one token alone: what they come to over windows and buckets of days."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, or_, select

from models.metric import MEASURES
from models.observation import pack, series
from models.pack import Year
from models.source import source
from models.statement import Draft, prepared
from models.store import Reader
from models.vocabulary import EntityKind, Interval, Metric
from models.window import Days
from resolvers.bucket import bucket_of
from resolvers.history import History, Sum
from resolvers.moment import Moment
from resolvers.stored import Asked, Stored
from resolvers.subject import Cell

# Sources count these by month where they don't by day.
COUNTED = frozenset(
    {Metric.CREATOR_REVENUE, Metric.DEVICES, Metric.CONTRACT_CALLS, Metric.TRANSACTIONS, Metric.ACTIVE_USERS}
)
HOLDERS = (EntityKind.PROTOCOL, EntityKind.TOKEN, EntityKind.ORGANISATION)


@dataclass(slots=True)
class Periods(History):
    """A history whose values are of whole periods, kept on their first days. `stream`: of which token, if of one."""

    interval: Interval = Interval.DAY
    stream: str = ""

    def over(self, first: date, last: date, *, flow: bool) -> Sum:
        """Of the periods that lie whole within the days: of a flow the total, of a stock the last value."""
        inside = [each for each in self._stretches() if first <= each[0].first and each[0].last <= last]
        counted = inside if flow else inside[-1:]
        total = sum(value for _, value in counted) if counted else None
        return Sum(total, sum(days.count for days, _ in counted))

    def days(self, first: date, count: int) -> tuple["array[int]", bytes]:
        """Of a longer period nothing is known day by day."""
        known = self if self.interval is Interval.DAY else History(self.series_id)
        return History.days(known, first, count)

    def span(self, through: date) -> tuple[date, date] | None:
        """The first and last day of the periods that are over by `through`."""
        known = [days for days, _ in self._stretches() if days.last <= through]
        return (known[0].first, known[-1].last) if known else None

    def _stretches(self) -> Iterator[tuple[Days, int]]:
        return ((bucket_of(date.fromordinal(day), self.interval), value) for day, value, _ in self.known())


def may_be_by_period(cell: Cell) -> bool:
    """Whether what is not known by day may be known otherwise: fees of a chain are, counts, and holdings."""
    if cell.chain_id or cell.stream:
        return False
    if cell.metric is Metric.TREASURY_HOLDING:
        return cell.kind in HOLDERS
    if cell.metric is Metric.FEES:
        return cell.kind is EntityKind.PROTOCOL and cell.scope != ""
    return cell.metric in COUNTED and cell.kind in (EntityKind.PROTOCOL, EntityKind.TOKEN, EntityKind.CHAIN)


async def periods_of(reader: Reader, cells: Iterable[Cell], through: date) -> dict[Cell, Periods]:
    """What is on record of each cell besides its days: of several sources the one that goes on up to a day.

    Left out where there is nothing, and what is of several tokens, which don't add up. One statement; none for no
    such cell.
    """
    asked = [cell for cell in cells if may_be_by_period(cell)]
    if not asked:
        return {}
    found: dict[tuple[int, Metric], dict[int, Periods]] = {}
    given = {"subjects": [cell.entity_id for cell in asked], "metrics": [int(cell.metric) for cell in asked]}
    for subject, metric, id_, interval, stream, year, days in await reader.run(_recorded, **given):
        rivals = found.setdefault((subject, metric), {})
        periods = rivals.setdefault(id_, Periods(id_, interval=interval, stream=stream))
        periods.years[year] = Year.unpacked(year, days)
    chosen = ((cell, _chosen(found.get((cell.entity_id, cell.metric), {}), through)) for cell in asked)
    return {cell: periods for cell, periods in chosen if periods is not None}


def _chosen(rivals: dict[int, Periods], through: date) -> Periods | None:
    """The preferred source's first where two go on as long."""
    if len({each.stream for each in rivals.values()}) != 1:
        return None
    return max(rivals.values(), key=lambda each: (each.span(through) or (date.min, date.min))[1])


@prepared
def _recorded(draft: Draft) -> Select[Any]:
    """Series of longer periods, those of a chain itself, and of holdings that of each token."""
    live, packed, sources = draft.live(series), draft.live(pack), draft.live(source)
    held = live.c.metric == Metric.TREASURY_HOLDING
    whole = and_(live.c.stream == "", or_(live.c.interval != Interval.DAY, live.c.metric.in_(sorted(COUNTED))))
    names = ("subject_id", "metric", "series_id", "interval", "stream")
    return (
        select(*(live.c[name] for name in names), packed.c.year, packed.c.days)
        .join(packed, packed.c.series_id == live.c.series_id)
        .join(sources, sources.c.source_id == live.c.source_id)
        .where(draft.among(live.c.subject_id, "subjects"), draft.among(live.c.metric, "metrics"))
        .where(live.c.chain_id == 0, or_(held, whole))
        .order_by(sources.c.precedence, sources.c.source_id, live.c.series_id, packed.c.year)
    )


async def values_by_period(reader: Reader, asked: Sequence[Asked], moment: Moment) -> dict[Asked, Stored]:
    """Each cell over each window, left out where there is nothing. One statement at most."""
    cells = dict.fromkeys(cell for cell, _ in asked)
    known = await periods_of(reader, cells, reader.pin.day or date.max)
    return {each: _stored(each, known[each[0]], moment) for each in asked if each[0] in known}


def _stored(asked: Asked, periods: Periods, moment: Moment) -> Stored:
    (cell, window), flow = asked, MEASURES[asked[0].metric].flow
    end = moment.end(cell.metric)
    first, last = periods.span(end) or periods.span(date.max) or (end, end)
    now = moment.window(cell.metric, window) or Days(first, end)
    before = moment.window_before(cell.metric, window)
    value, days = periods.over(now.first, now.last, flow=flow)
    previous, previous_days = periods.over(before.first, before.last, flow=flow) if before else (None, 0)
    return Stored(value, days, previous, previous_days, first, last, periods.series_id, interval=periods.interval)
