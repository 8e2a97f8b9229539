"""Prepared statements on PostgreSQL itself: text that SQLAlchemy made once, without what it does at each run."""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from asyncpg import InterfaceError, InternalClientError, PostgresError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

Process: TypeAlias = Callable[[Any], Any]

# What SQLAlchemy takes for an error of the database; an OSError it lets through.
FAILURES = (PostgresError, InterfaceError, InternalClientError)

_row: Any = namedtuple


@dataclass(slots=True)
class Direct:
    """A statement's text, the names of its values in their order, and what makes of each what the driver takes.

    `fixed` are values that stand in the statement itself, `types` those of its columns. `reading` is found when it
    first runs: by column, what makes a value of what the driver gives for the type that the database names.
    """

    text: str
    names: Sequence[str]
    binding: Mapping[str, Process]
    fixed: Mapping[str, Any]
    types: Sequence[Any]
    row: Callable[[Sequence[Any]], Any]
    reading: list[tuple[int, Process]] | None = field(default=None)

    async def rows(self, connection: AsyncConnection, values: Mapping[str, Any]) -> Sequence[Any]:
        """Named tuples; raises DBAPIError and OSError as SQLAlchemy does."""
        parameters, driver = self._parameters({**self.fixed, **values}), _driver(connection)
        try:
            # Where the schema changed since a connection prepared the text, the driver prepares it once more.
            records = await driver.fetch(self.text, *parameters)
            if self.reading is None:
                self.reading = self._found(connection, await driver.prepare(self.text))
        except BaseException as error:
            await _dropped(connection, driver, error)
            if isinstance(error, FAILURES):
                raise DBAPIError(self.text, None, error, connection_invalidated=connection.invalidated) from error
            raise
        return self._read(records, self.reading)

    def _parameters(self, given: Mapping[str, Any]) -> list[Any]:
        binding = self.binding
        return [binding[name](given[name]) if name in binding else given[name] for name in self.names]

    def _found(self, connection: AsyncConnection, statement: Any) -> list[tuple[int, Process]]:
        dialect = connection.dialect
        found = [
            type_._cached_result_processor(dialect, attribute.type.oid)
            for type_, attribute in zip(self.types, statement.get_attributes(), strict=True)
        ]
        return [(n, process) for n, process in enumerate(found) if process is not None]

    def _read(self, records: Sequence[Any], reading: Sequence[tuple[int, Process]]) -> list[Any]:
        """Column by column: most need no word of Python for each value."""
        if not records:
            return []
        columns: list[Any] = list(zip(*records, strict=True))
        for number, process in reading:
            columns[number] = map(process, columns[number])
        return list(map(self.row, zip(*columns, strict=True)))


def direct(statement: Any, connection: AsyncConnection) -> Direct | None:
    """How to run a statement without SQLAlchemy, None where that can't be."""
    if connection.dialect.name != "postgresql":
        return None
    compiled: Any = statement.compile(dialect=connection.dialect)
    columns, open_ = compiled._result_columns, compiled.post_compile_params
    if not columns or any(each.required for each in open_):
        return None
    # Two columns may have one name.
    row = _row("Row", [each.keyname for each in columns], rename=True)
    types, fixed = tuple(each.type for each in columns), compiled.construct_params({}, _check=False)
    text, names, binding = compiled.string, compiled.positiontup, compiled._bind_processors
    if open_:
        # Lists that stand in the statement itself: each of their items becomes a parameter.
        expanded = compiled._process_parameters_for_postcompile(fixed)
        text, names, binding = expanded.statement, expanded.positiontup, {**binding, **expanded.processors}
        fixed = {**fixed, **expanded.additional_parameters}
    return Direct(text, tuple(names), dict(binding), fixed, types, row._make)


def is_heard(connection: AsyncConnection) -> bool:
    """Whether someone listens to the statements of a connection, as a trace does: they go through SQLAlchemy."""
    engine = connection.engine.sync_engine
    return bool(engine.dispatch.before_cursor_execute)


async def _dropped(connection: AsyncConnection, driver: Any, error: BaseException) -> None:
    """Takes a connection out of the pool that is closed, or that was left in the middle of a statement.

    What closed it closed those made before it: the pool replaces them when they are asked for.
    """
    ended = driver.is_closed()
    if ended:
        sync: Any = connection.sync_connection
        sync.engine.pool._invalidate(sync.connection, error, _checkin=False)
    if ended or not isinstance(error, Exception):
        await connection.invalidate(error)


def _driver(connection: AsyncConnection) -> Any:
    raw: Any = connection.sync_connection
    return raw.connection.driver_connection
