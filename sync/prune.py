"""Thin out old epochs: what a reader can ask for, and then the versions nobody can see."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, exists, select, update

from models.epoch import epoch
from models.publication import VERSIONED, Publication
from models.rollup import rollup
from models.store import Store
from models.versioned import FOREVER, Versioned


@dataclass(frozen=True, slots=True)
class Retention:
    """Keep each epoch for `every`, then the last of each day; rollups for the newest `rollups` epochs."""

    every: timedelta = timedelta(days=7)
    rollups: int = 30

    def drops(self, published: list[tuple[int, datetime]], now: datetime) -> list[int]:
        """Which of the (epoch, moment) in order are given up; never the newest."""
        last_of_day: dict[date, int] = {moment.date(): number for number, moment in published}
        return [
            number
            for number, moment in published[:-1]
            if moment < now - self.every and last_of_day[moment.date()] != number
        ]


# Longer than any batch: a read that was proved just before its epoch is marked still finds its rows.
GRACE = 5.0


async def prune(store: Store, retention: Retention, now: datetime, grace: float = GRACE) -> list[int]:
    """Give up epochs by `retention`; returns those marked this time. Raises Locked."""
    async with store.publishing() as publication:
        dropped = await _mark(publication, retention, now)
        await asyncio.sleep(grace if dropped else 0)
        for versioned in VERSIONED:
            await _sweep(publication, versioned)
        async with publication.transaction() as connection:
            old = rollup.every_version.c.epoch <= publication.base - retention.rollups
            await connection.execute(delete(rollup.every_version).where(old))
        await publication.finish("pruned")
        return dropped


async def _mark(publication: Publication, retention: Retention, now: datetime) -> list[int]:
    async with publication.transaction() as connection:
        query = select(epoch.c.epoch, epoch.c.published_at).where(epoch.c.retained).order_by(epoch.c.epoch)
        published = [(number, moment) for number, moment in await connection.execute(query)]
        dropped = retention.drops(published, now)
        if dropped:
            await connection.execute(update(epoch).where(epoch.c.epoch.in_(dropped)).values(retained=False))
        return dropped


async def _sweep(publication: Publication, versioned: Versioned) -> None:
    """Delete the versions of a table that no retained epoch sees."""
    table = versioned.every_version
    seen = exists().where(epoch.c.retained, epoch.c.epoch >= table.c.valid_from, epoch.c.epoch < table.c.valid_to)
    async with publication.transaction() as connection:
        await connection.execute(delete(table).where(table.c.valid_to < FOREVER, ~seen))
