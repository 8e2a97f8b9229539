"""What a policy depends on, and whether it holds: prices against the token's, terms against the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from models.metric import MEASURES
from models.store import Reader
from models.vocabulary import EntityKind, Metric
from resolvers.declare import Parent, batched
from resolvers.history import History, histories
from resolvers.moment import Moment, moment_of
from resolvers.protocol import protocols_by_id
from resolvers.reading import FRESH_DAYS
from resolvers.subject import Cell

TERM = "TERM"
PRICES = {
    "PRICE_BELOW": lambda price, threshold: price < threshold,
    "PRICE_AT_MOST": lambda price, threshold: price <= threshold,
    "PRICE_AT_LEAST": lambda price, threshold: price >= threshold,
    "PRICE_ABOVE": lambda price, threshold: price > threshold,
}


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """`days`: the price meant is the mean of so many; None for the last one. `until`: the last day of a term."""

    protocol_id: int
    begins: date | None
    kind: str
    expression: str
    metric: Metric | None
    threshold_usd: Decimal | None
    days: int | None
    until: date | None


def condition_of(protocol_id: int, begins: date | None, stored: Mapping[str, Any]) -> ConditionRow:
    """A condition as models.policy lays it out."""
    metric, threshold, until = (stored.get(name) for name in ("metric", "threshold_usd", "until"))
    return ConditionRow(
        protocol_id,
        begins,
        stored["kind"],
        stored["expression"],
        None if metric is None else Metric[metric],
        None if threshold is None else Decimal(threshold),
        stored.get("days"),
        None if until is None else date.fromisoformat(until),
    )


async def conditions_met(reader: Reader, keys: Sequence[ConditionRow]) -> list[bool | None]:
    """Whether each holds; None where that is not known. Five statements at most."""
    moment = await moment_of(reader)
    prices = await _prices(reader, [key.protocol_id for key in keys if key.kind in PRICES])
    return [_met(key, moment, prices.get(key.protocol_id)) for key in keys]


async def _prices(reader: Reader, protocol_ids: Sequence[int]) -> dict[int, History]:
    """The daily prices of the token of each protocol that has both."""
    if not protocol_ids:
        return {}
    found = await protocols_by_id(reader, list(dict.fromkeys(protocol_ids)))
    cells = {row.number: _price_of(row.token_id) for row in found if row is not None and row.token_id is not None}
    known = await histories(reader, list(dict.fromkeys(cells.values())))
    return {id_: known[cell] for id_, cell in cells.items() if cell in known}


def _price_of(token_id: int) -> Cell:
    return Cell(EntityKind.TOKEN, token_id, Metric.PRICE)


def _met(condition: ConditionRow, moment: Moment, prices: History | None) -> bool | None:
    if condition.kind == TERM and condition.until is not None:
        today = moment.day or moment.published_at.date()
        return (condition.begins or date.min) <= today <= condition.until
    if condition.kind not in PRICES or condition.threshold_usd is None or prices is None:
        return None
    price = _price(prices, moment.end(Metric.PRICE), condition.days)
    return None if price is None else PRICES[condition.kind](price, condition.threshold_usd)


def _price(prices: History, end: date, days: int | None) -> Decimal | None:
    """The newest price, or the mean of some days; None where it is too old, or one of the days is not known."""
    if days is None:
        last = prices.over(end - timedelta(days=FRESH_DAYS), end, flow=False).value
        return None if last is None else MEASURES[Metric.PRICE].value(last)
    total = prices.over(end - timedelta(days=days - 1), end, flow=True)
    if total.value is None or total.days < days:
        return None
    return MEASURES[Metric.PRICE].value(total.value) / days


@batched(conditions_met)
def resolve_met_now(row: Parent[ConditionRow]) -> ConditionRow:
    return row
