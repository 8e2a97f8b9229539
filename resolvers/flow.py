"""What the flows into the funds that hold a token come to, day by day and fund by fund."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from models.vocabulary import Interval, MetricState, Unit
from models.window import Days
from resolvers.bucket import bucket_of, buckets
from resolvers.figure import Figure, figure_of
from resolvers.fund import FundRow
from resolvers.reading import state_of
from valuation.outcome import Outcome, State
from valuation.treasury import asset_flow, flow_share

# A fund that was silent for longer is not waited for: it was closed, or nobody records it any more.
SILENCE = timedelta(days=30)
SATURDAY = 5
# The exchanges of the United States close on nine or ten weekdays a year, never on two of twenty.
WEEKDAYS_PER_HOLIDAY = 20


class Line(NamedTuple):
    """Flows into the funds that hold a token, by its slug."""

    underlying: str
    interval: Interval


class Stated(NamedTuple):
    """A value of a day in whole units, the series it is from, and how often it was replaced."""

    value: Decimal
    series_id: int
    revision: int


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The net flow of every day, or bucket of days, of a line, by when it begins. Each is itself alone."""

    line: Line
    nets: Mapping[date, Decimal]


@dataclass(frozen=True, slots=True)
class FundFlowRow:
    """`net_usd` is None while the fund has not reported."""

    fund_id: int
    start: date
    end: date
    net_usd: Decimal | None
    state: MetricState
    reason: str | None
    share_of_day: Figure
    revision: int
    series_id: int


@dataclass(frozen=True, slots=True)
class FlowDay:
    """`net_usd` over all funds; `reported_usd` of those that reported; `stated_usd` as a source states the total.

    `course`: what it is ranked among.
    """

    line: Line
    start: date
    end: date
    net_usd: Decimal
    state: MetricState
    reason: str | None
    reported_usd: Decimal | None
    stated_usd: Decimal | None
    by_fund: tuple[FundFlowRow, ...]
    others: tuple[tuple[int, Decimal], ...]
    course: Course | None = None

    @property
    def day(self) -> date:
        return self.start


@dataclass(frozen=True, slots=True)
class Book:
    """Every flow into the funds of a token that is on record: by fund, and in all as sources state it."""

    funds: tuple[FundRow, ...]
    by_fund: Mapping[int, Mapping[date, Stated]]
    totals: Mapping[date, tuple[Stated, ...]]

    def days(self) -> list[date]:
        return sorted({day for days in self.by_fund.values() for day in days} | set(self.totals))

    def silent(self, day: date) -> list[FundRow]:
        """The funds that reported of late and not of this day."""
        return [
            fund
            for fund in self.funds
            if (known := self.by_fund.get(fund.number, {}))
            and day not in known
            and any(day - SILENCE <= other < day for other in known)
        ]


def flows_of(book: Book, line: Line) -> list[FlowDay]:
    """Every day, or bucket of days, of which anything is known."""
    days = [_day(book, line, day) for day in book.days()]
    if line.interval is Interval.DAY:
        return days
    buckets: dict[Days, list[FlowDay]] = {}
    for row in days:
        buckets.setdefault(bucket_of(row.start, line.interval), []).append(row)
    return [_bucket(line, bucket.first, bucket.last, rows) for bucket, rows in buckets.items()]


def _day(book: Book, line: Line, day: date) -> FlowDay:
    reported = {id_: days[day] for id_, days in book.by_fund.items() if day in days}
    silent = book.silent(day)
    total = sum((each.value for each in reported.values()), Decimal(0)) if reported else None
    stated, *others = book.totals.get(day, ()) or (None,)
    said = {fund.ticker: each.value for fund in book.funds if (each := reported.get(fund.number))}
    outcome = asset_flow({**said, **{fund.ticker: None for fund in silent}}, stated.value if stated else None)
    net = outcome.value if outcome.value is not None else Decimal(0)
    flows = [_flow(fund, day, day, reported.get(fund.number), net) for fund in book.funds]
    waited = {fund.number for fund in silent}
    return FlowDay(
        line,
        day,
        day,
        net,
        state_of(outcome),
        outcome.reason,
        total,
        stated.value if stated else None,
        tuple(flow for flow in flows if flow.net_usd is not None or flow.fund_id in waited),
        tuple((each.series_id, each.value) for each in others if each is not None),
    )


def _flow(fund: FundRow, start: date, end: date, said: Stated | None, total: Decimal) -> FundFlowRow:
    if said is None:
        missing = Outcome(None, State.NOT_REPORTED, "The fund has not reported yet.")
        unknown = figure_of(missing, Unit.RATIO)
        return FundFlowRow(fund.number, start, end, None, MetricState.NOT_REPORTED, missing.reason, unknown, 0, 0)
    share = figure_of(flow_share(said.value, Outcome(total)), Unit.RATIO, end)
    return FundFlowRow(fund.number, start, end, said.value, MetricState.OK, None, share, said.revision, said.series_id)


def _bucket(line: Line, start: date, end: date, days: Sequence[FlowDay]) -> FlowDay:
    partial = [row for row in days if row.state is not MetricState.OK]
    net = sum((row.net_usd for row in days), Decimal(0))
    reason = f"{len(partial)} of {len(days)} trading days are not complete." if partial else None
    return FlowDay(
        line,
        start,
        end,
        net,
        MetricState.PARTIAL if partial else MetricState.OK,
        reason,
        _sum(row.reported_usd for row in days),
        _sum(row.stated_usd for row in days),
        tuple(_funds_of(days, start, end, net)),
        (),
    )


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def _funds_of(days: Sequence[FlowDay], start: date, end: date, net: Decimal) -> Iterable[FundFlowRow]:
    flows = [flow for row in days for flow in row.by_fund]
    for fund_id in dict.fromkeys(flow.fund_id for flow in flows):
        mine = [flow for flow in flows if flow.fund_id == fund_id]
        known = [flow.net_usd for flow in mine if flow.net_usd is not None]
        silent = len(mine) - len(known)
        total = sum(known, Decimal(0)) if known else None
        state = MetricState.OK if not silent else MetricState.PARTIAL if known else MetricState.NOT_REPORTED
        reason = f"Silent on {silent} of {len(mine)} trading days." if silent else None
        missing = Outcome(None, State.NOT_REPORTED, reason)
        share = figure_of(flow_share(total, Outcome(net)) if total is not None else missing, Unit.RATIO, end)
        series_id = next((flow.series_id for flow in mine if flow.series_id), 0)
        revision = max(flow.revision for flow in mine)
        yield FundFlowRow(fund_id, start, end, total, state, reason, share, revision, series_id)


def on_course(rows: Sequence[FlowDay]) -> list[FlowDay]:
    """Every row of a line, with all of them to be ranked among."""
    if not rows:
        return []
    course = Course(rows[0].line, {row.start: row.net_usd for row in rows})
    return [replace(row, course=course) for row in rows]


def rank_of(course: Course, day: date, since: date) -> int | None:
    """The place of a day by net flow among those from a first day to it; 1 is the most.

    None where more of them are not on record than an exchange is closed.
    """
    interval = course.line.interval
    if since > bucket_of(day, interval).last:
        return None
    due = [each.first for each in buckets(since, day, interval) if _trades(each) and each.first >= since]
    if sum(first not in course.nets for first in due) > len(due) // WEEKDAYS_PER_HOLIDAY:
        return None
    return 1 + sum(net > course.nets[day] for start, net in course.nets.items() if since <= start <= day)


def _trades(bucket: Days) -> bool:
    """Whether an exchange may be open in it."""
    return bucket.count > 1 or bucket.first.weekday() < SATURDAY
