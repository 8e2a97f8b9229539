"""What the checks refuse, and what true data they must let through."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis.strategies import integers, lists

from models.vocabulary import EntityKind, Metric
from sync.checks import examined, refusals
from sync.facts import Facts, Ref, SeriesFact, SeriesKey

TODAY = date(2026, 8, 10)
PROTOCOL = Ref(EntityKind.PROTOCOL, "defillama", "1")


def ending_yesterday(*values: int, metric: Metric = Metric.REVENUE) -> SeriesFact:
    first = TODAY - timedelta(days=len(values))
    key = SeriesKey(PROTOCOL, metric, "defillama")
    return SeriesFact.of(key, [(first + timedelta(days=ahead), value) for ahead, value in enumerate(values)])


def reasons(series: SeriesFact) -> dict[int, str]:
    return {refusal.place: refusal.reason for refusal in refusals(series, TODAY)}


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([0, 0, 0, 5_000_000, 0, 0, 0], id="a burn among empty days"),
        pytest.param([20, 35, 10, 900_000, 40, 15, 30], id="a buyback in a quiet token"),
        pytest.param([10_000] * 7 + [6_000_000] * 7, id="a launch that stays"),
        pytest.param([2_000_000] * 7 + [900_000_000] + [2_000_000] * 7, id="a liquidation cascade"),
        pytest.param([1_000] * 3 + [-50_000] + [1_000] * 3, id="a loss"),
        pytest.param([100 + day for day in range(90)], id="growth that never doubles"),
        pytest.param([230_000_000] * 40, id="the busiest network there was, every day"),
    ],
)
def test_true_data_passes(values: list[int]) -> None:
    assert reasons(ending_yesterday(*values)) == {}


def test_a_thousandfold_of_a_busy_week_is_refused() -> None:
    series = ending_yesterday(*[20_000] * 7, 20_500_000, *[20_000] * 7)

    assert reasons(series) == {7: "a thousandfold the days around it"}


@pytest.mark.parametrize(
    ("values", "refused"),
    [((5, 5_000, 5, 6), [1]), ((5_000, 5, 5_000), [1]), ((5, 5_000, 5_001), []), ((0, 5_000, 0), [])],
)
def test_a_stock_a_thousandfold_of_the_days_on_both_sides_is_refused(
    values: tuple[int, ...], refused: list[int]
) -> None:
    assert list(reasons(ending_yesterday(*values, metric=Metric.PRICE))) == refused


def test_on_the_newest_day_a_leap_waits_to_be_confirmed() -> None:
    leap = [20_000] * 7 + [30_000_000]

    assert list(reasons(ending_yesterday(*leap))) == [7]
    assert reasons(ending_yesterday(*leap, 29_000_000)) == {}


def test_no_fund_takes_in_more_than_20_billion_dollars_in_a_day() -> None:
    series = ending_yesterday(400_000_000, -25_000_000_000, metric=Metric.FUND_NET_FLOW)

    assert reasons(series) == {1: "above 20 billion dollars in a day"}


def test_what_holders_received_is_never_negative() -> None:
    assert reasons(ending_yesterday(5, -1, metric=Metric.HOLDERS_REVENUE)) == {
        1: "negative, and this metric has no reason to be"
    }


def test_more_than_anyone_ever_took_in_a_day_is_refused() -> None:
    assert reasons(ending_yesterday(1, 200_000_000_001, 1)) == {1: "above 200 billion dollars in a day"}


def test_a_series_in_cents_of_a_cent_is_refused_whole() -> None:
    found = reasons(ending_yesterday(*[3_000_000_000] * 30))

    assert set(found.values()) == {"usually above a billion dollars a day: the unit must be another"}
    assert len(found) == 30


def test_a_counter_is_not_what_a_day_came_to() -> None:
    found = reasons(ending_yesterday(*(1_000_000 + 100_000 * day for day in range(80))))

    assert set(found.values()) == {"rises 60 days in a row: a counter, not what a day came to"}


def test_days_that_are_not_over_or_stated_twice_are_refused() -> None:
    key = SeriesKey(PROTOCOL, Metric.FEES, "defillama")
    yesterday = TODAY - timedelta(days=1)
    series = SeriesFact.of(key, [(yesterday, 1), (TODAY, 1), (TODAY + timedelta(days=1), 1), (yesterday, 2)])

    assert reasons(series) == {1: "the day is not over yet", 2: "the day is not over yet", 3: "the day is stated twice"}


def test_a_price_may_be_todays_and_not_tomorrows() -> None:
    key = SeriesKey(Ref(EntityKind.TOKEN, "coingecko", "a"), Metric.PRICE, "defillama")
    series = SeriesFact.of(key, [(TODAY, 1), (TODAY + timedelta(days=1), 1)])

    assert reasons(series) == {1: "the day is not over yet"}


def test_what_is_refused_is_kept_with_its_source_reason_and_value() -> None:
    series = ending_yesterday(5, -1, 7, metric=Metric.HOLDERS_REVENUE)

    facts = examined(Facts(series=[series]), TODAY)

    (rejected,), (kept,) = facts.rejected, facts.series
    assert (rejected.source, rejected.reason) == ("defillama", "negative, and this metric has no reason to be")
    assert rejected.fact == {
        "subject": "defillama/1",
        "metric": "HOLDERS_REVENUE",
        "day": "2026-08-08",
        "value": "-1.000000",
    }
    assert list(kept.values) == [5_000_000, 7_000_000]


def test_a_series_stated_twice_counts_once() -> None:
    facts = examined(Facts(series=[ending_yesterday(1), ending_yesterday(2)]), TODAY)

    assert [list(series.values) for series in facts.series] == [[1_000_000]]
    assert [rejected.reason for rejected in facts.rejected] == ["the same series is stated twice"]


def test_days_before_since_are_left_out() -> None:
    facts = examined(Facts(series=[ending_yesterday(1, 2, 3)]), TODAY, since=TODAY - timedelta(days=2))

    assert list(facts.series[0].values) == [2_000_000, 3_000_000]


@given(lists(integers(1_000, 900_000), max_size=60))
def test_days_that_differ_less_than_a_thousandfold_always_pass(values: list[int]) -> None:
    assert reasons(ending_yesterday(*values)) == {}


def test_values_are_exact() -> None:
    key = SeriesKey(PROTOCOL, Metric.FEES, "defillama")

    series = SeriesFact.of(key, [(TODAY - timedelta(days=1), Decimal("0.1234565"))])

    assert list(series.values) == [123_456]
