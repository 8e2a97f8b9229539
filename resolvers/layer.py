"""Value layers: where in its business a protocol earns, and how much of its revenue is earned there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from models.right import value_layer
from models.store import Reader
from models.vocabulary import Confidence, Metric, Unit, ValueLayerKind, Window
from resolvers.argument import OverWindow
from resolvers.declare import Parent, batched
from resolvers.figure import Figure, figure_of, outcome_of
from resolvers.metric import MetricValue, metric_values
from resolvers.metric_key import MetricKey
from resolvers.protocol import ProtocolRow
from resolvers.source import sources_by_id
from resolvers.stream import StreamRow, layer_of, streams_by_protocol
from resolvers.subject import Subject
from valuation.outcome import Outcome, State, calculated, contributed, quotient


@dataclass(frozen=True, slots=True)
class LayerRow:
    """`streams` are the parts of the revenue that are earned there; `revenue` and `share` are over one window."""

    kind: ValueLayerKind
    streams: tuple[str, ...]
    revenue: Figure
    share: Figure
    confidence: Confidence | None
    source_id: int | None
    source_url: str | None
    note: str | None


async def layers_by_protocol(reader: Reader, keys: Sequence[tuple[Subject, Window]]) -> list[list[LayerRow]]:
    """The layers of each, by kind. One statement for what is said, one for streams, and those of `metric_values`."""
    subjects = list(dict.fromkeys(subject for subject, _ in keys))
    said = await _said(reader, [subject.id for subject in subjects])
    streams = dict(zip(subjects, await streams_by_protocol(reader, subjects), strict=True))
    asked = [MetricKey(subject, Metric.REVENUE, window) for subject, window in keys]
    asked += [
        MetricKey(subject, Metric.REVENUE, window, stream=each.key)
        for subject, window in keys
        for each in streams[subject]
        if Metric.REVENUE in each.metrics
    ]
    values = dict(zip(asked, await metric_values(reader, asked), strict=True))
    return [_layers(key, streams[key[0]], said.get(key[0].id, {}), values) for key in keys]


async def _said(reader: Reader, ids: Sequence[int]) -> dict[int, dict[ValueLayerKind, list[Any]]]:
    live = reader.live(value_layer)
    query = select(live).where(reader.among(live.c.protocol_id, ids)).order_by(live.c.kind, live.c.stream)
    found: defaultdict[int, dict[ValueLayerKind, list[Any]]] = defaultdict(dict)
    for row in await reader.rows(query):
        found[row.protocol_id].setdefault(row.kind, []).append(row)
    return found


def _layers(
    key: tuple[Subject, Window],
    streams: Sequence[StreamRow],
    said: Mapping[ValueLayerKind, Sequence[Any]],
    values: Mapping[MetricKey, MetricValue],
) -> list[LayerRow]:
    subject, window = key
    named = {row.stream: kind for kind, rows in said.items() for row in rows if row.stream}
    parts: defaultdict[ValueLayerKind, list[MetricValue]] = defaultdict(list)
    for each in streams:
        kind = named.get(each.key) or layer_of(each.key)
        value = values.get(MetricKey(subject, Metric.REVENUE, window, stream=each.key))
        if kind is not None and value is not None:
            parts[kind].append(value)
    whole = values[MetricKey(subject, Metric.REVENUE, window)]
    return [_layer(kind, parts[kind], whole, said.get(kind, ())) for kind in sorted({*parts, *said})]


def _layer(kind: ValueLayerKind, parts: Sequence[MetricValue], whole: MetricValue, said: Sequence[Any]) -> LayerRow:
    revenue = _sum(parts)
    share = calculated(_share, revenue_of_the_layer=revenue, revenue=outcome_of(whole))
    told = said[0] if said else None
    return LayerRow(
        kind,
        tuple(part.asked.stream for part in parts),
        figure_of(revenue, Unit.USD, whole.as_of, tuple(parts)),
        figure_of(share, Unit.RATIO, whole.as_of, (*parts, whole)),
        told.confidence if told else None,
        told.source_id if told else None,
        told.source_url if told else None,
        told.note if told else None,
    )


def _sum(parts: Iterable[MetricValue]) -> Outcome:
    outcomes = [outcome_of(part) for part in parts]
    if not outcomes:
        return Outcome(None, State.NOT_REPORTED, "No source splits off what is earned at this layer.")
    return contributed(outcomes)


def _share(part: Decimal, whole: Decimal) -> Decimal | Outcome:
    return quotient(part, whole, "revenue")


@batched(layers_by_protocol)
def resolve_value_layers(row: Parent[ProtocolRow], window: OverWindow = Window.D30) -> tuple[Subject, Window]:
    return row.subject, window


@batched(sources_by_id)
def resolve_source_of_layer(row: Parent[LayerRow]) -> int | None:
    return row.source_id
