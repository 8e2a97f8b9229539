"""What a store says at an epoch, read from its rows alone: nothing here shares code with packs or rollups."""

from datetime import date

from sqlalchemy import func, select

from models import epoch, external_id, obs, protocol, series, source
from models.epoch import Pin
from models.observation import pack
from models.pack import Year
from models.publication import VERSIONED
from models.store import Store
from models.versioned import Versioned
from models.vocabulary import Metric

Said = dict[tuple[str, Metric], dict[date, int]]


async def said(store: Store, at: int | None = None, source_slug: str | None = None) -> Said:
    """The values of each (protocol or other own name, metric) by day, over all chains."""
    async with store.reading(None if at is None else Pin(at)) as reader:
        live, one, name, who = (reader.live(table) for table in (obs, series, external_id, source))
        query = (
            select(name.c.value, one.c.metric, live.c.day, live.c.value)
            .join_from(live, one, one.c.series_id == live.c.series_id)
            .join(name, (name.c.entity_id == one.c.subject_id) & (name.c.system == "accrual"))
            .join(who, who.c.source_id == one.c.source_id)
            .where(one.c.chain_id == 0, name.c.last_day.is_(None))
        )
        if source_slug is not None:
            query = query.where(who.c.slug == source_slug)
        found: Said = {}
        for slug, metric, day, value in await reader.rows(query):
            found.setdefault((slug, metric), {})[day] = value
        return found


async def rows_of(store: Store, table: Versioned, at: int | None = None) -> list[dict[str, object]]:
    """The live rows of a table."""
    async with store.reading(None if at is None else Pin(at)) as reader:
        return [dict(row._mapping) for row in await reader.rows(reader.live(table).select())]


async def ids_by_slug(store: Store, at: int | None = None) -> dict[str, int]:
    return {str(row["slug"]): int(str(row["protocol_id"])) for row in await rows_of(store, protocol, at)}


async def observed(store: Store, at: int) -> dict[tuple[int, int], tuple[int, int]]:
    """(series, ordinal of the day) → (value, revision), by the rows."""
    return {
        (row["series_id"], row["day"].toordinal()): (row["value"], row["revision"])  # type: ignore[index, misc, attr-defined]
        for row in await rows_of(store, obs, at)
    }


async def packed(store: Store, at: int) -> dict[tuple[int, int], tuple[int, int]]:
    """The same by the packs."""
    found = {}
    for row in await rows_of(store, pack, at):
        for ordinal, value, revision in Year.unpacked(row["year"], row["days"]).known():  # type: ignore[arg-type]
            found[row["series_id"], ordinal] = (value, revision)
    return found  # type: ignore[return-value]


async def through(store: Store, at: int) -> dict[str, str]:
    async with store.readers.connect() as connection:
        days: dict[str, str] = (
            await connection.execute(select(epoch.c.through).where(epoch.c.epoch == at))
        ).scalar_one()
        return days


async def unseen(store: Store) -> int:
    """Rows that only an epoch to come would show."""
    newest = await store.current()
    async with store.readers.connect() as connection:
        tables = [versioned.every_version for versioned in VERSIONED]
        counts = [select(func.count()).select_from(t).where(t.c.valid_from > newest) for t in tables]
        return sum([(await connection.execute(count)).scalar_one() for count in counts])
