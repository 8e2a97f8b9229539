"""Flows of the funds that hold a token, as they are asked for, with what others say of a day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, NamedTuple

from sqlalchemy import select

from models.metric import MEASURES
from models.store import Reader
from models.token import token
from models.vocabulary import EntityKind, Interval, Metric, Window
from resolvers.argument import FromDay, ToDay
from resolvers.claim import ClaimRow, claims_by_topic
from resolvers.declare import Parent, argument, batched
from resolvers.errors import BadInput
from resolvers.flow import Book, Course, FlowDay, FundFlowRow, Line, Stated, flows_of, on_course, rank_of
from resolvers.fund import funds_by_id, funds_by_underlying
from resolvers.history import History, Known, histories_of, known_series
from resolvers.metric_key import MetricKey
from resolvers.provenance import RivalValue, Statement, provenances
from resolvers.source import SourceRow, sources_by_id, sources_by_series
from resolvers.subject import Cell, Subject

MEASURE = MEASURES[Metric.FUND_NET_FLOW]
LONGEST = 3660
EMPTY = Book((), {}, {})


class FlowKey(NamedTuple):
    line: Line
    first: date
    last: date


async def flow_days(reader: Reader, keys: Sequence[FlowKey]) -> list[list[FlowDay]]:
    """The flows of each span by day or bucket, those of which anything is known. Four statements."""
    books = await _books(reader, {key.line.underlying for key in keys})
    lines = {key.line: on_course(flows_of(books.get(key.line.underlying, EMPTY), key.line)) for key in keys}
    return [[row for row in lines[key.line] if _within(row, key)] for key in keys]


def _within(row: FlowDay, key: FlowKey) -> bool:
    return key.first <= row.end and row.start <= key.last


async def ranks(reader: Reader, keys: Sequence[tuple[Course, date, date]]) -> list[int | None]:
    """The place of each day by net flow among those of its line from a first day to it. No statement."""
    return [rank_of(*key) for key in keys]


async def _books(reader: Reader, slugs: set[str]) -> dict[str, Book]:
    """Four statements."""
    live = reader.live(token)
    query = select(live.c.slug, live.c.token_id).where(live.c.slug.in_(sorted(slugs)))
    tokens = {slug: id_ for slug, id_ in await reader.rows(query)}  # noqa: C416
    held = dict(zip(tokens, await funds_by_underlying(reader, list(tokens.values())), strict=True))
    funds = {fund.number: fund for some in held.values() for fund in some}
    cells = [Cell(EntityKind.FUND, id_, Metric.FUND_NET_FLOW) for id_ in funds]
    cells += [Cell(EntityKind.TOKEN, id_, Metric.FUND_NET_FLOW) for id_ in tokens.values()]
    known = await known_series(reader, cells)
    days = await histories_of(reader, [each.series_id for each in known])
    through = reader.pin.day or date.max
    subjects = (*funds, *tokens.values())
    said = {id_: _said([each for each in known if each.entity_id == id_], days, through) for id_ in subjects}
    return {
        slug: Book(
            tuple(held[slug]),
            {fund.number: {day: some[0] for day, some in said[fund.number].items()} for fund in held[slug]},
            said[id_],
        )
        for slug, id_ in tokens.items()
    }


def _said(known: Sequence[Known], days: Mapping[int, History], through: date) -> dict[date, tuple[Stated, ...]]:
    """What sources say of each day, the preferred one first."""
    found: dict[date, tuple[Stated, ...]] = {}
    for each in known:
        for ordinal, value, revision in days[each.series_id].known():
            day = date.fromordinal(ordinal)
            if day <= through:
                found[day] = (*found.get(day, ()), Stated(MEASURE.value(value), each.series_id, revision))
    return found


class Rivals(NamedTuple):
    """What rivals of a day's total are asked with: the day itself, its value, and other sources' series."""

    topic: str
    net_usd: Decimal
    others: tuple[tuple[int, Decimal], ...]


async def rivals_of_days(reader: Reader, keys: Sequence[Rivals]) -> list[list[RivalValue]]:
    """What other sources and claims say of each day's total. Three statements."""
    claims = await claims_by_topic(reader, [key.topic for key in keys])
    claimed = [[each for each in some if each.measure == "USD" and each.amount is not None] for some in claims]
    ids = list(dict.fromkeys(series_id for key in keys for series_id, _ in key.others))
    by_series = dict(zip(ids, await sources_by_series(reader, ids), strict=True))
    source_ids = list(dict.fromkeys(each.source_id for some in claimed for each in some))
    by_id = dict(zip(source_ids, await sources_by_id(reader, source_ids), strict=True))
    return [
        [
            *_stated_rivals(key, by_series),
            *_claimed_rivals(key, some, by_id),
        ]
        for key, some in zip(keys, claimed, strict=True)
    ]


def _stated_rivals(key: Rivals, sources: Mapping[int, SourceRow | None]) -> Iterable[RivalValue]:
    for series_id, value in key.others:
        if (said_by := sources[series_id]) is not None:
            yield RivalValue(value, said_by, 1, _difference(value, key.net_usd))


def _claimed_rivals(
    key: Rivals, claims: Sequence[ClaimRow], sources: Mapping[int, SourceRow | None]
) -> Iterable[RivalValue]:
    for each in claims:
        said_by = sources[each.source_id]
        if said_by is not None and each.amount is not None and each.amount != key.net_usd:
            yield RivalValue(each.amount, said_by, 1, _difference(each.amount, key.net_usd))


def _difference(value: Decimal, answered: Decimal) -> float | None:
    return float((value / answered - 1) * 100) if answered else None


def topic_of(row: FlowDay) -> str:
    """What claims about a day's total are about; there are none about longer buckets."""
    return f"fund-flow:{row.line.underlying}:{row.start}" if row.line.interval is Interval.DAY else ""


@batched(flow_days, at=True)
def resolve_fund_flows(
    underlying: Annotated[str, argument("The token that the funds hold, by its slug, for example btc.")],
    from_: FromDay,
    to: ToDay,
    interval: Annotated[Interval, argument("Days, or weeks, months, quarters or years of them.")] = Interval.DAY,
) -> FlowKey:
    if to < from_ or (to - from_).days > LONGEST:
        raise BadInput(f"`from` must not be after `to`, nor more than {LONGEST} days before it")
    return FlowKey(Line(underlying, interval), from_, to)


@batched(ranks)
def resolve_rank_since(
    row: Parent[FlowDay],
    since: Annotated[date, argument("The first UTC day it is compared with, for example 2026-01-01.")],
) -> tuple[Course, date, date] | None:
    return None if row.course is None else (row.course, row.start, since)


@batched(rivals_of_days)
def resolve_rivals_of_day(row: Parent[FlowDay]) -> Rivals:
    return Rivals(topic_of(row), row.net_usd, row.others)


@batched(claims_by_topic)
def resolve_claims_of_day(row: Parent[FlowDay]) -> str:
    return topic_of(row)


@batched(funds_by_id)
def resolve_fund_of_flow(row: Parent[FundFlowRow]) -> int:
    return row.fund_id


@batched(provenances)
def resolve_provenance_of_flow(row: Parent[FundFlowRow]) -> Statement:
    asked = MetricKey(Subject(EntityKind.FUND, row.fund_id), Metric.FUND_NET_FLOW, Window.D1)
    return Statement(asked.cell, row.series_id, row.start, row.end, row.net_usd, (), asked)


@batched(sources_by_series)
def resolve_source_of_flow(row: Parent[FundFlowRow]) -> int | None:
    return row.series_id or None
