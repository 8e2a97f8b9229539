"""Money is exact, from the way in to the sum."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from models.base import LARGEST_USD, MicroUsd, Quantity, exact_sum, exact_total, usd
from models.metric import LARGEST_FLOW, MEASURES
from models.store import Store
from models.vocabulary import Metric

kept = Table(
    "kept",
    MetaData(),
    Column("n", Integer, primary_key=True),
    Column("usd", MicroUsd),
    Column("tokens", Quantity),
    prefixes=["TEMPORARY"],
)
amounts = st.decimals(-LARGEST_USD, LARGEST_USD, places=6)
quantities = st.decimals(0, Decimal(10) ** 50, places=18)
examples = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


async def stored(store: Store, rows: list[dict[str, object]], *columns: object) -> list[tuple[object, ...]]:
    async with store.writer.begin() as connection:
        await connection.run_sync(kept.metadata.create_all, checkfirst=False)
        if rows:
            await connection.execute(insert(kept), [{"n": n, **row} for n, row in enumerate(rows)])
        found = await connection.execute(select(*columns).select_from(kept))  # type: ignore[call-overload]
        return [tuple(row) for row in found]


def total(values: list[Decimal]) -> int:
    """Exactly, in units of 10^-18: the default context would round."""
    return sum(map(_units, values))


def _units(value: Decimal) -> int:
    sign, digits, exponent = value.as_tuple()
    whole = int("".join(map(str, digits)))
    return (-whole if sign else whole) * 10 ** (18 + int(exponent))


@examples
@given(values=st.lists(amounts, min_size=1, max_size=30))
async def test_a_sum_of_dollars_is_exactly_the_sum(store: Store, values: list[Decimal]) -> None:
    ((found,),) = await stored(store, [{"usd": value} for value in values], exact_sum(kept.c.usd))

    assert _units(found) == total(values)  # type: ignore[arg-type]


@examples
@given(values=st.lists(quantities, min_size=1, max_size=10))
async def test_a_sum_of_tokens_is_exactly_the_sum(store: Store, values: list[Decimal]) -> None:
    ((found,),) = await stored(store, [{"tokens": value} for value in values], exact_total(kept.c.tokens))

    assert _units(found) == total(values)  # type: ignore[arg-type]


async def test_a_sum_past_64_bits_is_exact(store: Store) -> None:
    ((found,),) = await stored(store, [{"usd": LARGEST_USD}] * 50, exact_sum(kept.c.usd))

    assert found == 50 * LARGEST_USD


async def test_the_sum_of_nothing_is_not_known(store: Store) -> None:
    assert await stored(store, [], exact_sum(kept.c.usd), exact_total(kept.c.tokens)) == [(None, None)]


@pytest.mark.parametrize("value", ["0.0000001", "1000000000000.000001"])
async def test_what_cannot_be_kept_exactly_is_refused(store: Store, value: str) -> None:
    with pytest.raises(StatementError, match="whole micro-dollars"):
        await stored(store, [{"usd": Decimal(value)}], kept.c.usd)


def test_half_a_millionth_goes_to_the_even_neighbour() -> None:
    assert [usd("0.0000005"), usd("0.0000015"), usd(0.1 + 0.2)] == [
        Decimal("0.000000"),
        Decimal("0.000002"),
        Decimal("0.300000"),
    ]


@given(whole=st.integers(-LARGEST_FLOW, LARGEST_FLOW))
@pytest.mark.parametrize("metric", [Metric.REVENUE, Metric.VOLUME, Metric.TRANSACTIONS])
def test_a_measure_gives_back_what_it_scaled(metric: Metric, whole: int) -> None:
    measure = MEASURES[metric]

    assert measure.scaled(measure.value(whole)) == whole


def test_a_measure_refuses_more_than_it_can_add_up() -> None:
    with pytest.raises(OverflowError, match="more than the store takes"):
        MEASURES[Metric.REVENUE].scaled("1000000000000.000001")
