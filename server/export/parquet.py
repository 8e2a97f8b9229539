"""Rows as Parquet, with the types that their columns have in the schema."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from graph.export_columns import Column, Kind
from server.export.formats import Row, Sink

# Rows held back to be one row group: small ones would cost readers more than they save us.
GROUP = 10_000

TYPES = {
    Kind.TEXT: pa.string(),
    Kind.WHOLE: pa.int64(),
    Kind.REAL: pa.float64(),
    Kind.TRUTH: pa.bool_(),
    Kind.DAY: pa.date32(),
    Kind.MOMENT: pa.timestamp("us", tz="UTC"),
    Kind.JSON: pa.string(),
}
# What a JSON value has to become first; a Decimal stays text, for no fixed type has room for all its digits.
MADE: dict[Kind, Callable[[Any], Any]] = {
    Kind.DAY: date.fromisoformat,
    Kind.MOMENT: datetime.fromisoformat,
    Kind.JSON: lambda value: orjson.dumps(value).decode(),
}


class Parquet:
    """A file of row groups, compressed with zstd."""

    def __init__(self, sink: Sink, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.schema = pa.schema([pa.field(column.name, TYPES[column.kind]) for column in columns])
        self._writer = pq.ParquetWriter(sink, self.schema, compression="zstd")
        self._held: list[Row] = []

    def write(self, rows: Sequence[Row]) -> None:
        self._held += rows
        if len(self._held) >= GROUP:
            self._flush()

    def end(self) -> None:
        if self._held:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        arrays = [
            pa.array([_made(column, row) for row in self._held], type=TYPES[column.kind]) for column in self.columns
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self.schema))
        self._held = []


def _made(column: Column, row: Row) -> Any:
    value, make = column.of(row), MADE.get(column.kind)
    return value if value is None or make is None else make(value)
