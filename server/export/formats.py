"""Rows as JSON lines and as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import orjson

from graph.export_columns import Column, Kind

Row = Mapping[str, Any]


class Sink(Protocol):
    """Where bytes go, in order."""

    def write(self, data: bytes, /) -> int: ...


class Writer(Protocol):
    """Writes rows in one format."""

    def write(self, rows: Sequence[Row]) -> None: ...

    def end(self) -> None:
        """Write what is held back; nothing follows."""
        ...


class Lines:
    """JSON lines: each row as `nodes` held it."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    def write(self, rows: Sequence[Row]) -> None:
        self.sink.write(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))

    def end(self) -> None:
        """There is nothing held back."""


class Table:
    """CSV by RFC 4180, in UTF-8: a line of names, then the rows."""

    def __init__(self, sink: Sink, columns: Sequence[Column]) -> None:
        self.sink, self.columns = sink, columns
        self._write([[column.name for column in columns]])

    def write(self, rows: Sequence[Row]) -> None:
        self._write([[cell(column, row) for column in self.columns] for row in rows])

    def end(self) -> None:
        """There is nothing held back."""

    def _write(self, lines: Sequence[Sequence[str]]) -> None:
        text = io.StringIO()
        csv.writer(text).writerows(lines)
        self.sink.write(text.getvalue().encode())


def cell(column: Column, row: Row) -> str:
    """The text of a column in a row: a string as it is, null as nothing, all else as JSON has it."""
    value = column.of(row)
    if value is None:
        return ""
    if isinstance(value, str) and column.kind is not Kind.JSON:
        return value
    return orjson.dumps(value).decode()
