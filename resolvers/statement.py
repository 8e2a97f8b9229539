"""Income statements of a protocol, period by period: lines by stream, and whether they add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, NamedTuple

from models.store import Reader
from models.vocabulary import Interval, Metric, MetricState
from models.window import Days
from resolvers.bucket import bucket_of
from resolvers.declare import Parent, argument, batched
from resolvers.errors import BadInput
from resolvers.history import histories
from resolvers.moment import Moment, moment_of
from resolvers.part import Breakdown, Parts, parts_of
from resolvers.protocol import ProtocolRow
from resolvers.reading import state_of
from resolvers.subject import Cell, Subject, cell_of
from resolvers.timeline import Timeline, over
from valuation.income import IdentityCheck
from valuation.outcome import Outcome
from valuation.statement import LINES, StatementLine, income_statement

MOST_PERIODS = 40
STORED = tuple(Metric[name] for name in LINES if name != Metric.EARNINGS.name)


class StatementKey(NamedTuple):
    """The last periods of a protocol, the newest last. `current`: also the one that has not ended."""

    subject: Subject
    interval: Interval
    periods: int
    current: bool


@dataclass(frozen=True, slots=True)
class Portion:
    """What one stream came to; `label` is what the source calls it."""

    label: str
    value: Decimal
    state: MetricState


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line in US dollars. `by_stream`: those streams that are known, which may be a part of it only."""

    key: Metric
    value: Decimal | None
    state: MetricState
    reason: str | None
    derived: bool
    by_stream: list[Portion]


@dataclass(frozen=True, slots=True)
class StatementRow:
    """The lines of one period, both days inclusive. `complete`: it has ended, by the last complete day."""

    period_start: date
    period_end: date
    complete: bool
    provisional: bool
    lines: list[LineRow]
    identities: tuple[IdentityCheck, ...]


@dataclass(frozen=True, slots=True)
class Accounts:
    """What is known of the lines of some protocols, and of their streams."""

    moment: Moment
    wholes: dict[Cell, Timeline | None]
    parts: Parts

    def outcome(self, subject: Subject, metric: Metric, days: Days) -> Outcome:
        cell = cell_of(subject, metric)
        return over(self.wholes.get(cell) if cell else None, metric, days).total

    def streams(self, subject: Subject, metric: Metric, days: Days) -> dict[str, Outcome]:
        """The streams of which a day is known."""
        found = {}
        for label, history in self.parts.of(subject.entity_of(metric), metric, Breakdown.STREAM):
            timeline = Timeline.of(metric, history, self.moment.end(metric))
            total = over(timeline, metric, days).total
            if total.value is not None:
                found[label] = total
        return found


async def statement_lists(reader: Reader, keys: Sequence[StatementKey]) -> list[list[StatementRow]]:
    """The statements of each key. The number of statements does not depend on that of the keys."""
    moment = await moment_of(reader)
    cells = list(dict.fromkeys(cell for key in keys for line in STORED if (cell := cell_of(key.subject, line))))
    days = await histories(reader, cells)
    wholes = {cell: Timeline.of(cell.metric, days.get(cell), moment.end(cell.metric)) for cell in cells}
    accounts = Accounts(moment, wholes, await parts_of(reader, cells))
    return [[_statement(key.subject, period, accounts) for period in _periods(key, moment)] for key in keys]


def _periods(key: StatementKey, moment: Moment) -> list[Days]:
    end = moment.end(Metric.REVENUE)
    period = bucket_of(end, key.interval)
    if period.last > end and not key.current:
        period = bucket_of(period.first - timedelta(days=1), key.interval)
    found = [period]
    while len(found) < key.periods:
        found.append(bucket_of(found[-1].first - timedelta(days=1), key.interval))
    return found[::-1]


def _statement(subject: Subject, period: Days, accounts: Accounts) -> StatementRow:
    """A period that has not ended is accounted for up to the last complete day."""
    end = accounts.moment.end(Metric.REVENUE)
    days = Days(period.first, min(period.last, end))
    reported = {metric.name: accounts.outcome(subject, metric, days) for metric in STORED}
    streams = {metric.name: accounts.streams(subject, metric, days) for metric in STORED}
    found = income_statement(days.first, days.last, reported, _values(streams))
    return StatementRow(
        period_start=period.first,
        period_end=period.last,
        complete=period.last <= end,
        provisional=accounts.moment.provisional_in(period.first, period.last) > 0,
        lines=[_line(line, reported, streams) for line in found.lines],
        identities=found.identities,
    )


def _values(streams: dict[str, dict[str, Outcome]]) -> dict[str, dict[str, Decimal]]:
    return {
        line: {label: total.value for label, total in parts.items() if total.value is not None}
        for line, parts in streams.items()
    }


def _line(line: StatementLine, reported: dict[str, Outcome], streams: dict[str, dict[str, Outcome]]) -> LineRow:
    parts = streams.get(line.metric, {})
    return LineRow(
        key=Metric[line.metric],
        value=line.amount.value,
        state=state_of(line.amount),
        reason=line.amount.reason,
        derived=line.metric not in reported or reported[line.metric] is not line.amount,
        by_stream=[Portion(label, value, state_of(parts[label])) for label, value in line.by_stream.items()],
    )


@batched(statement_lists)
def resolve_statement(
    row: Parent[ProtocolRow],
    interval: Annotated[Interval, argument("How long a period is: MONTH, QUARTER or YEAR.")] = Interval.QUARTER,
    periods: Annotated[int, argument(f"How many periods, up to the last complete one: 1 to {MOST_PERIODS}.")] = 4,
    include_current: Annotated[
        bool, argument("Also the period that has not ended yet, up to the last complete day, as one of them.")
    ] = False,
) -> StatementKey:
    if interval in (Interval.DAY, Interval.WEEK):
        raise BadInput("an income statement covers a MONTH, a QUARTER or a YEAR")
    if not 1 <= periods <= MOST_PERIODS:
        raise BadInput(f"`periods` must be 1 to {MOST_PERIODS}, not {periods}")
    return StatementKey(row.subject, interval, periods, include_current)
