"""DefiLlama: protocols, what they earn by day and chain and who gets it, and prices of their tokens.

https://api-docs.defillama.com
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from functools import partial
from urllib.parse import quote

from models.vocabulary import Metric
from sync.client import Answer, Client
from sync.errors import NotFound, SourceError
from sync.facts import Facts, Rejected
from sync.source import Ask, Reading, Source
from sync.sources.defillama_identity import NAME, PRICES_PUBLISHER, Listing, Parent, identity, listings, parents
from sync.sources.defillama_models import Profile
from sync.sources.defillama_parse import (
    Directory,
    Overview,
    Summary,
    parse_overview,
    parse_profile,
    parse_protocols,
    parse_summary,
)
from sync.sources.defillama_prices import closes, due, market_caps
from sync.sources.defillama_series import Cell, Numbers, series
from sync.sources.defillama_words import DATA_TYPES, chain_name

# The whole history of every listing in one answer.
CHARTED = {"excludeTotalDataChart": "true", "excludeTotalDataChartBreakdown": "false"}
UNCHARTED = {"excludeTotalDataChart": "true", "excludeTotalDataChartBreakdown": "true"}
# A family seldom changes its name or its token; asking once a week spares a request for each.
PROFILE_AGE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class World:
    """The large answers, put together."""

    directory: Directory
    overviews: Mapping[Metric, Overview]
    found: Mapping[str, Listing]
    families: Mapping[str, Parent]


async def fetch(client: Client, ask: Ask) -> Reading | None:
    """Everything that is offered; None when the large answers are as they were and prices are not due.

    An answer for one metric, chain, listing or family that does not come is a trouble: the rest is published.
    """
    troubles: list[str] = []
    directory, overviews = await _large(client, troubles)
    changed = directory.changed or any(answer.changed for answer in overviews.values()) or bool(troubles)
    if not changed and not due(client, ask):
        return None
    world = await _world(client, directory, overviews, troubles)
    facts = await _numbers(client, ask, world, troubles) if changed else Facts(sources=[PRICES_PUBLISHER])
    if due(client, ask):
        prices, refused = await closes(client, ask, _coins(world), troubles)
        facts.series += prices
        facts.rejected += refused
    if troubles:
        # What was read beside them would count as unchanged the next time, and they would never be repaired.
        client.resources.clear()
    return Reading(facts, troubles)


async def _large(client: Client, troubles: list[str]) -> tuple[Answer[Directory], dict[Metric, Answer[Overview]]]:
    """The list of protocols and the overview of each metric; raises SourceError without the list or any overview."""
    host = client.upstreams.defillama
    # Both wait for all of theirs: an error must not leave the others running.
    (directory,), overviews = await asyncio.gather(
        asyncio.gather(client.get(host, "/protocols", parse_protocols), return_exceptions=True),
        asyncio.gather(*(_overview(client, metric, None) for metric in DATA_TYPES), return_exceptions=True),
    )
    if isinstance(directory, BaseException):
        raise directory
    read = {metric: answer for metric, answer in zip(DATA_TYPES, overviews, strict=True) if isinstance(answer, Answer)}
    failures = _failures(overviews)
    if not read:
        raise failures[0]
    troubles += map(str, failures)
    return directory, read


def _failures(answers: Iterable[object]) -> list[SourceError]:
    """The answers that did not come; raises anything worse."""
    failures = []
    for answer in answers:
        if isinstance(answer, SourceError):
            failures.append(answer)
        elif isinstance(answer, BaseException):
            raise answer
    return failures


async def _overview(client: Client, metric: Metric, chain: str | None) -> Answer[Overview]:
    path = "/overview/fees" + (f"/{quote(chain, safe='')}" if chain else "")
    params = {**CHARTED, "dataType": DATA_TYPES[metric]}
    return await client.get(client.upstreams.defillama, path, partial(parse_overview, today=_today(client)), params)


def _today(client: Client) -> date:
    return client.pool.clock().astimezone(UTC).date()


async def _world(
    client: Client, directory: Answer[Directory], overviews: Mapping[Metric, Answer[Overview]], troubles: list[str]
) -> World:
    rows = await directory.value()
    read = {metric: await answer.value() for metric, answer in overviews.items()}
    found = listings((overview.listings for overview in read.values()), rows.rows)
    families = parents(found)
    profiles = await _profiles(client, families.values(), troubles)
    families = {id_: parent._replace(profile=profiles.get(id_)) for id_, parent in families.items()}
    return World(rows, read, found, families)


async def _profiles(client: Client, families: Iterable[Parent], troubles: list[str]) -> dict[str, Profile]:
    families = list(families)
    answers = await asyncio.gather(*(_profile(client, parent) for parent in families), return_exceptions=True)
    troubles += map(str, _failures(answers))
    pairs = zip(families, answers, strict=True)
    return {parent.id: answer for parent, answer in pairs if isinstance(answer, Profile)}


async def _profile(client: Client, parent: Parent) -> Profile | None:
    """What a family says of itself; None when it can't be found under its slug."""
    host, path = client.upstreams.defillama, f"/summary/fees/{quote(parent.slug, safe='')}"
    known = client.known(host, path, UNCHARTED)
    if known and client.pool.clock() - known.fetched_at < PROFILE_AGE:
        return await client.recall(host, path, parse_profile, UNCHARTED)
    try:
        return await (await client.get(host, path, parse_profile, UNCHARTED)).value()
    except NotFound:
        return None


