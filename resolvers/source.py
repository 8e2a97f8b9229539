"""Sources: who says numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Select, bindparam, func, select, union_all

from models.epoch import SUCCESSES, epoch, sync_run, sync_source
from models.observation import pack, series
from models.publication import VERSIONED
from models.source import source
from models.statement import EPOCH, Draft, prepared
from models.store import Reader
from models.vocabulary import ObservationMethod
from resolvers.declare import Parent, batched
from resolvers.identity import global_id

TYPE = "Source"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A publisher; of several that report a number the one of the lowest `precedence` is answered."""

    number: int
    slug: str
    name: str
    method: ObservationMethod
    url: str | None
    licence: str | None
    precedence: int

    @property
    def id(self) -> str:
        return global_id(TYPE, self.number)

    @property
    def kind(self) -> ObservationMethod:
        return self.method


async def sources_by_series(reader: Reader, ids: Sequence[int]) -> list[SourceRow | None]:
    """Whose series each is. One statement."""
    known, live = reader.live(series), reader.live(source)
    query = select(known.c.series_id, *source_columns(live)).join(live, live.c.source_id == known.c.source_id)
    rows = await reader.rows(query.where(reader.among(known.c.series_id, ids)))
    found = {id_: SourceRow(*rest) for id_, *rest in rows}
    return [found.get(id_) for id_ in ids]


async def sources_by_id(reader: Reader, ids: Sequence[int]) -> list[SourceRow | None]:
    """One statement."""
    live = reader.live(source)
    rows = await reader.rows(select(*source_columns(live)).where(reader.among(live.c.source_id, ids)))
    found = {row[0]: SourceRow(*row) for row in rows}
    return [found.get(id_) for id_ in ids]


async def sources_by_slug(reader: Reader, slugs: Sequence[str]) -> list[SourceRow | None]:
    """One statement."""
    live = reader.live(source)
    rows = await reader.rows(select(*source_columns(live)).where(live.c.slug.in_(sorted(set(slugs)))))
    found = {row.slug: SourceRow(*row) for row in rows}
    return [found.get(slug) for slug in slugs]


async def retrievals_by_source(reader: Reader, ids: Sequence[int]) -> list[datetime | None]:
    """The later of when the newest run that reads it by name ended, and of the epoch at which what we quote of it
    last came on record; None where nothing did. Two statements, one of them once for each epoch and process.
    """
    recorded = {id_: (slug, at) for id_, slug, at in await reader.standing(_recorded)}
    slugs = {slug for id_ in ids if (slug := recorded.get(id_, (None, None))[0])}
    read = (
        select(sync_source.c.source, func.max(sync_run.c.finished_at))
        .join(sync_run, sync_run.c.sync_run_id == sync_source.c.sync_run_id)
        .where(sync_source.c.source.in_(sorted(slugs)), sync_source.c.status.in_(SUCCESSES))
        .where(sync_run.c.epoch.is_(None) | (sync_run.c.epoch <= reader.epoch))
        .group_by(sync_source.c.source)
    )
    runs = {slug: at for slug, at in await reader.rows(read)}  # noqa: C416
    return [_later(recorded[id_][1], runs.get(recorded[id_][0])) if id_ in recorded else None for id_ in ids]


@prepared
def _recorded(draft: Draft) -> Select[Any]:
    """Each source as it is now called, and when the newest of its rows came on record."""
    now, packs = bindparam(EPOCH, type_=Integer), pack.every_version
    known, live = draft.live(series), draft.live(source)
    owned = [each.every_version for each in VERSIONED if each is not source and "source_id" in each.every_version.c]
    rows = [
        *(_newest(table.c.source_id, table.c.valid_from).where(table.c.valid_from <= now) for table in owned),
        _newest(known.c.source_id, packs.c.valid_from)
        .join_from(known, packs, packs.c.series_id == known.c.series_id)
        .where(packs.c.valid_from <= now),
    ]
    each = union_all(*rows).subquery()
    newest = _newest(each.c.source_id, each.c.epoch).subquery()
    return (
        select(live.c.source_id, live.c.slug, epoch.c.published_at)
        .outerjoin(newest, newest.c.source_id == live.c.source_id)
        .outerjoin(epoch, epoch.c.epoch == newest.c.epoch)
    )


def _newest(owner: ColumnElement[int], number: ColumnElement[int]) -> Select[int, int]:
    return select(owner.label("source_id"), func.max(number).label("epoch")).group_by(owner)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((each for each in (one, other) if each), default=None)


def source_columns(live: FromClause) -> list[Any]:
    """In the order of SourceRow."""
    return [live.c[name] for name in ("source_id", "slug", "name", "method", "url", "licence", "precedence")]


@batched(retrievals_by_source)
def resolve_retrieved_at(row: Parent[SourceRow]) -> int:
    return row.number
