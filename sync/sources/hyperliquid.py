"""Hyperliquid: what its Assistance Fund buys day by day, what it holds, and how much HYPE there is.

https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from pydantic import Field

from models.vocabulary import Metric, ObservationMethod, ProtocolKind
from sync.client import Client
from sync.errors import SourceError, Unintelligible
from sync.facts import Facts, ProtocolFact, SeriesKey, SourceFact
from sync.source import Ask, Reading, Source
from sync.sources.collected import Collected, more_than_there_is, parts
from sync.sources.hyperliquid_fills import FUND, HYPE, NAME, PAGE, PROTOCOL, SUPPLY, URL, Fills, bought, parse_fills
from sync.sources.row import MaybeText, Refused, Row, listed, rows

PUBLISHER = SourceFact(NAME, "Hyperliquid info API", ObservationMethod.FIRST_PARTY_API, 10, URL)
INFO = "/info"
# Several tokens may be called HYPE: this is the protocol's own.
TOKEN_ID = "0x0d01dc56dcaaca66ad901c959b4011ec"  # noqa: S105 nothing secret
FILLS = {"type": "userFillsByTime", "user": FUND}
# What a request weighs in the budget of 1,200 a minute; fills weigh one more for each 20 of them.
WEIGHT, LIGHT, FILLS_PER_WEIGHT = 20, 2, 20
# Read again each time: a trade may be answered a little after it happened.
OVERLAP = timedelta(days=2)
# The genesis of HYPE.
BEGINNING = date(2024, 11, 29)
# How far its clock may be ahead of ours.
AHEAD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Spot:
    """HYPE on the spot market: its index, the quote token of every pair whose base it is, and what was no row."""

    index: int
    quotes: Mapping[str, str]
    refused: Refused


class TokenRow(Row):
    name: str
    index: int
    token_id: str = Field(validation_alias="tokenId")


class PairRow(Row):
    name: str
    tokens: tuple[int, int]


class BalanceRow(Row):
    token: int
    total: str


class Details(Row):
    """An answer to tokenDetails, as far as it is taken; every amount is there and may be null."""

    name: str
    max_supply: MaybeText = Field(validation_alias="maxSupply")
    total_supply: MaybeText = Field(validation_alias="totalSupply")
    circulating_supply: MaybeText = Field(validation_alias="circulatingSupply")


async def fetch(client: Client, ask: Ask) -> Reading | None:
    """The three parts of it, each of which may fail alone."""
    host = client.upstreams.hyperliquid
    spot = await (await client.post(host, INFO, {"type": "spotMeta"}, parse_spot, weight=WEIGHT)).value()
    collected, facts, troubles = Collected(PUBLISHER), Facts(), list[str]()
    collected.refuse("spotMeta", spot.refused)
    failed = await parts(
        _purchases(client, ask, spot, collected, facts, troubles),
        _balance(client, ask, spot, collected),
        _supply(client, ask, collected),
    )
    return Reading(facts.joined(collected.facts()), failed + troubles)


async def _purchases(
    client: Client, ask: Ask, spot: Spot, collected: Collected, facts: Facts, troubles: list[str]
) -> None:
    """Entries for the whole days since the last run, and a record of those that can't be had any more."""
    before = client.asked(client.upstreams.hyperliquid, INFO, FILLS)
    last = before.fetched_at.astimezone(UTC).date() if before else None
    start = last - OVERLAP if last else BEGINNING
    fills = await _fills(client, start)
    whole = fills.whole(start, ask.today)
    found = bought(fills, spot.quotes, whole)
    facts.protocols.append(ProtocolFact((PROTOCOL,), "hyperliquid", "Hyperliquid", ProtocolKind.PARENT))
    facts.ledger += [entry for entry in found.entries if ask.since is None or entry.at.date() >= ask.since]
    for day, reason, read in found.left_out:
        collected.reject(reason, subject="hyperliquid", ledger="PURCHASE", day=day.isoformat(), value=read)
    if fills.broken:
        troubles.append(str(fills.broken))
    elif last and whole.first > last:
        troubles.append(_gap(collected, last, whole.first - timedelta(days=1)))
    elif last is None and ask.since is None and whole.first > start:
        # What came before the first run is recorded, and no trouble of this run.
        _gap(collected, start, whole.first - timedelta(days=1))


def _gap(collected: Collected, first: date, last: date) -> str:
    """Record days whose purchases nobody can read any more; they stay unknown."""
    reason = "beyond the 10,000 newest fills, which is all that is kept upstream"
    collected.reject(reason, subject="hyperliquid", ledger="PURCHASE", day=first.isoformat(), until=last.isoformat())
    return f"{NAME}: the purchases of {first} to {last} can't be read any more, they are {reason}"


