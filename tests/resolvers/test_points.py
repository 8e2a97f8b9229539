"""A daily series says the same whether its points are looked at one by one or written at once."""

from array import array
from datetime import date

import orjson
from hypothesis import given
from hypothesis import strategies as st

from models.metric import MEASURES
from models.pack import MISSING
from models.vocabulary import Metric, MetricState
from resolvers.points import DailyPoints, Point

FIRST = date(2024, 12, 30).toordinal()
# As the schema writes each attribute.
KEYS = tuple((name, name) for name in Point._fields)

whole = st.integers(-(10**17), 10**17) | st.just(MISSING) | st.integers(-20, 20)
metrics = st.sampled_from([Metric.REVENUE, Metric.MARKET_CAP, Metric.TRANSACTIONS, Metric.PRICE])


def points(values: list[int], metric: Metric = Metric.REVENUE) -> DailyPoints:
    revisions = bytes(n % 3 for n in range(len(values)))
    return DailyPoints(MEASURES[metric], FIRST, array("q", values), revisions, FIRST + 4, FIRST + 3, FIRST + 5)


def as_json(point: Point) -> dict[str, object]:
    value = None if point.value is None else format(point.value, "f")
    return {
        **point._asdict(),
        "start": str(point.start),
        "end": str(point.end),
        "value": value,
        "state": point.state.name,
    }


@given(values=st.lists(whole, max_size=400), metric=metrics)
def test_what_is_written_at_once_is_what_the_points_say(values: list[int], metric: Metric) -> None:
    found = points(values, metric)

    assert orjson.loads(found.written(KEYS)) == [as_json(point) for point in found]


def test_a_day_is_known_or_not_complete_or_not() -> None:
    [first, *_, last] = points([1_500_000, MISSING, 0, 0, 0, -1])

    assert first == Point(date(2024, 12, 30), date(2024, 12, 30), first.value, MetricState.OK, True, False, 0, 1)
    assert str(first.value) == "1.500000"
    assert (last.start, str(last.value), last.complete, last.provisional) == (
        date(2025, 1, 4),
        "-0.000001",
        False,
        True,
    )
    assert points([MISSING])[0].state is MetricState.NOT_REPORTED


def test_keys_are_those_of_the_answer() -> None:
    assert (
        points([2_000_000]).written((("day", "start"), ("usd", "value"))) == b'[{"day":"2024-12-30","usd":"2.000000"}]'
    )


def test_no_days_are_no_points() -> None:
    assert points([]).written(KEYS) == b"[]"
    assert list(points([])) == []
