"""What each key uses: counted in memory, added to the store every few seconds."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.caller import key_usage
from models.store import Store
from resolvers.caller import Caller

log = structlog.get_logger(__name__)

EVERY_SECONDS = 10.0


@dataclass(slots=True)
class Used:
    """What a key used on one day since the last time it was stored."""

    requests: int = 0
    refused: int = 0
    points: int = 0


class Usage:
    """Counts, and stores what it counted."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._used: dict[tuple[str, date], Used] = {}

    def count(self, caller: Caller, points: int, refused: bool = False, requests: int = 1) -> None:
        """A request of a caller with a key; `requests` 0: more points of one that was counted before."""
        if caller.key_id is None:
            return
        used = self._used.setdefault((caller.key_id, datetime.now(UTC).date()), Used())
        used.requests += requests
        used.refused += refused
        used.points += points

    async def store_forever(self) -> None:
        """Until it is cancelled; a store that is away keeps the counts for the next time."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await self.store_now()

    async def store_now(self) -> None:
        taken, self._used = self._used, {}
        if not taken:
            return
        try:
            async with self.store.writer.begin() as connection:
                await _add(connection, taken)
        except (DBAPIError, OSError):
            log.warning("usage could not be stored yet", keys=len(taken))
            for place, used in taken.items():
                kept = self._used.setdefault(place, Used())
                kept.requests += used.requests
                kept.refused += used.refused
                kept.points += used.points


async def _add(connection: AsyncConnection, taken: Mapping[tuple[str, date], Used]) -> None:
    # The same in both dialects, and in neither of SQLAlchemy's common constructs.
    insert: Any = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    adding = insert(key_usage)
    counts = ("requests", "refused", "points")
    added = {name: key_usage.c[name] + adding.excluded[name] for name in counts}
    rows = [
        {"key_id": key_id, "day": day, **{name: getattr(used, name) for name in counts}}
        for (key_id, day), used in sorted(taken.items(), key=lambda item: item[0])
    ]
    await connection.execute(adding.on_conflict_do_update(index_elements=["key_id", "day"], set_=added), rows)
