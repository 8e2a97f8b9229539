"""What tokens are worth at their newest price, and which part of the supply they are."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from models.store import Reader
from models.vocabulary import EntityKind, Metric, Unit, Window
from resolvers.figure import Figure, figure_of, outcome_of
from resolvers.metric import MetricValue, metric_values
from resolvers.metric_key import MetricKey
from resolvers.subject import Subject
from resolvers.token import TokenAmount
from valuation.outcome import Outcome, State, calculated, quotient, weakened

SUPPLIES = (Metric.TOTAL_SUPPLY, Metric.CIRCULATING_SUPPLY)

Valued: TypeAlias = Mapping[MetricKey, MetricValue]
"""Prices and supplies of tokens."""


class Worth(NamedTuple):
    """Tokens whose worth is asked; `stated_usd` what their holder's source made of them on `stated_on`."""

    token_id: int | None
    amount: Decimal
    stated_usd: Decimal | None = None
    stated_on: date | None = None


async def worths(reader: Reader, keys: Sequence[Worth]) -> list[Figure]:
    """What tokens are worth. The statements of `metric_values`."""
    valued = await valued_tokens(reader, [key.token_id for key in keys if key.token_id is not None])
    return [worth_of(key, valued) for key in keys]


async def amounts(reader: Reader, keys: Sequence[Worth]) -> list[TokenAmount | None]:
    """Tokens with what they are worth and the price that was used. The statements of `metric_values`."""
    valued = await valued_tokens(reader, [key.token_id for key in keys if key.token_id is not None])
    return [None if key.token_id is None else _amount(key.token_id, key.amount, valued) for key in keys]


def _amount(token_id: int, tokens: Decimal, valued: Valued) -> TokenAmount:
    """The price of a day is that at its end."""
    price = valued[_price(token_id)]
    if price.value is None or price.as_of is None:
        return TokenAmount(token_id, tokens, None, None, None)
    end = datetime.combine(price.as_of + timedelta(days=1), time(), UTC)
    return TokenAmount(token_id, tokens, tokens * price.value, price.value, end)


async def valued_tokens(reader: Reader, token_ids: Sequence[int]) -> Valued:
    keys = [key for id_ in token_ids for key in (_price(id_), *(_supply(id_, metric) for metric in SUPPLIES))]
    return dict(zip(keys, await metric_values(reader, keys), strict=True))


def worth_of(key: Worth, valued: Valued) -> Figure:
    """At the newest price of the 30 days before; as the source put it where there is none."""
    price = valued[_price(key.token_id)] if key.token_id is not None else None
    if price is None or price.value is None:
        return figure_of(_stated(key), Unit.USD, key.stated_on, (price,) if price else ())
    worth = Outcome(key.amount * price.value, State(price.state.value), price.reason)
    return figure_of(worth, Unit.USD, price.as_of, (price,))


def _stated(key: Worth) -> Outcome:
    if key.stated_usd is None:
        return Outcome(None, State.NOT_REPORTED, "No price of the token is known for the last 30 days.")
    reason = f"No price of the token is known; this is what the source put it at on {key.stated_on}."
    return Outcome(key.stated_usd, State.ESTIMATED, reason)


def share_of_supply(token_id: int | None, amount: Decimal, valued: Valued) -> Figure:
    """The part of the total supply; of the circulating one where that is all there is."""
    if token_id is None:
        return figure_of(Outcome(None, State.NO_TOKEN, "The token is not known here."), Unit.RATIO)
    total, circulating = (valued[_supply(token_id, metric)] for metric in SUPPLIES)
    supply = total if total.value is not None else circulating
    share = calculated(_share, amount=Outcome(amount), supply=outcome_of(supply))
    if supply is circulating and share.value is not None:
        share = weakened(share, State.ESTIMATED, "Of the circulating supply; the total is not known.")
    return figure_of(share, Unit.RATIO, supply.as_of, (supply,))


def _share(amount: Decimal, supply: Decimal) -> Decimal | Outcome:
    return quotient(amount, supply, "supply")


def _price(token_id: int) -> MetricKey:
    return MetricKey(Subject(EntityKind.TOKEN, token_id, None, token_id), Metric.PRICE, Window.D30)


def _supply(token_id: int, metric: Metric) -> MetricKey:
    return MetricKey(Subject(EntityKind.TOKEN, token_id, None, token_id), metric, Window.ALL)
