"""Sources: who says numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause, select

from models.observation import series
from models.source import source
from models.store import Reader
from models.vocabulary import ObservationMethod


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


def source_columns(live: FromClause) -> list[Any]:
    """In the order of SourceRow."""
    return [live.c[name] for name in ("source_id", "slug", "name", "method", "url", "licence", "precedence")]