async def _fills(client: Client, start: date) -> Fills:
    """Page by page: each begins at the last moment of the one before, as several fills may share it."""
    host, fills = client.upstreams.hyperliquid, Fills()
    moment = _milliseconds(datetime.combine(start, time(), UTC))
    latest = _milliseconds(client.pool.clock() + AHEAD)
    try:
        while True:
            parse, moving = partial(parse_fills, first=moment, last=latest), {"startTime": moment}
            answer = await client.post(host, INFO, FILLS, parse, moving=moving, weight=WEIGHT)
            page = await answer.value()
            client.charge(host, page.length / FILLS_PER_WEIGHT)
            new = fills.take(page)
            if page.length < PAGE:
                return fills
            if not new:
                raise Unintelligible(f"{NAME}: fills from {moment} on come again and again")
            moment = page.last
    except SourceError as error:
        # What was read may be kept, but the next run must begin where this one did.
        fills.broken = error
        client.forget(host, INFO, FILLS)
        return fills


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


async def _balance(client: Client, ask: Ask, spot: Spot, collected: Collected) -> None:
    """What the fund holds now: of today until the day ends, then the day's last."""
    question = {"type": "spotClearinghouseState", "user": FUND}
    answer = await client.post(client.upstreams.hyperliquid, INFO, question, parse_balances, weight=LIGHT)
    held, refused = await answer.value()
    collected.refuse("spotClearinghouseState", refused)
    _keep(collected, SeriesKey(PROTOCOL, Metric.TREASURY_HOLDING, NAME, stream="hype"), ask.today, held.get(spot.index))


async def _supply(client: Client, ask: Ask, collected: Collected) -> None:
    question = {"type": "tokenDetails", "tokenId": TOKEN_ID}
    answer = await client.post(client.upstreams.hyperliquid, INFO, question, parse_details, weight=WEIGHT)
    details = await answer.value()
    _keep(collected, SeriesKey(HYPE, Metric.MAX_SUPPLY, NAME), ask.today, details.max_supply)
    _keep(collected, SeriesKey(HYPE, Metric.TOTAL_SUPPLY, NAME), ask.today, details.total_supply)
    _keep(collected, SeriesKey(HYPE, Metric.CIRCULATING_SUPPLY, NAME), ask.today, details.circulating_supply)


def _keep(collected: Collected, key: SeriesKey, day: date, raw: Any) -> None:
    """An amount of HYPE."""
    if more_than_there_is(raw, SUPPLY):
        collected.reject("more HYPE than there is", subject=key.subject.value, metric=key.metric.name, value=str(raw))
    else:
        collected.add(key.subject, key.metric, day, raw, key.stream)


def parse_spot(body: Any) -> Spot:
    """An answer to spotMeta: HYPE is found by its token id, its pairs by its index, and never by their names."""
    if not isinstance(body, dict):
        raise Unintelligible("describes no spot market")
    refused: Refused = []
    tokens = {row.index: row for row in listed(TokenRow, body.get("tokens"), "tokens", refused)}
    index = next((row.index for row in tokens.values() if row.token_id == TOKEN_ID), None)
    if index is None:
        raise Unintelligible("does not know HYPE")
    pairs = listed(PairRow, body.get("universe"), "pairs", refused)
    mine = {row.name: row.tokens[1] for row in pairs if row.tokens[0] == index}
    # A quote token that is not listed is none that is known to be worth a dollar.
    quotes = {name: tokens[quote].name if quote in tokens else f"#{quote}" for name, quote in mine.items()}
    return Spot(index, quotes, refused)


def parse_balances(body: Any) -> tuple[dict[int, str], Refused]:
    """An answer to spotClearinghouseState: what is held, by the index of the token, and what was no row."""
    if not isinstance(body, dict):
        raise Unintelligible("holds no balances")
    refused: Refused = []
    held = listed(BalanceRow, body.get("balances"), "balances", refused)
    return {row.token: row.total for row in held}, refused


def parse_details(body: Any) -> Details:
    """An answer to tokenDetails."""
    refused: Refused = []
    found = list(rows(Details, [body], refused)) if isinstance(body, dict) else []
    if not found:
        raise Unintelligible("describes no token" + "".join(f", it fails at {reason}" for _, reason in refused))
    return found[0]


SOURCE = Source(
    name=NAME,
    home="https://hyperliquid.xyz",
    terms="https://app.hyperliquid.xyz/terms",
    # The fund buys every few minutes; what enters is whole days.
    cadence=timedelta(hours=1),
    fetch=fetch,
)
