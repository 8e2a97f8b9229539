"""Rollups of an epoch: what every window comes to, per metric and subject, and added up over protocols.

They are added up from packs, metric by metric: a metric none of whose numbers changed, in windows that end on
the same day, keeps the rows of the epoch before.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import insert, literal, select

from models.metric import MEASURES
from models.observation import series
from models.publication import Publication
from models.rivals import first_living
from models.rollup import ROLLED, rollup
from models.source import source
from models.totals import Span, Totals, totals_of
from models.versioned import FOREVER
from models.vocabulary import Domain, Interval, Metric, Unit
from sync.bulk import day_of, insert_many
from sync.membership import members_of
from sync.observation import packs_of

COLUMNS = tuple(column.name for column in rollup.every_version.c)
# How many series are read in one go.
SLICE = 400
LARGEST = 2**63 - 1
# The windows, the whole, its days and parts of what was taken back.
NOTHING = (*(None, 0, None, 0) * len(ROLLED), None, 0, None, None, 0)


@dataclass(frozen=True, slots=True)
class Rivals:
    """The series of one subject, metric and chain (0 for all), by precedence: the first that goes on is chosen."""

    subject_id: int
    metric: Metric
    chain_id: int
    series_ids: tuple[int, ...]


@dataclass(slots=True)
class Sums:
    """Totals added up over protocols, window by window. As many days are known as of the best-known of them."""

    spans: list[list[Span]] = field(default_factory=list[list[Span]])
    first_day: date = date.max
    last_day: date = date.min
    parts: int = 0

    def add(self, totals: Totals) -> None:
        added = [*([now, before] for now, before in totals.windows), [totals.all]]
        pairs = zip(self.spans, added, strict=True)
        self.spans = [[_sum(*span) for span in zip(*pair, strict=True)] for pair in pairs] if self.spans else added
        self.first_day = min(self.first_day, totals.first_day)
        self.last_day = max(self.last_day, totals.last_day)
        self.parts += totals.parts

    def totals(self) -> Totals:
        *windows, (whole,) = self.spans
        return Totals(tuple((now, before) for now, before in windows), whole, self.first_day, self.last_day, self.parts)


def summable(metric: Metric) -> bool:
    """Whether what several protocols report can be added up: dollars, and counts of events; never tokens or prices."""
    measure = MEASURES[metric]
    return measure.unit is Unit.USD or (measure.unit is Unit.COUNT and measure.flow)


async def roll_up(publication: Publication, through: Mapping[Domain, date], metrics: set[Metric]) -> None:
    """Write the rollups of the publication's epoch: `metrics` anew, all others as they were."""
    moved = {domain for domain, day in through.items() if publication.base_through.get(domain) != day}
    anew = {metric for metric in MEASURES if metric in metrics or MEASURES[metric].domain in moved}
    await _carry(publication, set(MEASURES) - anew)
    members = await members_of(publication)
    rivals = [each for each in await _rivals(publication) if each.metric in anew]
    members.note_chains({(each.subject_id, each.metric) for each in rivals if each.chain_id})
    sums: defaultdict[tuple[Metric, int], Sums] = defaultdict(Sums)
    for some in _slices(rivals):
        rows = []
        for each, series_id, totals in await _totals(publication, some, through):
            if each.chain_id == 0:
                rows.append((each.metric, each.subject_id, series_id, totals))
            if totals is None:
                continue
            for group in members.groups(each.subject_id, each.metric, each.chain_id) if summable(each.metric) else ():
                sums[each.metric, group].add(totals)
        await _write(publication, rows)
    await _write(publication, [(metric, group, 0, each.totals()) for (metric, group), each in sums.items()])


async def _carry(publication: Publication, metrics: set[Metric]) -> None:
    """The rows of metrics that stay as they were."""
    old = rollup.every_version
    names = [name for name in COLUMNS if name != "epoch"]
    query = select(literal(publication.epoch), *(old.c[name] for name in names)).where(
        old.c.epoch == publication.base, old.c.metric.in_(sorted(metrics))
    )
    async with publication.transaction() as connection:
        await connection.execute(insert(old).from_select(["epoch", *names], query))


async def _rivals(publication: Publication) -> list[Rivals]:
    """Every daily series of all streams together, by what it is a number of."""
    one, said = series.every_version.c, source.every_version.c
    query = (
        select(one.subject_id, one.metric, one.chain_id, one.series_id)
        .join(source.every_version, (said.source_id == one.source_id) & (said.valid_to == FOREVER))
        .where(one.stream == "", one.interval == Interval.DAY)
        .order_by(one.subject_id, one.metric, one.chain_id, said.precedence, said.source_id)
    )
    found: defaultdict[tuple[int, Metric, int], list[int]] = defaultdict(list)
    async with publication.transaction() as connection:
        for subject_id, metric, chain_id, series_id in await connection.execute(query):
            found[subject_id, metric, chain_id].append(series_id)
    return [Rivals(*key, tuple(ids)) for key, ids in found.items()]


async def _totals(
    publication: Publication, rivals: Sequence[Rivals], through: Mapping[Domain, date]
) -> Iterable[tuple[Rivals, int, Totals | None]]:
    """The chosen series of each, with its totals; series 0 and None where everything was taken back.

    What begins later is left out.
    """
    packs = await packs_of(publication, [id_ for each in rivals for id_ in each.series_ids])
    found: list[tuple[Rivals, int, Totals | None]] = []
    for each in rivals:
        measure = MEASURES[each.metric]
        last = through.get(measure.domain)
        if last is None:
            continue
        totals = {id_: totals_of(packs.get(id_, {}), last, flow=measure.flow) for id_ in each.series_ids}
        known = [((each, id_, one), one.last_day) for id_, one in totals.items() if one is not None]
        if (chosen := first_living(known)) is not None:
            found.append(chosen)
        elif taken_back([packs[id_] for id_ in each.series_ids if id_ in packs]):
            found.append((each, 0, None))
    return found


def taken_back(rivals: Sequence[Mapping[int, bytes]]) -> bool:
    """Whether there once were values of something, by the years of its series, and there are none any more."""
    return bool(rivals) and all(totals_of(years, date.max, flow=False) is None for years in rivals)


async def _write(publication: Publication, rows: Sequence[tuple[Metric, int, int, Totals | None]]) -> None:
    for metric, subject_id, _, totals in rows:
        if totals is not None and totals.largest() > LARGEST:
            raise OverflowError(f"{metric.name} of entity {subject_id} adds up to more than 64 bits hold")
    as_day = day_of(publication.dialect)
    records = [
        (publication.epoch, int(metric), subject_id, series_id, *(_record(totals, as_day) if totals else NOTHING))
        for metric, subject_id, series_id, totals in rows
    ]
    async with publication.transaction() as connection:
        await insert_many(connection, rollup.every_version, COLUMNS, records)


def _record(totals: Totals, as_day: Any) -> Iterator[Any]:
    for now, before in totals.windows:
        yield from (now.value, now.days, before.value, before.days)
    yield from (totals.all.value, totals.all.days)
    yield from (as_day(totals.first_day.toordinal()), as_day(totals.last_day.toordinal()))
    yield totals.parts


def _sum(one: Span, other: Span) -> Span:
    known = [span.value for span in (one, other) if span.value is not None]
    return Span(sum(known) if known else None, max(one.days, other.days))


def _slices(rivals: Sequence[Rivals]) -> Iterator[Sequence[Rivals]]:
    for first in range(0, len(rivals), SLICE):
        yield rivals[first : first + SLICE]
