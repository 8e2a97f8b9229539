"""Numbers by day: tables whose columns are series, and single observations."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from models.vocabulary import Interval, Metric
from sync.dataset.record import BadRecord, Record, amount, moment, subject
from sync.facts import SeriesKey


@dataclass(frozen=True, slots=True)
class Stated:
    """The value of a series on a day, in the unit of its metric, and the moment from which it was on record."""

    recorded: datetime
    key: SeriesKey
    day: date
    value: Decimal


class Table:
    """A CSV file: `# key: value` lines, the names of the columns, then rows; each row knows its place."""

    def __init__(self, name: str, text: str) -> None:
        lines = text.splitlines()
        self.name = name
        self.header = dict(_header_line(line) for line in lines if line.startswith("#"))
        self._body = [(number, line) for number, line in enumerate(lines, 1) if line and not line.startswith("#")]

    def rows(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Each row's place and its cells by column; an empty cell is left out."""
        cells_of = csv.reader(line for _, line in self._body)
        names = next(cells_of)
        for (number, _), cells in zip(self._body[1:], cells_of, strict=True):
            place = f"{self.name}, line {number}"
            if len(cells) != len(names):
                raise BadRecord(place, f"{len(cells)} cells under {len(names)} columns")
            yield place, {name: cell for name, cell in zip(names, cells, strict=True) if cell}

    def required(self, key: str) -> str:
        """A line of the header that must be there."""
        if key not in self.header:
            raise BadRecord(self.name, f"no {key} in the header")
        return self.header[key]


def _header_line(line: str) -> tuple[str, str]:
    key, _, value = line.lstrip("# ").partition(":")
    return key.strip(), value.strip()


def stated_in(table: Table) -> Iterator[Stated]:
    """A daily table: `recorded_at`, `day`, then a column per series, named `kind:slug METRIC [stream]`.

    Header: `source`, `origin`, and if they differ from 1 and DAY `scale` (a cell of 2 with scale 1000000 is two
    million) and `interval`. An empty cell says nothing.
    """
    source, scale = table.required("source"), amount(table.header.get("scale", "1"))
    interval = Interval[table.header.get("interval", "DAY")]
    table.required("origin")
    for place, cells in table.rows():
        try:
            recorded, day = moment(cells.pop("recorded_at")), date.fromisoformat(cells.pop("day"))
            for column, cell in cells.items():
                yield Stated(recorded, series_key(column, source, interval), day, amount(cell) * scale)
        except (KeyError, ValueError) as error:
            raise BadRecord(place, str(error)) from error


def observation_of(record: Record) -> Stated:
    """A single observation, as a record of its own."""
    interval = record.word_or("interval", Interval.DAY)
    source = record.text("source")
    stated = Stated(
        recorded=record.read("recorded", moment),
        key=record.read("series", lambda column: series_key(column, source, interval)),
        day=record.read("day", date.fromisoformat),
        value=record.read("value", lambda value: amount(str(value))),
    )
    record.text("source_url")
    record.note("note")
    record.done()
    return stated


def series_key(column: str, source: str, interval: Interval) -> SeriesKey:
    """The series meant by `kind:slug METRIC [stream]`."""
    about, metric, *stream = column.split(" ", 2)
    return SeriesKey(subject(about), Metric[metric], source, None, stream[0] if stream else "", interval)
