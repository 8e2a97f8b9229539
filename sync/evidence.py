"""What the checks of a publish read: the epoch in the making, as set-based statements give it."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, exists, func, select

from models.claim import claim
from models.keys import among
from models.ledger import ledger
from models.metric import MEASURES
from models.observation import pack, series
from models.pack import Year
from models.policy import policy
from models.protocol import protocol
from models.publication import Publication
from models.rollup import rollup
from models.source import source
from models.token import chain, token
from models.versioned import FOREVER
from models.vocabulary import Domain, Interval, MechanismKind, Metric, PolicyBasis, PolicyStatus, ProtocolKind
from sync.disagreement import Contest, Rival, Said
from sync.entities import LEDGER_SOURCE
from sync.finding import Line
from sync.identities import TO_HOLDERS, Promise, Windows
from sync.observation import packs_of
from sync.payout import EARNED_AND_PAID, Record
from sync.slip import refused_before, unanswered

# How many series are read in one go.
SLICE = 400


class Daily(NamedTuple):
    """A series of days by a source, as it is spoken of. The ledger's own are left out: they have days by chance."""

    series_id: int
    subject_id: int
    metric: Metric
    chain: str | None
    stream: str
    source: str

    @property
    def what(self) -> str:
        part = f" of {self.stream}" if self.stream else ""
        place = f" on {self.chain}" if self.chain else ""
        return f"{self.metric.name}{part}{place} by {self.source}"


def _daily() -> Select[Any]:
    """Every daily series that a source states, the preferred source first."""
    one, said, where = series.every_version.c, source.every_version.c, chain.every_version.c
    return (
        select(one.series_id, one.subject_id, one.metric, where.slug, one.stream, said.name)
        .select_from(series.every_version)
        .join(source.every_version, and_(said.source_id == one.source_id, said.valid_to == FOREVER))
        .outerjoin(chain.every_version, and_(where.chain_id == one.chain_id, where.valid_to == FOREVER))
        .where(one.interval == Interval.DAY, said.slug != LEDGER_SOURCE.slug)
        .order_by(said.precedence, one.series_id)
    )


async def changed_series(publication: Publication) -> list[Daily]:
    """The daily series with a day that this publication changes."""
    year = pack.every_version.c
    # Not correlated: for each series SQLite would go through all years of the epoch, which is all there are at first.
    changed = select(year.series_id).where(year.valid_from == publication.epoch)
    query = _daily().where(series.every_version.c.series_id.in_(changed))
    async with publication.transaction() as connection:
        return [Daily(*row) for row in await connection.execute(query)]


async def leaps(publication: Publication, today: date) -> list[tuple[Daily, int, int]]:
    """Series whose newest value, of a day, was refused as a leap from what is known, and is not answered yet."""
    refused = await refused_before(publication, today)
    if not refused:
        return []
    packs = await packs_of(publication, list(refused))
    query = _daily().where(among(publication.dialect, series.every_version.c.series_id, list(refused)))
    async with publication.transaction() as connection:
        named = [Daily(*row) for row in await connection.execute(query)]
    found = ((each, unanswered(refused[each.series_id], packs.get(each.series_id, {}))) for each in named)
    return [(each, *leap) for each, leap in found if leap]


async def lines_of(publication: Publication, changed: Sequence[Daily]) -> AsyncGenerator[list[Line], None]:
    """The years of the series that this publication changes, of some series at a time.

    A year is not looked at again because the next one has begun: what it then lacks at its end is told when it changes.
    """
    year = pack.every_version.c
    for first in range(0, len(changed), SLICE):
        some = {each.series_id: each for each in changed[first : first + SLICE]}
        live = and_(among(publication.dialect, year.series_id, list(some)), year.valid_to == FOREVER)
        async with publication.transaction() as connection:
            years = await connection.execute(select(year.series_id, year.year).where(live))
            known = {(id_, number) for id_, number in years}
            new = select(year.series_id, year.year, year.days).where(live, year.valid_from == publication.epoch)
            rows = (await connection.execute(new)).all()
        yield [_line(some[id_], Year.unpacked(number, days), known) for id_, number, days in rows]


def _line(each: Daily, year: Year, known: set[tuple[int, int]]) -> Line:
    """`known`: the years of series that are there at all."""
    around = [(each.series_id, number) in known for number in (year.year - 1, year.year + 1)]
    return Line(each.series_id, each.subject_id, each.metric, each.what, year, *around)


async def contests(publication: Publication, changed: Sequence[Daily]) -> AsyncGenerator[list[Contest], None]:
    """What several sources report and this publication changes of one of them, some at a time."""
    one, other = series.every_version.c, series.every_version.alias()
    same = [other.c[name] == one[name] for name in ("subject_id", "metric", "chain_id", "stream", "interval")]
    rivalled = exists().where(*same, other.c.series_id != one.series_id)
    async with publication.transaction() as connection:
        rows = [Daily(*row) for row in await connection.execute(_daily().where(rivalled))]
    found: defaultdict[tuple[int, Metric, str | None, str], list[Daily]] = defaultdict(list)
    for each in rows:
        found[each.subject_id, each.metric, each.chain, each.stream].append(each)
    news = {each.series_id for each in changed}
    groups = [group for group in found.values() if len(group) > 1 and news.intersection(each[0] for each in group)]
    for first in range(0, len(groups), SLICE):
        some = groups[first : first + SLICE]
        packs = await packs_of(publication, [each.series_id for group in some for each in group])
        yield [_contest(group, packs) for group in some]


