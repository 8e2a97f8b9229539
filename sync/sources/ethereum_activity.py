"""Ethereum: transactions and active addresses by day, as growthepie counts them.

https://docs.growthepie.com/api
"""

from datetime import date, timedelta
from typing import Any, NamedTuple

from pydantic import Field

from models.vocabulary import EntityKind, Metric, ObservationMethod
from sync.client import Client
from sync.errors import NotFound, Unintelligible
from sync.facts import ChainFact, Ref, SourceFact
from sync.source import Ask, Reading, Source
from sync.sources.collected import Collected, parts
from sync.sources.row import Number, Refused, Row, day_of_seconds, listed

NAME = "ethereum_activity"
PUBLISHER = SourceFact("growthepie", "growthepie", ObservationMethod.THIRD_PARTY, 100, "https://www.growthepie.com")
ORIGIN = "ethereum"
CHAIN = Ref(EntityKind.CHAIN, "defillama", "Ethereum")
FUNDAMENTALS = "/fundamentals.json"
METRICS = {"txcount": Metric.TRANSACTIONS, "daa": Metric.ACTIVE_USERS}


class Point(NamedTuple):
    """A value as it was written."""

    day: date
    value: Any


class FundamentalRow(Row):
    """A row of /fundamentals.json: ninety days of every network and metric."""

    metric_key: str
    origin_key: str
    date: date
    value: Number | None = Field(None)


async def fetch(client: Client, ask: Ask) -> Reading | None:
    """Each metric by itself."""
    collected = Collected(PUBLISHER)
    troubles = await parts(*(_metric(client, ask, key, collected) for key in METRICS))
    facts = collected.facts()
    facts.chains = [ChainFact((CHAIN,), ORIGIN, "Ethereum")]
    return Reading(facts, troubles)


async def _metric(client: Client, ask: Ask, key: str, collected: Collected) -> None:
    for point in await _points(client, key, collected):
        # The last day counted is still going on.
        if point.day < ask.today:
            collected.add(CHAIN, METRICS[key], point.day, point.value)


async def _points(client: Client, key: str, collected: Collected) -> list[Point]:
    """The whole history; where there is no file of it, the ninety days that are documented."""
    host = client.upstreams.growthepie
    try:
        return await (await client.get(host, f"/metrics/chains/{ORIGIN}/{key}.json", parse_history)).value()
    except NotFound:
        rows, refused = await (await client.get(host, FUNDAMENTALS, parse_fundamentals)).value()
    collected.refuse(FUNDAMENTALS, refused)
    return [Point(row.date, row.value) for row in rows if (row.metric_key, row.origin_key) == (key, ORIGIN)]


def parse_history(body: Any) -> list[Point]:
    """A file of one metric of one network: `details.timeseries.daily`, whose `types` name the columns of `data`."""
    match body:
        case {"details": {"timeseries": {"daily": {"types": [*types], "data": [*rows]}}}} if "unix" in types:
            time, value = types.index("unix"), _column(types)
            return [Point(_day(row, time), row[value]) for row in rows if _reaches(row, max(time, value))]
        case _:
            raise Unintelligible("holds no daily values")


def _column(types: list[Any]) -> int:
    for name in ("value", "count"):
        if name in types:
            return types.index(name)
    raise Unintelligible(f"has no column of values, only {', '.join(map(str, types))}")


def _reaches(row: Any, last: int) -> bool:
    if not isinstance(row, list) or len(row) <= last:
        raise Unintelligible(f"has a row that lacks a column: {str(row)[:60]}")
    return True


def _day(row: list[Any], time: int) -> date:
    """Unix milliseconds as a day."""
    try:
        return day_of_seconds(row[time] // 1000)
    except (TypeError, ValueError) as error:
        raise Unintelligible(f"has a row without a time: {str(row)[:60]}") from error


def parse_fundamentals(body: Any) -> tuple[list[FundamentalRow], Refused]:
    """An answer of /fundamentals.json."""
    refused: Refused = []
    return listed(FundamentalRow, body, "values", refused), refused


SOURCE = Source(
    name=NAME,
    home="https://www.growthepie.com",
    terms="https://docs.growthepie.com/legal/terms-of-use",
    # Its files are made once a day.
    cadence=timedelta(hours=6),
    fetch=fetch,
)
