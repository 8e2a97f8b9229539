"""Where a value is from: its source, how it is reckoned, what it is made of, and who says otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from sqlalchemy import select

from models.metric import MEASURES
from models.protocol import methodology
from models.source import source
from models.store import Reader
from models.vocabulary import Metric, ObservationMethod
from resolvers.declare import Parent, batched
from resolvers.history import History, histories_of, known_series
from resolvers.metric import MetricValue, metric_lists
from resolvers.metric_key import MetricKey
from resolvers.reading import Coverage
from resolvers.series import SeriesRow
from resolvers.source import SourceRow, sources_by_id, sources_by_series
from resolvers.subject import Cell
from valuation.definition import DEFINITIONS, history_of
from valuation.term import Definition


@dataclass(frozen=True, slots=True)
class MethodologyRow:
    """How a metric is defined here, and how the source says it reckons it for this protocol, where it does."""

    key: Metric
    definition: Definition
    text: str | None
    url: str | None
    protocol_id: int | None = None

    @property
    def id(self) -> str:
        """The metric and version, and the protocol that its source has words about."""
        about = f":{self.protocol_id}" if self.text is not None else ""
        return f"{self.key.name}:{self.version}{about}"

    @property
    def supersedes(self) -> "MethodologyRow | None":
        """The definition that held before; None of the first."""
        known = history_of(self.key.name)
        before = known[known.index(self.definition) + 1 :]
        return MethodologyRow(self.key, before[0], None, None) if before else None

    @property
    def source_url(self) -> str | None:
        """Where the definition is from, where that is a page."""
        return self.definition.source if self.definition.source.startswith("https://") else None

    @property
    def label(self) -> str:
        return self.definition.label

    @property
    def version(self) -> str:
        return self.definition.version

    @property
    def formula(self) -> str:
        return self.definition.formula

    @property
    def meaning(self) -> str:
        return self.definition.text

    @property
    def null_rule(self) -> str:
        return self.definition.null_rule

    @property
    def effective_from(self) -> date:
        return self.definition.effective_from


@dataclass(frozen=True, slots=True)
class RivalValue:
    """What another source says of the same thing; `difference_pct` against the answered value."""

    value: Decimal
    source: SourceRow
    observed_days: int
    difference_pct: float | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value is from. `inputs`: what a derived value is made of."""

    method: ObservationMethod | None
    chosen: SourceRow | None
    rivals: list[RivalValue]
    inputs: tuple[MetricKey, ...]
    asked: MetricKey

    @property
    def sources(self) -> list[SourceRow]:
        return [*([self.chosen] if self.chosen else []), *(rival.source for rival in self.rivals)]

    @property
    def spread_pct(self) -> float | None:
        """How far the furthest rival is from the answered value, in percent of it."""
        return max((abs(each.difference_pct) for each in self.rivals if each.difference_pct is not None), default=None)


Voice: TypeAlias = tuple[tuple[int, Metric, int, str], int, History, SourceRow]
"""What a series is a number of, the series, its days and its source."""


class Statement(NamedTuple):
    """A value whose provenance is asked: where it is kept, over which days, and what was answered."""

    cell: Cell | None
    series_id: int
    first: date | None
    last: date
    value: Decimal | None
    inputs: tuple[MetricKey, ...]
    asked: MetricKey


async def methodologies(reader: Reader, keys: Sequence[tuple[int | None, Metric]]) -> list[MethodologyRow]:
    """Of each (protocol id or None, metric), the preferred source's text. One statement."""
    live, sources = reader.live(methodology), reader.live(source)
    query = (
        select(live.c.protocol_id, live.c.metric, live.c.text, live.c.url)
        .join(sources, sources.c.source_id == live.c.source_id)
        .where(
            reader.among(live.c.protocol_id, [id_ for id_, _ in keys if id_ is not None]),
            reader.among(live.c.metric, [metric for _, metric in keys]),
        )
        .order_by(sources.c.precedence.desc(), sources.c.source_id.desc())
    )
    said = {(row.protocol_id, row.metric): (row.text, row.url) for row in await reader.rows(query)}
    return [MethodologyRow(key[1], DEFINITIONS[key[1].name], *said.get(key, (None, None)), key[0]) for key in keys]