async def _numbers(client: Client, ask: Ask, world: World, troubles: list[str]) -> Facts:
    """Who there is and what they earned."""
    before = len(troubles)
    numbers, refused = _charted(world)
    await asyncio.gather(_by_chain(client, world, numbers, troubles), _uncharted(client, world, numbers, troubles))
    facts = identity(world.found, world.families, refused)
    daily, rejected = await asyncio.to_thread(series, numbers, list(world.families.values()), ask.today)
    caps, bad_caps = market_caps(world.directory.rows, _tokens(facts), ask.today)
    facts.series = [*daily, *caps]
    facts.rejected += [*rejected, *bad_caps]
    if before == len(troubles) == 0:
        facts.complete = frozenset({NAME})
    return facts


def _tokens(facts: Facts) -> set[str]:
    return {token.refs[0].value for token in facts.tokens}


def _coins(world: World) -> set[str]:
    return _tokens(identity(world.found, world.families, ()))


def _charted(world: World) -> tuple[Numbers, list[Rejected]]:
    """The charts of the overviews under the ids of their listings, and the rows that are none."""
    numbers = Numbers()
    refused = [_refused("/protocols", raw, reason) for raw, reason in world.directory.refused]
    for metric, overview in world.overviews.items():
        where = f"/overview/fees {DATA_TYPES[metric]}"
        refused += [_refused(where, raw, reason) for raw, reason in overview.refused]
        refused += _place(numbers, overview, metric, None)
    return numbers, refused


def _place(numbers: Numbers, overview: Overview, metric: Metric, chain: str | None) -> list[Rejected]:
    """Put each chart in its cell. A name that two listings share is refused: nobody knows whose chart it is."""
    ids: dict[str, set[str]] = {}
    for row in overview.listings:
        ids.setdefault(row.name, set()).add(row.id)
    refused = []
    for name, points in overview.charts.items():
        owners = ids.get(name, set())
        if len(owners) == 1:
            numbers.points[Cell(min(owners), metric, chain)] = points
            continue
        reason = "a chart of no listing" if not owners else "a chart that several listings share"
        refused.append(_refused(f"{metric.name} {chain or ''}".strip(), name, reason))
        numbers.unread |= {Cell(owner, metric, chain) for owner in owners}
    return refused


def _refused(where: str, raw: str, reason: str) -> Rejected:
    return Rejected(NAME, reason, {"where": where, "value": raw})


async def _by_chain(client: Client, world: World, numbers: Numbers, troubles: list[str]) -> None:
    """The charts on each chain, of listings on several: one on a single chain took everything there."""
    several = {id_ for id_, listing in world.found.items() if len(listing.chains) > 1}
    wanted = [
        (metric, chain)
        for metric, overview in world.overviews.items()
        for chain in _chains(overview, several, world.found)
    ]
    await asyncio.gather(*(_chain(client, Cell("", *pair), several, numbers, troubles) for pair in wanted))


def _chains(overview: Overview, several: set[str], found: Mapping[str, Listing]) -> list[str]:
    """The chains worth asking for. One that the answer does not name has no answer of its own."""
    ids = {row.id for row in overview.listings} & several
    return sorted({chain for id_ in ids for chain in found[id_].chains} & set(map(chain_name, overview.chains)))


async def _chain(client: Client, asked: Cell, several: set[str], numbers: Numbers, troubles: list[str]) -> None:
    try:
        overview = await (await _overview(client, asked.metric, asked.chain)).value()
    except SourceError as error:
        troubles.append(str(error))
        numbers.unread |= {asked._replace(id=id_) for id_ in several}
        return
    here = Numbers()
    _place(here, overview, asked.metric, asked.chain)
    numbers.points |= {cell: points for cell, points in here.points.items() if cell.id in several}
    numbers.unread |= here.unread


async def _uncharted(client: Client, world: World, numbers: Numbers, troubles: list[str]) -> None:
    """The charts of listings that the overviews name and leave out of their own: doublecounted ones and chains."""
    missing = [
        (world.found[row.id], metric)
        for metric, overview in world.overviews.items()
        for row in overview.listings
        if Cell(row.id, metric) not in numbers.points and Cell(row.id, metric) not in numbers.unread
    ]
    await asyncio.gather(*(_summary(client, listing, metric, numbers, troubles) for listing, metric in missing))


async def _summary(client: Client, listing: Listing, metric: Metric, numbers: Numbers, troubles: list[str]) -> None:
    path = f"/summary/fees/{quote(listing.slug, safe='')}"
    params = {"dataType": DATA_TYPES[metric]}
    try:
        answer = await client.get(
            client.upstreams.defillama, path, partial(parse_summary, today=_today(client)), params
        )
        summary: Summary = await answer.value()
    except NotFound:
        # It has a row and no page: nothing is known of it.
        return
    except SourceError as error:
        troubles.append(str(error))
        numbers.unread.add(Cell(listing.id, metric))
        return
    numbers.points[Cell(listing.id, metric)] = summary.total
    if len(summary.by_chain) > 1:
        numbers.points |= {Cell(listing.id, metric, chain): points for chain, points in summary.by_chain.items()}


SOURCE = Source(
    name=NAME,
    home="https://defillama.com",
    terms="https://defillama.com/terms",
    # Its answers expire half an hour after they are made.
    cadence=timedelta(minutes=30),
    fetch=fetch,
)
