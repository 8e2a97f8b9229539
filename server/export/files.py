"""One file of an export: written under another name, hashed as it grows, and renamed when it is whole."""

import os
from collections.abc import Sequence
from hashlib import sha256
from io import BufferedWriter
from pathlib import Path

from graph.export_columns import Column
from models.vocabulary import ExportFormat
from server.export.formats import Lines, Row, Sink, Table, Writer
from server.export.order import Finished
from server.export.parquet import Parquet
from server.export.place import UNFINISHED

SUFFIXES = {ExportFormat.JSONL: "jsonl", ExportFormat.CSV: "csv", ExportFormat.PARQUET: "parquet"}
MEDIA = {
    ExportFormat.JSONL: "application/x-ndjson",
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
}


class Hashed:
    """A file that knows its hash and length as it is written from its beginning to its end."""

    def __init__(self, path: Path) -> None:
        self.file: BufferedWriter = path.open("xb")
        self.hash, self.length = sha256(), 0

    @property
    def closed(self) -> bool:
        return self.file.closed

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        self.length += len(data)
        return self.file.write(data)

    def tell(self) -> int:
        return self.length

    def flush(self) -> None:
        """It is flushed when it is closed."""

    def close(self) -> None:
        """To the disk, for its name will promise that all of it is there."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()


class Part:
    """A file in the making. Its methods wait for the disk: call them in a thread."""

    def __init__(self, folder: Path, name: str, format: ExportFormat, columns: Sequence[Column]) -> None:
        self.name = f"{name}.{SUFFIXES[format]}"
        self.folder, self.rows = folder, 0
        self.sink = Hashed(folder / f"{self.name}{UNFINISHED}")
        self.writer = writer_of(format, self.sink, columns)

    @property
    def bytes(self) -> int:
        """Of what was written so far; some formats hold rows back."""
        return self.sink.length

    def write(self, rows: Sequence[Row]) -> None:
        self.rows += len(rows)
        self.writer.write(rows)

    def finish(self) -> Finished:
        """Give the file its name, now that it is whole."""
        self.writer.end()
        self.sink.close()
        (self.folder / f"{self.name}{UNFINISHED}").rename(self.folder / self.name)
        return Finished(self.name, self.sink.hash.hexdigest(), self.rows, self.sink.length)

    def discard(self) -> None:
        self.sink.file.close()
        (self.folder / f"{self.name}{UNFINISHED}").unlink(missing_ok=True)


def writer_of(format: ExportFormat, sink: Sink, columns: Sequence[Column]) -> Writer:
    if format is ExportFormat.JSONL:
        return Lines(sink)
    return Table(sink, columns) if format is ExportFormat.CSV else Parquet(sink, columns)