def _contest(group: Sequence[Daily], packs: Mapping[int, Mapping[int, bytes]]) -> Contest:
    rivals = tuple(Rival(each.series_id, each.source, _years(each, packs)) for each in group)
    return Contest(group[0].subject_id, group[0].metric, rivals)


async def payouts(publication: Publication, changed: Sequence[Daily]) -> AsyncGenerator[list[Record], None]:
    """What a source says was earned and what of it reached holders, where this publication changes either."""
    one = series.every_version.c
    whole = _daily().where(one.metric.in_(EARNED_AND_PAID), one.chain_id == 0, one.stream == "")
    async with publication.transaction() as connection:
        rows = [Daily(*row) for row in await connection.execute(whole)]
    found: defaultdict[tuple[int, str], dict[Metric, Daily]] = defaultdict(dict)
    for each in rows:
        found[each.subject_id, each.source][each.metric] = each
    news = {each.series_id for each in changed}
    pairs = [pair for pair in found.values() if len(pair) > 1 and any(each.series_id in news for each in pair.values())]
    for first in range(0, len(pairs), SLICE):
        some = pairs[first : first + SLICE]
        packs = await packs_of(publication, [each.series_id for pair in some for each in pair.values()])
        yield [_record(pair[Metric.HOLDERS_REVENUE], pair[Metric.REVENUE], packs) for pair in some]


def _record(paid: Daily, earned: Daily, packs: Mapping[int, Mapping[int, bytes]]) -> Record:
    return Record(paid.subject_id, paid.series_id, paid.what, _years(paid, packs), _years(earned, packs))


def _years(each: Daily, packs: Mapping[int, Mapping[int, bytes]]) -> dict[int, Year]:
    return {number: Year.unpacked(number, days) for number, days in packs.get(each.series_id, {}).items()}


async def windows(publication: Publication, through: Mapping[Domain, date]) -> list[Windows]:
    """The rollups of everything that is no sum over others."""
    rolled, one, said = rollup.every_version.c, series.every_version.c, source.every_version.c
    query = (
        select(
            *(rolled[name] for name in ("subject_id", "metric", "d30", "d30_days", "d90", "d90_days", "all_days")),
            rolled.last_day,
            said.slug,
        )
        .select_from(rollup.every_version)
        .join(series.every_version, one.series_id == rolled.series_id)
        .join(source.every_version, and_(said.source_id == one.source_id, said.valid_to == FOREVER))
        .where(rolled.epoch == publication.epoch, rolled.first_day.is_not(None))
    )
    async with publication.transaction() as connection:
        rows = await connection.execute(query)
        return [Windows(*row[:8], through[MEASURES[row.metric].domain], row.slug == LEDGER_SOURCE.slug) for row in rows]


async def promises(publication: Publication) -> dict[int, list[Promise]]:
    """By protocol, the policies in force that share out a whole base by percent."""
    one = policy.every_version.c
    query = select(one.protocol_id, one.ref, one.base, one.rules, one.effective_from, one.effective_to).where(
        one.valid_to == FOREVER,
        one.status == PolicyStatus.ACTIVE,
        one.basis == PolicyBasis.PERCENT_OF_BASE,
        one.scope_chain_id.is_(None),
        one.scope_product.is_(None),
        ~one.base_partial,
    )
    found: defaultdict[int, list[Promise]] = defaultdict(list)
    async with publication.transaction() as connection:
        for protocol_id, ref, base, rules, first, last in await connection.execute(query):
            shares = [Decimal(rule["percent"]) for rule in rules if MechanismKind[rule["mechanism"]] in TO_HOLDERS]
            found[protocol_id].append(Promise(ref, base, sum(shares, Decimal()), first, last))
    return found


async def counted(publication: Publication) -> dict[int, str]:
    """The names of the protocols that are added up into sums."""
    one = protocol.every_version.c
    query = select(one.protocol_id, one.name).where(
        one.valid_to == FOREVER, one.parent_id.is_(None), ~one.doublecounted, one.kind != ProtocolKind.CHAIN
    )
    async with publication.transaction() as connection:
        return {id_: name for id_, name in await connection.execute(query)}  # noqa: C416


async def claims(publication: Publication) -> list[Said]:
    one, by = claim.every_version.c, source.every_version.c
    names = ("ref", "subject_id", "topic", "predicate", "value", "unit", "stated_as_of", "status")
    query: Select[Any] = (
        select(*(one[name] for name in names), by.name)
        .select_from(claim.every_version)
        .join(source.every_version, and_(by.source_id == one.source_id, by.valid_to == FOREVER))
        .where(one.valid_to == FOREVER)
        .order_by(one.claim_id)
    )
    async with publication.transaction() as connection:
        return [Said(*row) for row in await connection.execute(query)]


async def beginnings(publication: Publication) -> dict[int, date]:
    """The first day of each token and protocol of which it is known."""
    coin, one = token.every_version.c, protocol.every_version.c
    async with publication.transaction() as connection:
        tokens = select(coin.token_id, coin.generated_on).where(coin.valid_to == FOREVER)
        protocols = select(one.protocol_id, one.launched_on).where(one.valid_to == FOREVER)
        rows = [*await connection.execute(tokens), *await connection.execute(protocols)]
    return {id_: day for id_, day in rows if day is not None}


async def first_entries(publication: Publication) -> dict[int, date]:
    """The day of the first ledger entry of each token."""
    one = ledger.every_version.c
    query = select(one.token_id, func.min(one.at)).where(one.valid_to == FOREVER, one.token_id.is_not(None))
    async with publication.transaction() as connection:
        return {id_: at.date() for id_, at in await connection.execute(query.group_by(one.token_id))}
