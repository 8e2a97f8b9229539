"""Emission schedules of tokens, as DefiLlama documents them: what was unlocked by day, and supplies; only with a key.

https://api-docs.defillama.com
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from pydantic import Field

from models.vocabulary import EntityKind, Metric, ObservationMethod
from sync.client import Client
from sync.errors import NotFound, Unintelligible
from sync.facts import Ref, SourceFact
from sync.source import Ask, Reading, Source
from sync.sources.collected import Collected, more_than_there_is, number, parts
from sync.sources.row import Number, Refused, Row, day_of_seconds, listed

NAME = "emissions"
PUBLISHER = SourceFact(
    "defillama-emissions",
    "DefiLlama, emission schedules",
    ObservationMethod.THIRD_PARTY,
    125,
    "https://github.com/DefiLlama/emissions-adapters",
)
LIST = "/api/emissions"


class TokenRow(Row):
    """A row of /emissions."""

    gecko_id: str = Field(min_length=1)
    circulating: Number | None = Field(None, validation_alias="circSupply")
    maximum: Number | None = Field(None, validation_alias="maxSupply")


async def fetch(client: Client, ask: Ask) -> Reading | None:
    """Of the tokens that the store knows; the schedule of each once a day."""
    collected = Collected(PUBLISHER)
    rows, refused = await (await client.get(client.upstreams.defillama_pro, LIST, parse_tokens)).value()
    collected.refuse(LIST, refused)
    mine = {row.gecko_id: row for row in rows if row.gecko_id in ask.coins}
    for coin, row in mine.items():
        if more_than_there_is(row.circulating, row.maximum):
            collected.reject("more circulates than there can be", where=LIST, value=str(row.model_dump(mode="json")))
            continue
        # 0 says that it is not known.
        collected.add(_token(coin), Metric.CIRCULATING_SUPPLY, ask.today, row.circulating or None)
        collected.add(_token(coin), Metric.MAX_SUPPLY, ask.today, row.maximum or None)
    troubles = await parts(*(_unlocks(client, ask, coin, collected) for coin in mine))
    return Reading(collected.facts(), troubles)


async def _unlocks(client: Client, ask: Ask, coin: str, collected: Collected) -> None:
    host, path = client.upstreams.defillama_pro, f"/api/emission/{quote(coin, safe='')}"
    known = client.known(host, path)
    if known and known.fetched_at.astimezone(UTC).date() >= ask.today:
        return
    try:
        schedule = await (await client.get(host, path, parse_schedule)).value()
    except NotFound:
        # It is listed and not documented.
        return
    for day, tokens in unlocked(schedule):
        # The schedule goes on for years: what is to come did not happen yet.
        if day < ask.today:
            collected.add(_token(coin), Metric.UNLOCKS, day, tokens)


def _token(coin: str) -> Ref:
    return Ref(EntityKind.TOKEN, "coingecko", coin)


Schedule = dict[str, dict[date, Decimal]]
"""What has been unlocked in all, by recipient and day."""


def unlocked(schedule: Schedule) -> Iterator[tuple[date, Decimal]]:
    """What was unlocked on each day, over all recipients: the schedule counts on, this is the difference.

    A day that a recipient lacks, or whose day before does, is not known.
    """
    if not schedule:
        return
    whole = sorted(set.intersection(*(set(days) for days in schedule.values())))
    totals = {day: sum((days[day] for days in schedule.values()), Decimal()) for day in whole}
    for day in whole:
        before = totals.get(day - timedelta(days=1))
        if before is not None:
            yield day, totals[day] - before
        elif day == whole[0]:
            yield day, totals[day]


def parse_tokens(body: Any) -> tuple[list[TokenRow], Refused]:
    """An answer of /emissions. Tokens that CoinGecko does not have are no rows."""
    refused: Refused = []
    named = (
        [row for row in body if not isinstance(row, dict) or row.get("gecko_id")] if isinstance(body, list) else body
    )
    return listed(TokenRow, named, "tokens", refused), refused


def parse_schedule(body: Any) -> Schedule:
    """An answer of /emission/{id}, whose `body` is an object, or the text of one."""
    inner = body.get("body") if isinstance(body, dict) else None
    if isinstance(inner, str):
        try:
            inner = json.loads(inner, parse_float=str, parse_constant=str)
        except (ValueError, RecursionError) as error:
            raise Unintelligible("holds a body that is no JSON") from error
    match inner:
        case {"documentedData": {"data": [*recipients]}}:
            return dict(_recipient(each) for each in recipients)
        case _:
            raise Unintelligible("holds no documented data")


def _recipient(said: Any) -> tuple[str, dict[date, Decimal]]:
    match said:
        case {"label": str() as label, "data": [*points]}:
            return label, dict(_point(point) for point in points)
        case _:
            raise Unintelligible(f"has a recipient without a label or data: {str(said)[:60]}")


def _point(said: Any) -> tuple[date, Decimal]:
    match said:
        case {"timestamp": int() as seconds, "unlocked": tokens}:
            try:
                return day_of_seconds(seconds), number(tokens)
            except (ArithmeticError, ValueError) as error:
                raise Unintelligible(f"has a point that is no number of a day: {str(said)[:60]}") from error
        case _:
            raise Unintelligible(f"has a point without a time or number: {str(said)[:60]}")


SOURCE = Source(
    name=NAME,
    home="https://defillama.com/unlocks",
    terms="https://defillama.com/terms",
    cadence=timedelta(hours=24),
    fetch=fetch,
    needs_key=("defillama",),
)
