"""The store: the one place that opens connections, to read at an epoch or to publish the next."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Row,
    Select,
    Subquery,
    bindparam,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import spelled
from models.engine import reading_engine, writing_engine
from models.epoch import AsOf, BeforeFirstEpoch, EpochAmbiguous, EpochNotHere, EpochPruned, Pin, epoch
from models.keys import among, keys
from models.lock import exclusively
from models.publication import Clock, Publication, begin
from models.quality import contested, quality_issue
from models.statement import EPOCH, Draft, Prepared, given_as, prepared
from models.versioned import Added, PerEpoch, Versioned

# In what SQLAlchemy keeps with a pooled connection: the newest epoch that was proved through it.
PROVED = "accrual_epoch"


# Epochs of which a process keeps what they say of themselves.
MOST_ANNOUNCED = 256
# Answers kept to statements that depend on nothing but the epoch.
MOST_STANDING = 64


class Announced(NamedTuple):
    """When an epoch was published, and up to which day each domain is complete, by name.

    `contested`: whether it has series that sources disagree on.
    """

    published_at: datetime
    through: Mapping[str, str]
    contested: bool


@prepared
def _announced(draft: Draft) -> Select[Any]:
    said = (epoch.c.published_at, epoch.c.through, contested(draft.live(quality_issue)))
    return select(*said).where(epoch.c.epoch == bindparam(EPOCH))


Rows: TypeAlias = Sequence[Row[*tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Reader:
    """A short connection pinned to one epoch, for one batch. Each statement is its own transaction."""

    connection: AsyncConnection
    pin: Pin
    announced: dict[int, Announced] = field(default_factory=dict)
    stood: dict[tuple[int, Prepared], Rows] = field(default_factory=dict)

    @property
    def epoch(self) -> int:
        return self.pin.epoch

    @property
    def dialect(self) -> str:
        return self.connection.dialect.name

    def live(self, table: Versioned | Added | PerEpoch) -> Subquery:
        """`table` as it stood at this reader's epoch: the only thing to select from."""
        return table.at(self.epoch)

    def among(self, column: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
        """Whether `column` is one of the ids."""
        return among(self.dialect, column, ids)

    def keys(self, ids: Sequence[int]) -> FromClause:
        """The distinct ids as a table with one column, `value`."""
        return keys(self.dialect, ids)

    async def rows(self, statement: Executable) -> Rows:
        return (await self.connection.execute(statement)).all()

    async def run(self, statement: Prepared, **values: object) -> Rows:
        """The rows of a prepared statement at this reader's epoch, with values for the names in it."""
        given = {name: given_as(self.dialect, value) for name, value in values.items()}
        directly, said = statement.direct(self.connection), {EPOCH: self.epoch, **given}
        if directly is not None:
            return await directly.rows(self.connection, said)
        return (await self.connection.execute(statement.on(self.dialect), said)).all()

    async def announcement(self) -> Announced:
        """What this reader's epoch says of itself. One statement for each epoch and process: it never changes."""
        known = self.announced.get(self.epoch)
        if known is None:
            [row] = await self.run(_announced)
            known = self._note(self.epoch, Announced(*row))
        return known

    async def standing(self, statement: Prepared) -> Rows:
        """The rows of a statement that asks for nothing but the epoch. Run once for each epoch and process."""
        place = self.epoch, statement
        if place not in self.stood:
            rows = await self.run(statement)
            while len(self.stood) >= MOST_STANDING:
                del self.stood[next(iter(self.stood))]
            self.stood[place] = rows
        return self.stood[place]

    def _note(self, number: int, said: Announced) -> Announced:
        while len(self.announced) >= MOST_ANNOUNCED:
            del self.announced[next(iter(self.announced))]
        self.announced[number] = said
        return said

    async def require(self, number: int) -> None:
        """Prove that epoch `number` can be read through this connection; raises EpochError.

        On a replica this is what tells an epoch that has not arrived from one without changes. A connection proves
        its newest epoch once: what has arrived stays, and an epoch is not pruned while it is the newest.
        """
        proved: int | None = self.connection.info.get(PROVED)
        if number != proved:
            await self._prove(number)
            self.connection.info[PROVED] = max(number, proved or number)

    async def _prove(self, number: int) -> None:
        said = (epoch.c.published_at, epoch.c.through, contested(quality_issue.at(number)))
        proof = select(epoch.c.retained, *said).where(epoch.c.epoch == number)
        row = (await self.connection.execute(proof)).one_or_none()
        found = row.retained if row else None
        if row and found:
            self._note(number, Announced(row.published_at, row.through, row.contested))
            return
        if found is None and number > 0:
            raise EpochNotHere(f"epoch {number} is not published here")
        raise EpochPruned(f"epoch {number} was pruned") if number > 0 else BeforeFirstEpoch("epochs begin at 1")


class Store:
    """An epoch store on SQLite (a file) or PostgreSQL, opened once per process.

    `statement_seconds`: how long a statement may read, for ever if None.
    """

    def __init__(self, url: str, statement_seconds: float | None = None) -> None:
        self.url = make_url(url)
        if self.url.get_backend_name() == "sqlite" and self.url.database in (None, "", ":memory:"):
            raise ValueError("a store needs a file: readers and the writer are different connections")
        self.readers = reading_engine(self.url, statement_seconds)
        self.writer = writing_engine(self.url)
        self._announced: dict[int, Announced] = {}
        self._stood: dict[tuple[int, Prepared], Rows] = {}

    @asynccontextmanager
    async def reading(self, pin: Pin | None = None) -> AsyncGenerator[Reader, None]:
        """A Reader at a pin (the newest epoch when None), proved by one statement; raises EpochError."""
        async with self.readers.connect() as connection:
            if pin is None:
                yield Reader(connection, Pin(await _newest(connection)), self._announced, self._stood)
            else:
                reader = Reader(connection, pin, self._announced, self._stood)
                await reader.require(pin.epoch)
                yield reader

    @asynccontextmanager
    async def publishing(self, clock: Clock | None = None) -> AsyncGenerator[Publication, None]:
        """The next epoch in the making, cleaned of what a killed one left; raises Locked.

        An error inside is recorded and raised again, and nothing becomes visible. `clock`: asked instead of the
        database's.
        """
        async with self.writer.connect() as connection, exclusively(connection):
            publication = await begin(connection, clock)
            try:
                yield publication
            except Exception as error:
                # A store that is full or gone can't write it down either; what it died of is raised.
                with suppress(DBAPIError, OSError):
                    await publication.fail(error)
                raise

    async def current(self) -> int:
        """The newest epoch; raises BeforeFirstEpoch while nothing is published."""
        async with self.readers.connect() as connection:
            return await _newest(connection)

    async def resolve(self, at: AsOf | None = None) -> Pin:
        """What `at` means, the newest epoch for None; raises EpochError, never answers the nearest."""
        async with self.readers.connect() as connection:
            if at is None:
                return Pin(await _newest(connection))
            pin = Pin(await _number(connection, at), at.day)
            await Reader(connection, pin).require(pin.epoch)
            return pin

    async def close(self) -> None:
        await self.readers.dispose()
        await self.writer.dispose()


async def _newest(connection: AsyncConnection) -> int:
    newest: int | None = await connection.scalar(select(func.max(epoch.c.epoch)))
    if newest is None:
        raise BeforeFirstEpoch("nothing is published yet")
    return newest


async def _number(connection: AsyncConnection, at: AsOf) -> int:
    if at.epoch is not None and at.known_at is not None:
        raise EpochAmbiguous("say either an epoch or a moment")
    if at.epoch is not None:
        return at.epoch
    if at.known_at is None:
        return await _newest(connection)
    published = select(func.max(epoch.c.epoch)).where(epoch.c.published_at <= at.known_at)
    number: int | None = await connection.scalar(published)
    if number is None:
        raise BeforeFirstEpoch(await _before_first(connection, at.known_at))
    return number


async def _before_first(connection: AsyncConnection, moment: datetime) -> str:
    """In words: what the oldest epoch is, so that the next question can be right."""
    oldest = (await connection.execute(select(epoch.c.epoch, epoch.c.published_at).order_by(epoch.c.epoch))).first()
    known = f"; the oldest epoch is {oldest.epoch}, of {spelled(oldest.published_at)}" if oldest else ""
    return f"nothing was known at {spelled(moment)}{known}"
