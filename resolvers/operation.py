"""Figures of operations: what a source counts by day or month, with the period each is of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, TypeAlias

from sqlalchemy import exists, select

from models.metric import MEASURES
from models.observation import pack, series
from models.source import source
from models.store import Reader
from models.vocabulary import Interval, Metric, Unit
from resolvers.argument import hashed
from resolvers.bucket import bucket_of
from resolvers.chain import ChainRow
from resolvers.claim import claims_by_topic
from resolvers.declare import Parent, argument, batched
from resolvers.figure import Figure, figure_of
from resolvers.history import History, histories_of
from resolvers.protocol import ProtocolRow
from resolvers.source import sources_by_id
from valuation.outcome import Outcome, State, calculated, quotient

# What is counted, and what claims about it are called.
TOPICS = {
    Metric.CREATOR_REVENUE: "creator-earnings",
    Metric.DEVICES: "stations",
    Metric.CONTRACT_CALLS: "contract-calls",
    Metric.TRANSACTIONS: "transactions",
    Metric.ACTIVE_USERS: "active-users",
}
OPERATIONS = tuple(TOPICS)


@dataclass(frozen=True, slots=True)
class OperationRow:
    """The newest figure of a source. `growth`: against the same period a year before, 0.1 is ten per cent more."""

    key: Metric
    slug: str
    figure: Figure
    interval: Interval | None
    period_start: date | None
    period_end: date | None
    periods: int
    growth: Figure
    source_id: int | None


class OperationKey(NamedTuple):
    entity_id: int
    slug: str
    metrics: tuple[Metric, ...]


class Counted(NamedTuple):
    """A series of any interval."""

    series_id: int
    entity_id: int
    metric: Metric
    interval: Interval
    source_id: int


async def operations(reader: Reader, keys: Sequence[OperationKey]) -> list[list[OperationRow]]:
    """A figure for each metric of each key; of several sources the one with the newest. Two statements."""
    known = await _counted(reader, keys)
    days = await histories_of(reader, [each.series_id for each in known])
    through = reader.pin.day or date.max
    return [[_figure(key, metric, known, days, through) for metric in key.metrics] for key in keys]


async def _counted(reader: Reader, keys: Sequence[OperationKey]) -> list[Counted]:
    live, sources, packed = reader.live(series), reader.live(source), reader.live(pack)
    query = (
        select(live.c.series_id, live.c.subject_id, live.c.metric, live.c.interval, live.c.source_id)
        .join(sources, sources.c.source_id == live.c.source_id)
        .where(
            reader.among(live.c.subject_id, [key.entity_id for key in keys]),
            reader.among(live.c.metric, [metric for key in keys for metric in key.metrics]),
            live.c.stream == "",
            live.c.chain_id == 0,
            exists().where(packed.c.series_id == live.c.series_id),
        )
        .order_by(sources.c.precedence, sources.c.source_id, live.c.series_id)
    )
    return [Counted(*row) for row in await reader.rows(query)]


def _figure(
    key: OperationKey, metric: Metric, known: Iterable[Counted], days: dict[int, History], through: date
) -> OperationRow:
    mine = [each for each in known if (each.entity_id, each.metric) == (key.entity_id, metric)]
    counted = [(each, values) for each in mine if (values := _values(days[each.series_id], through))]
    if not counted:
        return _uncounted(key, metric)
    newest, values = max(counted, key=lambda found: max(found[1]))
    day = max(values)
    period = bucket_of(day, newest.interval)
    measure = MEASURES[metric]
    value, earlier = measure.value(values[day]), values.get(_year_before(day))
    before = _EARLIER if earlier is None else Outcome(measure.value(earlier))
    growth = calculated(_growth, value=Outcome(value), value_of_the_year_before=before)
    return OperationRow(
        metric,
        key.slug,
        figure_of(Outcome(value), measure.unit, period.last),
        newest.interval,
        period.first,
        period.last,
        len(values),
        figure_of(growth, Unit.RATIO, period.last),
        newest.source_id,
    )


_EARLIER = Outcome(None, State.INSUFFICIENT_HISTORY, "The same period of the year before is not known.")
_MISSING = Outcome(None, State.NOT_REPORTED, "No source states it by day or month.")


def _uncounted(key: OperationKey, metric: Metric) -> OperationRow:
    missing = figure_of(_MISSING, MEASURES[metric].unit)
    return OperationRow(metric, key.slug, missing, None, None, None, 0, figure_of(_MISSING, Unit.RATIO), None)


def _values(history: History, through: date) -> dict[date, int]:
    return {date.fromordinal(day): value for day, value, _ in history.known() if day <= through.toordinal()}


def _year_before(day: date) -> date:
    """The 28th for a 29 February."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def _growth(value: Decimal, before: Decimal) -> Decimal | Outcome:
    found: Any = quotient(value, before, "the value of the year before")
    return found if isinstance(found, Outcome) else found - 1


Counts: TypeAlias = Annotated[
    list[Metric] | None,
    argument(
        "What is counted, of CREATOR_REVENUE, DEVICES, CONTRACT_CALLS, TRANSACTIONS and ACTIVE_USERS; all if not said."
    ),
]


def _asked(keys: list[Metric] | None) -> tuple[Metric, ...]:
    return OPERATIONS if keys is None else tuple(key for key in hashed(keys) if key in TOPICS)


@batched(operations)
def resolve_operations(row: Parent[ProtocolRow], keys: Counts = None) -> OperationKey:
    return OperationKey(row.number, row.slug, _asked(keys))


@batched(operations)
def resolve_operations_of_chain(row: Parent[ChainRow], keys: Counts = None) -> OperationKey:
    return OperationKey(row.number, row.slug, _asked(keys))


@batched(sources_by_id)
def resolve_source_of_operation(row: Parent[OperationRow]) -> int | None:
    return row.source_id


@batched(claims_by_topic)
def resolve_claims_of_operation(row: Parent[OperationRow]) -> str:
    return f"{row.slug}:{TOPICS[row.key]}"
