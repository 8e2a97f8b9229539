"""Sources: who says numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import FromClause, func, select

from models.epoch import SUCCESSES, epoch, sync_run, sync_source
from models.observation import series
from models.source import source
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
    """When each was last read: by the newest run that read it by name, else with the epoch it came on record. Two."""
    table = source.every_version
    came = (
        select(table.c.source_id, func.max(table.c.slug), func.min(epoch.c.published_at))
        .join(epoch, epoch.c.epoch == table.c.valid_from)
        .where(reader.among(table.c.source_id, ids), table.c.valid_from <= reader.epoch)
        .group_by(table.c.source_id)
    )
    known = {id_: (slug, at) for id_, slug, at in await reader.rows(came)}
    read = (
        select(sync_source.c.source, func.max(sync_run.c.finished_at))
        .join(sync_run, sync_run.c.sync_run_id == sync_source.c.sync_run_id)
        .where(sync_source.c.source.in_([slug for slug, _ in known.values()]), sync_source.c.status.in_(SUCCESSES))
        .where(sync_run.c.epoch.is_(None) | (sync_run.c.epoch <= reader.epoch))
        .group_by(sync_source.c.source)
    )
    runs = {slug: at for slug, at in await reader.rows(read)}  # noqa: C416
    return [runs.get(known[id_][0]) or known[id_][1] if id_ in known else None for id_ in ids]


def source_columns(live: FromClause) -> list[Any]:
    """In the order of SourceRow."""
    return [live.c[name] for name in ("source_id", "slug", "name", "method", "url", "licence", "precedence")]


@batched(retrievals_by_source)
def resolve_retrieved_at(row: Parent[SourceRow]) -> int:
    return row.number