async def provenances(reader: Reader, keys: Sequence[Statement]) -> list[Provenance]:
    """Where each value is from, with what every other source says of the same days. Five statements at most."""
    cells = [key.cell for key in keys if key.cell is not None and not key.cell.summed]
    candidates = await known_series(reader, cells)
    histories = await histories_of(reader, [each.series_id for each in candidates])
    named = await sources_by_id(reader, [each.source_id for each in candidates])
    said_by = dict(zip((each.series_id for each in candidates), named, strict=True))
    others = [key.series_id for key in keys if key.series_id and key.series_id not in said_by]
    said_by |= dict(zip(others, await sources_by_series(reader, others) if others else (), strict=True))
    voices = [
        (each.place, each.series_id, histories[each.series_id], row)
        for each in candidates
        if (row := said_by[each.series_id]) is not None
    ]
    return [_provenance(key, said_by.get(key.series_id), voices) for key in keys]


def _provenance(key: Statement, chosen: SourceRow | None, voices: Sequence[Voice]) -> Provenance:
    place = key.cell and (key.cell.entity_id, key.cell.metric, key.cell.chain_id, key.cell.stream)
    others = ((days, row) for where, id_, days, row in voices if where == place and id_ != key.series_id)
    rivals = [rival for days, row in others if (rival := _rival(days, row, key)) is not None]
    reckoned = ObservationMethod.INFERRED if key.inputs and key.value is not None else None
    return Provenance(chosen.method if chosen else reckoned, chosen, rivals, key.inputs, key.asked)


def _rival(history: History, said_by: SourceRow, key: Statement) -> RivalValue | None:
    if key.cell is None or key.first is None:
        return None
    measure = MEASURES[key.cell.metric]
    found = history.over(key.first, key.last, flow=measure.flow)
    if found.value is None:
        return None
    value = measure.value(found.value)
    difference = float((value / key.value - 1) * 100) if key.value else None
    return RivalValue(value, said_by, found.days, difference)


def statement_of(row: MetricValue) -> Statement:
    """With what the provenance of a value is asked."""
    asked = row.asked
    if row.derived:
        inputs = tuple(asked._replace(metric=metric, window=window) for metric, window in row.inputs)
        return Statement(None, 0, row.window_start, row.window_end, row.value, inputs, asked)
    return Statement(asked.cell, row.series_id, row.window_start, row.window_end, row.value, (), asked)


@batched(sources_by_series)
def resolve_source_of_value(row: Parent[MetricValue]) -> int | None:
    return row.series_id or None


@batched(methodologies)
def resolve_methodology(row: Parent[MetricValue]) -> tuple[int | None, Metric]:
    return row.asked.subject.protocol_id, row.key


@batched(provenances)
def resolve_provenance(row: Parent[MetricValue]) -> Statement:
    return statement_of(row)


@batched(methodologies)
def resolve_methodology_of_series(row: Parent[SeriesRow]) -> tuple[int | None, Metric]:
    return row.protocol_id, row.key


@batched(methodologies)
def resolve_methodology_of_provenance(row: Parent[Provenance]) -> tuple[int | None, Metric]:
    return row.asked.subject.protocol_id, row.asked.metric


@batched(metric_lists)
def resolve_inputs(row: Parent[Provenance]) -> tuple[MetricKey, ...]:
    return row.inputs


async def estimated_days(reader: Reader, keys: Sequence[tuple[int, int]]) -> list[int]:
    """Of each (series id, known days), on how many days the source infers the number. One statement."""
    said_by = await sources_by_series(reader, [id_ for id_, _ in keys])
    return [
        days if source is not None and source.method is ObservationMethod.INFERRED else 0
        for source, (_, days) in zip(said_by, keys, strict=True)
    ]


@batched(estimated_days)
def resolve_estimated_days(row: Parent[Coverage]) -> tuple[int, int] | None:
    return (row.series_id, row.observed_days) if row.series_id else None
