"""Restatements: numbers that were published and then replaced, with both values and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, select

from models.epoch import epoch
from models.metric import MEASURES
from models.observation import obs, series
from models.protocol import methodology
from models.store import Reader
from models.versioned import FOREVER
from models.vocabulary import EntityKind, Metric, Unit
from resolvers.argument import After, Before, First, Last, hashed
from resolvers.chain import chains_by_id
from resolvers.connection import Edge, Page, Slice, slice_of
from resolvers.declare import Parent, argument, batched
from resolvers.entity import entities_by_id
from resolvers.external_id import OURS, entities_named
from resolvers.paging import decoded, encoded, row_and_place
from resolvers.source import sources_by_id


@dataclass(frozen=True, slots=True)
class RestatementRow:
    """One day of one series, replaced by the epoch `after_epoch`; `after` is None where the day was withdrawn.

    `revision` counts the replacements of that day up to this one.
    """

    series_id: int
    subject_id: int
    metric: Metric
    chain_id: int
    stream: str
    source_id: int
    day: date
    before: Decimal
    after: Decimal | None
    before_epoch: int
    after_epoch: int
    before_known_at: datetime
    after_known_at: datetime
    cause: str
    revision: int

    @property
    def unit(self) -> Unit:
        return MEASURES[self.metric].unit

    @property
    def withdrawn(self) -> bool:
        return self.after is None

    @property
    def difference_pct(self) -> float | None:
        if self.after is None or not self.before:
            return None
        return float((self.after / self.before - 1) * 100)

    @property
    def place(self) -> tuple[int, int, str]:
        return self.after_epoch, self.series_id, self.day.isoformat()


class RestatementKey(NamedTuple):
    """Replaced within (known_after, known_before]; of a protocol by its slug, of some metrics."""

    part: Slice
    known_after: datetime
    known_before: datetime | None
    protocol: str | None
    metrics: tuple[Metric, ...] | None


class Moment(NamedTuple):
    """An epoch as the cause of what it changed."""

    number: int
    published_at: datetime
    sync_run_id: int
    note: str | None

    @property
    def cause(self) -> str:
        return self.note or f"Read anew from its source by sync run {self.sync_run_id}."


async def moments(reader: Reader) -> dict[int, Moment]:
    """Every epoch up to the reader's, pruned ones too. One statement."""
    columns = (epoch.c.epoch, epoch.c.published_at, epoch.c.sync_run_id, epoch.c.note)
    rows = await reader.rows(select(*columns).where(epoch.c.epoch <= reader.epoch).order_by(epoch.c.epoch))
    return {row.epoch: Moment(*row) for row in rows}


async def restatement_pages(reader: Reader, keys: Sequence[RestatementKey]) -> list[Page[RestatementRow]]:
    """A page for each key, its rows in the order of publishing. Two statements, and one for each distinct key."""
    known = await moments(reader)
    slugs = [(OURS, key.protocol) for key in keys if key.protocol is not None]
    protocols = await entities_named(reader, EntityKind.PROTOCOL, slugs) if slugs else {}
    pages = []
    for key in keys:
        subject = protocols.get((OURS, key.protocol), 0) if key.protocol is not None else None
        found = await reader.rows(_replaced(reader, key, subject, _span(known, key)))
        pages.append(_page(reader, key, [_row(each, known) for each in found]))
    return pages


def _span(known: dict[int, Moment], key: RestatementKey) -> list[int]:
    """The epochs published within the key's span."""
    before = key.known_before
    return [
        number
        for number, moment in known.items()
        if moment.published_at > key.known_after and (before is None or moment.published_at <= before)
    ]


