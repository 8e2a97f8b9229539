"""Epochs and how fresh they are."""

import datetime

import strawberry

from graph.cost import ListSize
from graph.edition import Deprecation, resolve_deprecations, resolve_schema_sha, resolve_schema_version
from graph.fields import described, resolved_by
from graph.source import Source
from models.vocabulary import Domain
from resolvers.epoch import resolve_source_of_health


@strawberry.type(description="Up to which day a kind of data is complete.")
class DataThrough:
    domain: Domain = described("Which data.")
    day: datetime.date = described("The last complete UTC day: where windows over it end.")


@strawberry.type(description="What an epoch changed in a table.")
class TableChanges:
    table: str = described("Which table, for example protocol.")
    what: str = described("What happened to the rows, for example new.")
    count: int = described("How many rows.")


@strawberry.type(description="One publication of everything that is known. What was answered at it is answered again.")
class Epoch:
    number: int = described("Counted from 1; pass it as `at: {epoch: 1}`.")
    published_at: datetime.datetime = described("When it was published, in UTC.")
    through: list[DataThrough] = described("Up to which day each kind of data is complete.")
    recorded: bool = described("Whether its moment is that of a recording and not of this server's clock.")
    retained: bool = described("Whether it can still be read.")
    note: str | None = described("What is to be said of it, for example what was recorded.")
    stats: list[TableChanges] = described("What it changed.", ListSize(assumed_size=20))


@strawberry.type(description="How a source fared when it was last asked.")
class SourceHealth:
    name: str = described("Which source, for example defillama.")
    status: str = described(
        "How the last run ended: published, unchanged, failed or skipped; never_run before any asked it."
    )
    last_run_at: datetime.datetime | None = described("When it was last asked, in UTC; null if never.")
    last_success_at: datetime.datetime | None = described("When it was last read, in UTC; null if never.")
    lag_seconds: int | None = described(
        "Seconds from its last success until now; null if it never had one, and for the bundled data, which is not "
        "read again."
    )
    last_error: str | None = described("What went wrong in the last run; null if nothing.")
    skipped_because: str | None = described("Why it was left out or never asked, for example a missing key.")
    fetched: int = described("How many facts the last run read.")
    new: int = described("How many of them were new.")
    restated: int = described("How many replaced another value.")
    withdrawn: int = described("How many took a value away.")
    source: Source | None = resolved_by(
        resolve_source_of_health, "The publisher of that name; null where it reads several, as the bundled data does."
    )
    rejected: int = described("How many were refused, with their reasons kept.")


@strawberry.type(description="What is being answered from, and how fresh it is.")
class Meta:
    epoch: Epoch = described("The epoch that this answer is from.")
    oldest_epoch: Epoch = described("The oldest epoch that can still be read.")
    data_through: list[DataThrough] = described("Up to which day each kind of data is complete.")
    last_sync_at: datetime.datetime | None = described(
        "When any upstream was last asked, in UTC; null if never. The bundled data asks none."
    )
    next_sync_at: datetime.datetime | None = described(
        "When the process that repeats the sync means to run it next, in UTC; null if none does. It may have ended "
        "since: then this is past."
    )
    snapshot: strawberry.ID = described("The number of the epoch: what is answered at it never changes.")
    last_ingest_at: datetime.datetime | None = described("The same as `lastSyncAt`.")
    next_ingest_at: datetime.datetime | None = described("The same as `nextSyncAt`.")
    oldest_known_at: datetime.datetime = described("When the oldest epoch that can still be read was published.")
    schema_version: str = resolved_by(resolve_schema_version, "Version of the release that answers, for example 0.1.0.")
    schema_sha: str = resolved_by(resolve_schema_sha, "SHA-256 of the schema's text, as `accrual schema` prints it.")
    deprecations: list[Deprecation] = resolved_by(resolve_deprecations, "What of the schema is on the way out.")
    sources: list[SourceHealth] = described("How each source fared, by name.")
