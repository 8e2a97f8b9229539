"""Risks: what may keep value from reaching holders, as metrics and claims have it, never as an opinion."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from models.entity import entity
from models.right import risk
from models.store import Reader
from models.vocabulary import EntityKind, Metric, MetricState, RiskKind, Unit, Window
from resolvers.claim import ClaimRow, claims_by_topic
from resolvers.declare import Parent, batched
from resolvers.metric import MetricValue, metric_values
from resolvers.metric_key import MetricKey
from resolvers.protocol import ProtocolRow
from resolvers.subject import Subject
from valuation.definition import DEFINITIONS

# What bears on each risk; none has a bearing on regulation.
EVIDENCE: dict[RiskKind, tuple[tuple[Metric, Window], ...]] = {
    RiskKind.SUSTAINABILITY: (
        (Metric.REVENUE_VOLATILITY, Window.TTM),
        (Metric.MAX_DRAWDOWN, Window.TTM),
        (Metric.GROWTH_YOY, Window.TTM),
    ),
    RiskKind.REGULATORY: (),
    RiskKind.SATURATION: (
        (Metric.GROWTH_MOM, Window.D30),
        (Metric.GROWTH_QOQ, Window.D90),
        (Metric.TAKE_RATE, Window.D90),
    ),
    RiskKind.EXECUTION: (
        (Metric.BUYBACK_ACCRUED, Window.D90),
        (Metric.BUYBACK_EXECUTED, Window.D90),
        (Metric.PAYOUT_RATIO, Window.D90),
    ),
    RiskKind.CONCENTRATION: ((Metric.HHI, Window.TTM), (Metric.TOP1_SHARE, Window.TTM)),
    RiskKind.DILUTION: (
        (Metric.EMISSIONS, Window.D90),
        (Metric.UNLOCKS, Window.D90),
        (Metric.NET_BUYBACK_YIELD, Window.TTM),
    ),
}
# More digits would say nothing in a sentence.
WHOLE = (Unit.USD, Unit.TOKEN, Unit.COUNT, Unit.INDEX)
UNITS = {Unit.USD: " USD", Unit.TOKEN: " tokens", Unit.PERCENT: " %"}


@dataclass(frozen=True, slots=True)
class RiskRow:
    """`statement` says what the evidence is, in words."""

    kind: RiskKind
    statement: str
    evidence: tuple[MetricValue, ...]
    claims: tuple[ClaimRow, ...]


async def risks_by_protocol(reader: Reader, subjects: Sequence[Subject]) -> list[list[RiskRow]]:
    """Every kind of risk for each. Two statements for the claims and those of `metric_values`."""
    asked = {(each, kind): _keys(each, kind) for each in subjects for kind in RiskKind}
    distinct = list(dict.fromkeys(key for keys in asked.values() for key in keys))
    values = dict(zip(distinct, await metric_values(reader, distinct), strict=True))
    topics = await _topics(reader, [subject.id for subject in subjects])
    named = sorted({topic for some in topics.values() for topic in some})
    claims = dict(zip(named, await claims_by_topic(reader, named), strict=True))
    return [
        [_risk(kind, asked[each, kind], values, _bearing(topics, each.id, kind), claims) for kind in RiskKind]
        for each in subjects
    ]


def _keys(subject: Subject, kind: RiskKind) -> tuple[MetricKey, ...]:
    return tuple(MetricKey(subject, metric, window) for metric, window in EVIDENCE[kind])


async def _topics(reader: Reader, ids: Sequence[int]) -> dict[tuple[int, RiskKind], tuple[str, ...]]:
    """The topics that bear on each risk; 0 stands for the market, which bears on all."""
    live, entities = reader.live(risk), reader.live(entity)
    market = select(entities.c.entity_id).where(entities.c.kind == EntityKind.MARKET)
    query = select(live.c.subject_id, live.c.kind, live.c.topics).where(
        reader.among(live.c.subject_id, ids) | live.c.subject_id.in_(market)
    )
    own, found = set(ids), defaultdict[tuple[int, RiskKind], tuple[str, ...]](tuple)
    for id_, kind, topics in await reader.rows(query):
        found[id_ if id_ in own else 0, kind] += topics
    return found


def _bearing(topics: Mapping[tuple[int, RiskKind], tuple[str, ...]], id_: int, kind: RiskKind) -> tuple[str, ...]:
    return (*topics.get((id_, kind), ()), *topics.get((0, kind), ()))


def _risk(
    kind: RiskKind,
    keys: Sequence[MetricKey],
    values: Mapping[MetricKey, MetricValue],
    topics: Sequence[str],
    claims: Mapping[str, list[ClaimRow]],
) -> RiskRow:
    evidence = tuple(values[key] for key in keys)
    found = tuple(each for topic in dict.fromkeys(topics) for each in claims[topic])
    return RiskRow(kind, _statement(evidence, found), evidence, found)


def _statement(evidence: Sequence[MetricValue], claims: Sequence[ClaimRow]) -> str:
    """What is known, and what is not, in sentences that judge nothing."""
    sentences = [_sentence(value) for value in evidence] or ["No metric bears on it."]
    count = len(claims)
    sentences.append(f"{count or 'No'} {'claim' if count == 1 else 'claims'} on record.")
    return " ".join(sentences)


def _sentence(value: MetricValue) -> str:
    label = DEFINITIONS[value.key.name].label
    if value.value is None:
        return f"{label}: not known ({value.state.name})."
    amount = f"{value.value:,.{0 if value.unit in WHOLE else 2}f}{UNITS.get(value.unit, '')}"
    note = "" if value.state is MetricState.OK else f" ({value.state.name})"
    return f"{label}, {value.window.name} to {value.window_end}: {amount}{note}."


@batched(risks_by_protocol)
def resolve_risks(row: Parent[ProtocolRow]) -> Subject:
    return row.subject
