"""Epochs, the runs that publish them, and what a run refused."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, Table, Text, true

from models.base import Instant, Structure, metadata

# SQLite numbers rows by itself only in a column of exactly INTEGER.
Serial = BigInteger().with_variant(Integer(), "sqlite")

# `through` is the last complete day of each domain, by name: where windows end. `recorded` marks an epoch whose
# moment is that of a recording, not of this store's clock. `stats` are the counts per table.
epoch = Table(
    "epoch",
    metadata,
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("published_at", Instant, nullable=False),
    Column("through", Structure, nullable=False),
    Column("sync_run_id", BigInteger, nullable=False),
    Column("retained", Boolean, nullable=False, server_default=true()),
    Column("recorded", Boolean, nullable=False),
    Column("stats", Structure, nullable=False),
    Column("note", Text),
)

# `next_at`: when the process that made the run means to make the next, NULL where it makes one alone.
sync_run = Table(
    "sync_run",
    metadata,
    Column("sync_run_id", Serial, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("status", Text, nullable=False),
    Column("error", Text),
    Column("epoch", Integer),
    Column("next_at", Instant),
)

# What the bundled data is written down as, for whose sake no upstream is asked.
BUNDLED = "bundled"

# What a source is written down as after a run that read it.
SUCCESSES = ("published", "unchanged")
# Of an upstream that the store was told of and no sync has asked.
NEVER_RUN = "never_run"

# What one source did in a run. `status`: published, unchanged, failed, skipped, never_run.
sync_source = Table(
    "sync_source",
    metadata,
    Column("sync_run_id", BigInteger, primary_key=True, autoincrement=False),
    Column("source", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("fetched", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("restated", Integer, nullable=False),
    Column("withdrawn", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("error", Text),
    Column("skipped_because", Text),
)

rejected_fact = Table(
    "rejected_fact",
    metadata,
    Column("rejected_fact_id", Serial, primary_key=True),
    Column("sync_run_id", BigInteger, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("fact", Structure, nullable=False),
)


# Without slots: the schema reads the defaults of an input off its class.
@dataclass(frozen=True)
class AsOf:
    """Which epoch to read (by number, or the newest one published at or before a moment) and the day windows end on.

    All None: the newest epoch, windows ending on its last complete day.
    """

    day: date | None = None
    epoch: int | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """What a read is pinned to: one epoch, and the day its windows end on where that is not the last complete one."""

    epoch: int
    day: date | None = None


class EpochError(Exception):
    """A demand for an epoch that can't be read; `code` is for clients."""

    code = "EPOCH"


class BeforeFirstEpoch(EpochError):
    """Nothing was known then."""

    code = "BEFORE_FIRST_EPOCH"


class EpochPruned(EpochError):
    """It was published, and its rows are gone."""

    code = "EPOCH_PRUNED"


class EpochNotHere(EpochError):
    """It isn't published, or this replica has not got it yet."""

    code = "EPOCH_NOT_PUBLISHED"


class EpochAmbiguous(EpochError):
    """Both an epoch and a moment were named."""

    code = "BAD_USER_INPUT"
