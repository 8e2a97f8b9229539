"""Observations of a refresh: found out slice by slice what changes, and written as rows and as packs."""

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.keys import among
from models.metric import LARGEST_FLOW, MEASURES
from models.observation import make_partitions, obs, pack, quarters_between, series
from models.publication import Publication
from models.versioned import FOREVER
from models.vocabulary import Domain, Interval, Metric
from sync.bulk import day_of, insert_many
from sync.counts import Tally
from sync.facts import Facts, SeriesFact, SeriesKey
from sync.history import Difference, compared, joined, missing_days, ordered, within
from sync.identify import Unknown
from sync.merge import Refusals
from sync.rows import Directory
from sync.slip import REASON, confirmed, in_words, kept, leaps, refused_before, without

# How many days are compared, and written, in one go: what bounds the memory of a publish.
SLICE = 100_000
# Bitcoin's first block: no earlier day can be meant.
FIRST_DAY = date(2009, 1, 3)
FOREVER_EPOCH = 2147483647
OBS_COLUMNS = ("series_id", "day", "value", "revision", "valid_from", "valid_to")
PACK_COLUMNS = ("series_id", "year", "days", "valid_from", "valid_to")

Identity = tuple[int, Metric, int, str, int, Interval]
"""A series as the store knows it: subject, metric, chain (0 for all), stream, source, interval."""


@dataclass(slots=True)
class Wanted:
    """A series of this refresh. `whole`: days that are known and not named are withdrawn."""

    fact: SeriesFact
    collector: int
    whole: bool = False
    series_id: int = 0


@dataclass(slots=True)
class Observed:
    """What the observations of a refresh came to. `settled`: of days that are not provisional any more."""

    tally: Tally = field(default_factory=Tally)
    settled: Tally = field(default_factory=Tally)
    metrics: set[Metric] = field(default_factory=set[Metric])
    mentioned: set[int] = field(default_factory=set[int])
    latest: dict[Domain, date] = field(default_factory=dict[Domain, date])


def wanted_series(
    refreshes: Sequence[Facts], directory: Directory, refusals: Refusals, today: date
) -> dict[Identity, Wanted]:
    """The series of all collectors by identity, the earlier collector's value of a day first."""
    found: dict[Identity, Wanted] = {}
    for collector, facts in enumerate(refreshes):
        for stated in facts.series:
            try:
                identity = identity_of(stated.key, directory)
            except Unknown as unknown:
                _refuse(refusals, collector, str(unknown), stated.key)
                continue
            fact = _sound(stated, collector, refusals, today)
            if identity in found:
                found[identity].fact = joined(found[identity].fact, fact)
            elif fact.days or fact.withdrawn:
                found[identity] = Wanted(fact, collector)
    return found


def identity_of(key: SeriesKey, directory: Directory) -> Identity:
    subject = directory.names.find(key.subject)
    chain = 0 if key.chain is None else directory.names.find(key.chain)
    return subject, key.metric, chain, key.stream, directory.source(key.source), key.interval


async def observe(
    publication: Publication, wanted: dict[Identity, Wanted], observed: Observed, refusals: Refusals, yesterday: date
) -> None:
    """Write what the wanted series change. Nobody sees it before the flip."""
    await _number(publication, wanted)
    for some in _slices(sorted(wanted.values(), key=lambda each: each.series_id)):
        packs = await packs_of(publication, [each.series_id for each in some])
        await _refuse_leaps(publication, some, packs, refusals, yesterday)
        changes = {each.series_id: _compared(each, packs.get(each.series_id, {})) for each in some}
        for each in some:
            _note(observed, each, changes[each.series_id], yesterday)
        await _write(publication, {id_: change for id_, change in changes.items() if change.years})


async def _refuse_leaps(
    publication: Publication,
    some: Sequence[Wanted],
    packs: Mapping[int, Mapping[int, bytes]],
    refusals: Refusals,
    yesterday: date,
) -> None:
    """Take out what leaps from what is known, unless an earlier day leapt there, too."""
    found = {each.series_id: leaps(each.fact, packs.get(each.series_id, {})) for each in some}
    before = await refused_before(publication, yesterday) if any(found.values()) else {}
    for each in some:
        refused = before.get(each.series_id, ())
        doubted = [leap for leap in found[each.series_id] if not confirmed(leap, refused)]
        for leap in doubted:
            if kept(leap, refused):
                continue
            words = in_words(each.series_id, each.fact, leap)
            _refuse(refusals, each.collector, REASON, each.fact.key, **words)
        if doubted:
            each.fact = without(each.fact, {leap.place for leap in doubted})


async def packs_of(publication: Publication, series_ids: Sequence[int]) -> dict[int, dict[int, bytes]]:
    """The newest years of each series, those this publication has written included."""
    table = pack.every_version.c
    found: defaultdict[int, dict[int, bytes]] = defaultdict(dict)
    async with publication.transaction() as connection:
        named = among(publication.dialect, table.series_id, series_ids)
        query = select(table.series_id, table.year, table.days).where(named, table.valid_to == FOREVER)
        for id_, year, days in await connection.execute(query):
            found[id_][year] = days
    return found