def _replaced(reader: Reader, key: RestatementKey, subject: int | None, epochs: Sequence[int]) -> Select[Any]:
    """The versions of days that ended in one of the epochs, with those that took their places."""
    old, new, one = obs.every_version.alias("old"), obs.every_version.alias("new"), reader.live(series)
    same = (new.c.series_id == old.c.series_id) & (new.c.day == old.c.day) & (new.c.valid_from == old.c.valid_to)
    first, last = (epochs[0], epochs[-1]) if epochs else (1, 0)
    columns: list[ColumnElement[Any]] = [old.c.valid_to, old.c.series_id, old.c.day]
    query = (
        select(
            *columns,
            *(one.c[name] for name in ("subject_id", "metric", "chain_id", "stream", "source_id")),
            old.c.value.label("before"),
            new.c.value.label("after"),
            old.c.valid_from,
            old.c.revision,
        )
        .join(one, one.c.series_id == old.c.series_id)
        .outerjoin(new, same)
        .where(old.c.valid_to < FOREVER, old.c.valid_to.between(first, min(last, reader.epoch)))
        .order_by(*(each.desc() if key.part.backwards else each for each in columns))
        .limit(key.part.size + 1)
    )
    if subject is not None:
        query = query.where(one.c.subject_id == subject)
    if key.metrics is not None:
        query = query.where(reader.among(one.c.metric, key.metrics))
    if key.part.cursor is not None:
        number, series_id, day = decoded(key.part.cursor, 3)
        row, place = row_and_place(columns, (number, series_id, date.fromisoformat(str(day))))
        query = query.where(row < place if key.part.backwards else row > place)
    return query


def _row(row: Row[Any], known: dict[int, Moment]) -> RestatementRow:
    measure, after = MEASURES[row.metric], known[row.valid_to]
    return RestatementRow(
        series_id=row.series_id,
        subject_id=row.subject_id,
        metric=row.metric,
        chain_id=row.chain_id,
        stream=row.stream,
        source_id=row.source_id,
        day=row.day,
        before=measure.value(row.before),
        after=None if row.after is None else measure.value(row.after),
        before_epoch=row.valid_from,
        after_epoch=row.valid_to,
        before_known_at=known[row.valid_from].published_at,
        after_known_at=after.published_at,
        cause=after.cause,
        revision=row.revision + 1,
    )


def _page(reader: Reader, key: RestatementKey, rows: Sequence[RestatementRow]) -> Page[RestatementRow]:
    shown = rows[: key.part.size]
    edges = [Edge(encoded(reader.epoch, row.place), row) for row in shown]
    beyond, behind = len(rows) > len(shown), key.part.cursor is not None
    if key.part.backwards:
        return Page(edges[::-1], behind, beyond)
    return Page(edges, beyond, behind)


async def methodology_texts(reader: Reader, keys: Sequence[tuple[int, Metric, int, int]]) -> list[str | None]:
    """What a source said of (protocol, metric, source) at an epoch, in its words. One statement."""
    every = methodology.every_version.c
    query = select(every.protocol_id, every.metric, every.source_id, every.valid_from, every.valid_to, every.text)
    rows = await reader.rows(query.where(reader.among(every.protocol_id, [key[0] for key in keys])))
    return [
        next((row.text for row in rows if row[:3] == key[:3] and row.valid_from <= key[3] < row.valid_to), None)
        for key in keys
    ]


@batched(restatement_pages, at=True)
def resolve_restatements(
    known_after: Annotated[datetime, argument("Replaced after this moment, for example 2026-04-01T00:00:00Z.")],
    known_before: Annotated[
        datetime | None, argument("Replaced at this moment or before; until now if left out.")
    ] = None,
    protocol: Annotated[str | None, argument("Of a protocol, by its slug, for example hyperliquid.")] = None,
    metric: Annotated[list[Metric] | None, argument("Of which metrics, for example [REVENUE].")] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> RestatementKey:
    metrics = None if metric is None else tuple(hashed(metric))
    return RestatementKey(slice_of(first, after, last, before), known_after, known_before, protocol, metrics)


@batched(entities_by_id)
def resolve_subject_of_restatement(row: Parent[RestatementRow]) -> int:
    return row.subject_id


@batched(chains_by_id)
def resolve_chain_of_restatement(row: Parent[RestatementRow]) -> int | None:
    return row.chain_id or None


@batched(sources_by_id)
def resolve_source_of_restatement(row: Parent[RestatementRow]) -> int:
    return row.source_id


@batched(methodology_texts)
def resolve_methodology_before(row: Parent[RestatementRow]) -> tuple[int, Metric, int, int]:
    return row.subject_id, row.metric, row.source_id, row.before_epoch


@batched(methodology_texts)
def resolve_methodology_after(row: Parent[RestatementRow]) -> tuple[int, Metric, int, int]:
    return row.subject_id, row.metric, row.source_id, row.after_epoch
