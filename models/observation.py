"""Observations: what a series was on a day. `obs` is the record, `pack` the form it is read in.

On PostgreSQL `obs` is partitioned by quarter and each partition is made before rows are written to it; there is
no default partition, because a default has to be locked and scanned for every partition attached.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import Code, Day, metadata
from models.versioned import Added, versioned
from models.vocabulary import Interval, Metric

# A series is identity and never changes. `subject_id` is an entity; `chain_id` 0 is all chains together and
# `stream` '' all streams together. A MONTH series has one value a month, kept on the month's last day.
series = Added(
    Table(
        "series",
        metadata,
        Column("series_id", Integer, primary_key=True, autoincrement=False),
        Column("subject_id", Integer, nullable=False),
        Column("metric", Code(Metric), nullable=False),
        Column("chain_id", Integer, nullable=False),
        Column("stream", Text, nullable=False),
        Column("source_id", Integer, nullable=False),
        Column("interval", Code(Interval), nullable=False),
        Column("since", Integer, nullable=False, index=True),
        UniqueConstraint("subject_id", "metric", "chain_id", "stream", "source_id", "interval"),
    )
)

# `value` is an integer of 10^-decimals of the metric's unit (models.metric). `revision` counts how often the
# number of that day was replaced before.
obs = versioned(
    "obs",
    Column("series_id", Integer, nullable=False, autoincrement=False),
    Column("day", Day, nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("revision", SmallInteger, nullable=False),
    key=("series_id", "day"),
    bulk=True,
    postgresql_partition_by="RANGE (day)",
    sqlite_with_rowid=False,
)

# One year of a series (models.pack).
pack = versioned(
    "obs_pack",
    Column("series_id", Integer, nullable=False, autoincrement=False),
    Column("year", SmallInteger, nullable=False, autoincrement=False),
    Column("days", LargeBinary, nullable=False),
    key=("series_id", "year"),
    covering=False,
)

# Rows are written in the order of epochs, so a BRIN of a few pages finds one epoch's among millions. SQLite
# has none; there the bulk of the first load is left out of the index.
Index(
    None,
    obs.every_version.c.valid_from,
    postgresql_using="brin",
    postgresql_with={"pages_per_range": 32},
    sqlite_where=text("valid_from > 1"),
)


def quarter_of(day: date) -> tuple[date, date]:
    """First day of the quarter `day` is in, and of the one after."""
    month = day.month - (day.month - 1) % 3
    after = date(day.year + (month == 10), (month + 3) % 12, 1)
    return date(day.year, month, 1), after


def quarters_between(first: date, last: date) -> Iterator[date]:
    """The first day of each quarter from that of `first` to that of `last`."""
    day, _ = quarter_of(first)
    while day <= last:
        yield day
        _, day = quarter_of(day)


def partition_of(first: date) -> str:
    """The name of the partition whose quarter begins on `first`."""
    return f"obs_{first.year}q{(first.month + 2) // 3}"


async def make_partitions(connection: AsyncConnection, days: Iterable[date]) -> None:
    """Make the missing partitions for `days`. Nothing to do on SQLite.

    Created apart and then attached: this way readers are not locked out, as CREATE … PARTITION OF would.
    """
    if connection.dialect.name != "postgresql":
        return
    for first, after in sorted({quarter_of(day) for day in days}):
        name = partition_of(first)
        if await connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is None:
            await connection.execute(text(f"CREATE TABLE {name} (LIKE obs INCLUDING ALL)"))
            bounds = f"FROM ('{first}') TO ('{after}')"
            await connection.execute(text(f"ALTER TABLE obs ATTACH PARTITION {name} FOR VALUES {bounds}"))
