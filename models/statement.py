"""Statements built once per engine and run with values: to build one costs more than most of them take to run."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Executable,
    FromClause,
    Integer,
    Subquery,
    Text,
    any_,
    bindparam,
    column,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from models.direct import Direct, direct, is_heard
from models.versioned import Added, PerEpoch, Versioned

EPOCH = "epoch"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a statement is built from: like a reader, with names where a reader has values."""

    dialect: str

    def live(self, table: Versioned | Added | PerEpoch) -> Subquery:
        """`table` as it stood at the epoch of whoever runs the statement."""
        return table.at(bindparam(EPOCH, type_=Integer))

    def among(self, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        """Whether `column` is in the list given under that name. Not a join: see models.keys."""
        kind = Text if isinstance(column.type, Text) else Integer
        if self.dialect == "postgresql":
            return column == any_(bindparam(name, type_=ARRAY(kind)))
        return column.in_(select(self.listed(name, kind).c.value))

    def listed(self, name: str, kind: type[TypeEngine[Any]] = Integer) -> FromClause:
        """The list given under that name, each of it once, as a table with one column, `value`."""
        if self.dialect == "postgresql":
            given = func.unnest(bindparam(name, type_=ARRAY(kind)))
            return given.table_valued(column("value", kind)).render_derived(name=name)
        return func.json_each(bindparam(name, type_=Text)).table_valued(column("value", kind), name=name)


def given_as(dialect: str, value: object) -> object:
    """A value as a statement takes it: a list as one parameter, each of it once."""
    if not isinstance(value, list):
        return value
    distinct = list(dict.fromkeys(value))
    return distinct if dialect == "postgresql" else json.dumps(distinct)


Build: TypeAlias = Callable[[Draft], Executable]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A statement that is built when an engine first runs it. Each is itself alone: what it asks is in its code."""

    build: Build
    _built: dict[str, Executable] = field(default_factory=dict[str, Executable])
    _direct: dict[str, Direct | None] = field(default_factory=dict[str, "Direct | None"])

    def on(self, dialect: str) -> Executable:
        if dialect not in self._built:
            self._built[dialect] = self.build(Draft(dialect))
        return self._built[dialect]

    def direct(self, connection: AsyncConnection) -> Direct | None:
        """How to run it on the driver itself, None where SQLAlchemy has to."""
        dialect = connection.dialect.name
        if dialect not in self._direct:
            self._direct[dialect] = direct(self.on(dialect), connection)
        return None if is_heard(connection) else self._direct[dialect]


def prepared(build: Build) -> Prepared:
    """Decorates a function that builds a statement; `Reader.run` runs it."""
    return Prepared(build)
