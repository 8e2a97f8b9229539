"""What tokens of the ledger are worth at the newest price: marked to market."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from models.base import EXACT, MICRO
from models.metric import MEASURES
from models.store import Reader
from models.vocabulary import EntityKind, Metric, MetricState, Window
from resolvers.declare import Parent, batched
from resolvers.ledger_total import LedgerAggregate, TokenSum
from resolvers.moment import moment_of
from resolvers.reading import FRESH_DAYS, state_of
from resolvers.stored import stored_values
from resolvers.subject import Cell
from valuation.outcome import Outcome, State, weakened


@dataclass(frozen=True, slots=True)
class Mark:
    """`gain_usd`: over tokens whose cost is known. `price_usd`: None with several tokens; `priced_on`: the oldest."""

    usd: Decimal | None
    gain_usd: Decimal | None
    price_usd: Decimal | None
    priced_on: date | None
    state: MetricState
    reason: str | None


class Price(NamedTuple):
    usd: Decimal
    on: date
    days_old: int


async def marks(reader: Reader, keys: Sequence[tuple[TokenSum, ...]]) -> list[Mark]:
    """The worth of each list of sums. Three statements at most."""
    ids = {each.token_id for key in keys for each in key if each.token_id is not None}
    moment = await moment_of(reader)
    asked = [(Cell(EntityKind.TOKEN, id_, Metric.PRICE), Window.ALL) for id_ in sorted(ids)]
    known, end = await stored_values(reader, asked, moment), moment.end(Metric.PRICE)
    prices = {
        cell.entity_id: Price(MEASURES[Metric.PRICE].value(found.value), found.last_day, (end - found.last_day).days)
        for (cell, _), found in known.items()
        if found.value is not None
    }
    return [_mark(key, prices) for key in keys]


async def mark_dollars(reader: Reader, keys: Sequence[tuple[TokenSum, ...]]) -> list[Decimal | None]:
    """The dollars alone, None at a price that is not of the newest days. Three statements at most."""
    return [None if mark.state is MetricState.STALE else mark.usd for mark in await marks(reader, keys)]


def _mark(sums: Sequence[TokenSum], prices: Mapping[int, Price]) -> Mark:
    found = [(each, prices.get(each.token_id or 0)) for each in sums if each.tokens is not None]
    priced = [(each, price) for each, price in found if price is not None]
    outcome = _worth(sums, priced)
    gains = [_gain(each, price) for each, price in priced if each.priced_tokens is not None]
    return Mark(
        outcome.value,
        _micro(sum(gains, Decimal(0))) if gains else None,
        priced[0][1].usd if len(priced) == 1 else None,
        min((price.on for _, price in priced), default=None),
        state_of(outcome),
        outcome.reason,
    )


def _worth(sums: Sequence[TokenSum], priced: Sequence[tuple[TokenSum, Price]]) -> Outcome:
    if not any(each.counted for each in sums):
        return Outcome(None, State.NOT_REPORTED, "No entry says how many tokens it is about.")
    if not priced:
        return Outcome(None, State.NOT_REPORTED, "No price of the token is known.")
    total = sum((_times(each.tokens, price) for each, price in priced), Decimal(0))
    outcome = Outcome(_micro(total))
    entries, counted = sum(each.entries for each in sums), sum(each.counted for each, _ in priced)
    if counted < entries:
        outcome = weakened(outcome, State.PARTIAL, f"Of {entries} entries {counted} say tokens that have a price.")
    oldest = min((price for _, price in priced), key=lambda price: price.on)
    if oldest.days_old > FRESH_DAYS:
        outcome = weakened(outcome, State.STALE, f"The last known price is of {oldest.on}.")
    return outcome


def _gain(each: TokenSum, price: Price) -> Decimal:
    return _times(each.priced_tokens, price) - (each.priced_usd or Decimal(0))


def _times(tokens: Decimal | None, price: Price) -> Decimal:
    return EXACT.multiply(tokens or Decimal(0), price.usd)


def _micro(amount: Decimal) -> Decimal:
    return amount.quantize(MICRO, context=EXACT)


@batched(marks)
def resolve_mark(row: Parent[LedgerAggregate]) -> tuple[TokenSum, ...]:
    return row.by_token


@batched(mark_dollars)
def resolve_mark_usd(row: Parent[LedgerAggregate]) -> tuple[TokenSum, ...]:
    return row.by_token