def _sound(fact: SeriesFact, collector: int, refusals: Refusals, today: date) -> SeriesFact:
    """The fact in order, without the days nobody could have observed and the values nobody could believe."""
    fact, contradicted = ordered(fact)
    if contradicted:
        _refuse(refusals, collector, "two values for one day", fact.key, days=str(contradicted))
    fact, outside = within(fact, FIRST_DAY.toordinal(), today.toordinal())
    if outside:
        _refuse(refusals, collector, f"not complete yet, or before {FIRST_DAY}", fact.key, days=str(outside))
    if MEASURES[fact.key.metric].flow and fact.values and max(max(fact.values), -min(fact.values)) > LARGEST_FLOW:
        kept = [(day, value) for day, value in zip(fact.days, fact.values, strict=True) if abs(value) <= LARGEST_FLOW]
        _refuse(refusals, collector, "more than a trillion a day", fact.key, days=str(len(fact.days) - len(kept)))
        days, values = array("i", [day for day, _ in kept]), array("q", [value for _, value in kept])
        fact = replace(fact, days=days, values=values)
    return fact


def _refuse(refusals: Refusals, collector: int, reason: str, key: SeriesKey, **more: str) -> None:
    refusals.add(collector, reason, {**key._asdict(), **more})


async def _number(publication: Publication, wanted: Mapping[Identity, Wanted]) -> None:
    """Give each wanted series its id; a new one is added, to be seen from this epoch on."""
    table = series.every_version
    names = ("subject_id", "metric", "chain_id", "stream", "source_id", "interval")
    async with publication.transaction() as connection:
        rows = await connection.execute(select(table.c.series_id, *(table.c[name] for name in names)))
        known = {tuple(identity): id_ for id_, *identity in rows}
        highest = await connection.scalar(select(func.coalesce(func.max(table.c.series_id), 0))) or 0
        added = sorted(wanted.keys() - known.keys())
        known |= {identity: highest + n for n, identity in enumerate(added, 1)}
        for identity, each in wanted.items():
            each.series_id = known[identity]
        rows_added = [{"series_id": known[identity], **dict(zip(names, identity, strict=True))} for identity in added]
        if rows_added:
            await connection.execute(insert(table), [row | {"since": publication.epoch} for row in rows_added])


def _slices(wanted: Iterable[Wanted]) -> Iterator[list[Wanted]]:
    some: list[Wanted] = []
    days = 0
    for each in wanted:
        some.append(each)
        days += len(each.fact.days) + 100
        if days >= SLICE:
            yield some
            some, days = [], 0
    if some:
        yield some


def _compared(wanted: Wanted, packs: Mapping[int, bytes]) -> Difference:
    if wanted.whole:
        wanted.fact.withdrawn = missing_days(wanted.fact, packs)
    return compared(wanted.fact, packs)


def _note(observed: Observed, wanted: Wanted, difference: Difference, yesterday: date) -> None:
    key, days = wanted.fact.key, wanted.fact.days
    observed.tally.add(wanted.collector, difference.counts)
    observed.settled.add(wanted.collector, difference.settled(yesterday.toordinal() - 1))
    observed.mentioned.add(wanted.series_id)
    if difference.years:
        observed.metrics.add(key.metric)
    last = bisect_right(days, yesterday.toordinal()) - 1
    if key.interval is Interval.DAY and last >= 0:
        domain = MEASURES[key.metric].domain
        observed.latest[domain] = max(observed.latest.get(domain, date.min), date.fromordinal(days[last]))


async def _write(publication: Publication, changes: Mapping[int, Difference]) -> None:
    """The versions that end with this epoch, then those that begin: days, and the years that hold them."""
    if not changes:
        return
    as_day = day_of(publication.dialect)
    epoch = publication.epoch
    closed = [(id_, as_day(day)) for id_, change in changes.items() for day in change.closed]
    opened = [
        (id_, as_day(day), value, revision, epoch, FOREVER_EPOCH)
        for id_, change in changes.items()
        for day, value, revision in change.opened
    ]
    years = [(id_, number, year.packed()) for id_, change in changes.items() for number, year in change.years.items()]
    async with publication.transaction() as connection:
        await _make_partitions(connection, changes.values())
        await _close(connection, epoch, "obs", "day", closed)
        await insert_many(connection, obs.every_version, OBS_COLUMNS, opened)
        await _close(connection, epoch, "obs_pack", "year", [(id_, number) for id_, number, _ in years])
        packs = [(*year, epoch, FOREVER_EPOCH) for year in years]
        await insert_many(connection, pack.every_version, PACK_COLUMNS, packs)


async def _make_partitions(connection: AsyncConnection, changes: Iterable[Difference]) -> None:
    days = [change.opened[place][0] for change in changes if change.opened for place in (0, -1)]
    if days:
        span = (date.fromordinal(min(days)), date.fromordinal(max(days)))
        await make_partitions(connection, quarters_between(*span))


async def _close(
    connection: AsyncConnection, epoch: int, table: str, column: str, keys: Sequence[tuple[int, Any]]
) -> None:
    """End the newest versions of (series, day) or (series, year), looked up by key."""
    if not keys:
        return
    if connection.dialect.name != "postgresql":
        live = f"series_id = ? AND {column} = ? AND valid_to = {FOREVER_EPOCH}"
        await connection.exec_driver_sql(f"UPDATE {table} SET valid_to = {epoch} WHERE {live}", list(keys))  # noqa: S608
        return
    ids, places = zip(*keys, strict=True)
    # The bounds let the planner leave out partitions before it starts.
    sql = f"""
        UPDATE {table} SET valid_to = {epoch}
        FROM unnest($1::int[], $2::{"date" if column == "day" else "smallint"}[]) AS ended(series_id, place)
        WHERE {table}.series_id = ended.series_id AND {table}.{column} = ended.place
        AND {table}.{column} BETWEEN $3 AND $4 AND valid_to = {FOREVER_EPOCH}
    """  # noqa: S608 - the names are those of our own tables
    await connection.exec_driver_sql(sql, (list(ids), list(places), min(places), max(places)))
