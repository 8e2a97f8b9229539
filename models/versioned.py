"""Tables that answer only at an epoch.

A module of this package exports such a wrapper, never the `Table` inside. It can't be selected from, so a
query names an epoch (`at`, or `Reader.live`) or says aloud that it wants `every_version`.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    FromClause,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Subquery,
    Table,
    and_,
    literal_column,
    select,
    text,
)
from sqlalchemy.schema import SchemaItem

from models.base import metadata

# Written into the SQL and never bound: neither planner uses a partial index whose predicate it has to
# prove from a parameter.
FOREVER = literal_column("2147483647", Integer)
FIRST = literal_column("1", Integer)

Epoch: TypeAlias = int | ColumnElement[int]
"""The number of an epoch, or the parameter of a statement that will have it."""


@dataclass(frozen=True, slots=True)
class Versioned:
    """Rows as versions: visible at every epoch E with valid_from <= E < valid_to.

    `key` is the natural key; `id_`, where there is one, the number a new key is given and keeps.
    """

    every_version: Table
    key: tuple[str, ...]
    id_: str | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns that, with valid_from, are the primary key."""
        return (self.id_,) if self.id_ else self.key

    @property
    def values(self) -> tuple[str, ...]:
        """The columns that make two versions different."""
        fixed = {"valid_from", "valid_to", self.id_, *self.key}
        return tuple(column.name for column in self.every_version.c if column.name not in fixed)

    def at(self, epoch: Epoch) -> Subquery:
        """The rows as published at `epoch`, without the columns of the versioning."""
        return _subquery(self.every_version, visible(self.every_version, epoch), "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Added:
    """Rows that never change once there: visible from epoch `since` on."""

    every_version: Table

    def at(self, epoch: Epoch) -> Subquery:
        return _subquery(self.every_version, self.every_version.c.since <= epoch, "since")


@dataclass(frozen=True, slots=True)
class PerEpoch:
    """Rows derived anew for each epoch, and kept for the newest few."""

    every_version: Table

    def at(self, epoch: Epoch) -> Subquery:
        return _subquery(self.every_version, self.every_version.c.epoch == epoch, "epoch")


def versioned(
    name: str,
    *parts: SchemaItem,
    key: tuple[str, ...],
    id_: str | None = None,
    unique: tuple[str, ...] = (),
    covering: bool = True,
    bulk: bool = False,
    **options: Any,
) -> Versioned:
    """Declare a versioned table from its own columns; the versioning is added to them.

    `unique`: more columns that only one newest version may have a value of. `covering`: the primary key also
    holds the values, where there is no `id_`. `bulk`: the table indexes `valid_from` in its own way.
    """
    table = Table(
        name,
        metadata,
        *parts,
        Column("valid_from", Integer, nullable=False),
        Column("valid_to", Integer, nullable=False, server_default=text("2147483647")),
        CheckConstraint("valid_from < valid_to", name="order"),
        **options,
    )
    wrapper = Versioned(table, key, id_)
    covered = ["valid_to", *wrapper.values] if id_ is None and covering else []
    table.append_constraint(PrimaryKeyConstraint(*wrapper.identity, "valid_from", postgresql_include=covered or None))
    closed = table.c.valid_to < FOREVER
    Index(None, table.c.valid_to, postgresql_where=closed, sqlite_where=closed)
    if not bulk:
        Index(None, table.c.valid_from)
    newest = table.c.valid_to == FOREVER
    for columns in (*([key] if id_ else []), *((column,) for column in unique)):
        named = [table.c[column] for column in columns]
        Index(None, *named, unique=True, postgresql_where=newest, sqlite_where=newest)
    return wrapper


def visible(table: FromClause, epoch: Epoch) -> ColumnElement[bool]:
    """The one predicate of this store."""
    return and_(table.c.valid_from <= epoch, table.c.valid_to > epoch)


def newer(column: ColumnElement[int], epoch: int) -> ColumnElement[bool]:
    """`column > epoch`, in the form that SQLite's partial index on it (`> 1`) can serve."""
    return and_(column > epoch, column > FIRST) if epoch else column > epoch


def _subquery(table: Table, condition: ColumnElement[bool], *hidden: str) -> Subquery:
    columns = [column for column in table.c if column.name not in hidden]
    return select(*columns).where(condition).subquery()
