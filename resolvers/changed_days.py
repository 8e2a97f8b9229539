"""Which days of a series an epoch changed, told from its packed years before and after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from models.observation import pack, series
from models.pack import MISSING, Year
from models.store import Reader
from models.vocabulary import Metric
from resolvers.chain import chains_by_id
from resolvers.change import ChangeRow
from resolvers.declare import Parent, batched
from resolvers.source import sources_by_id


class SeriesStep(NamedTuple):
    """A series between two epochs."""

    series_id: int
    known: int
    reading: int


class About(NamedTuple):
    """What a series is of."""

    metric: Metric
    chain_id: int
    stream: str
    source_id: int


@dataclass(frozen=True, slots=True)
class SeriesChange:
    """What changed in a series: how many days came, were replaced and were taken away, and between which days."""

    about: About
    first_day: date | None
    last_day: date | None
    created: int
    restated: int
    withdrawn: int

    @property
    def metric(self) -> Metric:
        return self.about.metric

    @property
    def stream(self) -> str:
        return self.about.stream


class Difference(NamedTuple):
    """A day as ordinal, with its values before and after (MISSING where there is none)."""

    day: int
    before: int
    after: int


async def series_changes(reader: Reader, keys: Sequence[SeriesStep]) -> list[SeriesChange]:
    """What changed in each series between its two epochs. Two statements."""
    one, year = reader.live(series), pack.every_version.c
    ids = [key.series_id for key in keys]
    names = ("series_id", "metric", "chain_id", "stream", "source_id")
    query = select(*(one.c[name] for name in names)).where(reader.among(one.c.series_id, ids))
    about = {row.series_id: About(*row[1:]) for row in await reader.rows(query)}
    versions = select(year.series_id, year.year, year.days, year.valid_from, year.valid_to).where(
        reader.among(year.series_id, ids),
        year.valid_from <= max(key.reading for key in keys),
        year.valid_to > min(key.known for key in keys),
    )
    packs: dict[int, list[Any]] = {}
    for row in await reader.rows(versions):
        packs.setdefault(row.series_id, []).append(row)
    return [_change(about[key.series_id], list(_differences(packs.get(key.series_id, ()), key))) for key in keys]


def _differences(versions: Sequence[Any], step: SeriesStep) -> Iterator[Difference]:
    before, after = (
        {row.year: row.days for row in versions if row.valid_from <= number < row.valid_to}
        for number in (step.known, step.reading)
    )
    for number in sorted(before.keys() | after.keys()):
        if before.get(number) != after.get(number):
            old, new = (_year(number, packs.get(number)) for packs in (before, after))
            for place, values in enumerate(zip(old.values, new.values, strict=True)):
                if values[0] != values[1]:
                    yield Difference(new.first_ordinal + place, *values)


def _year(number: int, days: bytes | None) -> Year:
    return Year.unpacked(number, days) if days is not None else Year.empty(number)


def _change(about: About, days: Sequence[Difference]) -> SeriesChange:
    first, last = (date.fromordinal(days[place].day) if days else None for place in (0, -1))
    created = sum(each.before == MISSING for each in days)
    withdrawn = sum(each.after == MISSING for each in days)
    return SeriesChange(about, first, last, created, len(days) - created - withdrawn, withdrawn)


@batched(series_changes)
def resolve_series_change(row: Parent[ChangeRow]) -> SeriesStep | None:
    line = row.line
    return SeriesStep(line.number, line.known, line.reading) if row.is_series else None


@batched(chains_by_id)
def resolve_chain_of_change(row: Parent[SeriesChange]) -> int | None:
    return row.about.chain_id or None


@batched(sources_by_id)
def resolve_source_of_change(row: Parent[SeriesChange]) -> int:
    return row.about.source_id
