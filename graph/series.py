"""Metrics over time."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph.cost import Cost
from graph.fields import described, resolved_by
from graph.scalars import Columns
from graph.source import Methodology
from models.vocabulary import Interval, Metric, MetricState, Unit
from resolvers.provenance import resolve_methodology_of_series

if TYPE_CHECKING:
    from graph.metric import Coverage


@strawberry.type(description="A bucket of UTC days.")
class Point:
    start: datetime.date = described("First UTC day, for example 2026-02-01.")
    end: datetime.date = described("Last UTC day, for example 2026-02-28.")
    value: Decimal | None = described(
        "Of a flow the exact sum of the known days, of a stock its last value; null where nothing is known."
    )
    state: MetricState = described("OK with all days known, PARTIAL with some, ESTIMATED where it was filled in.")
    complete: bool = described("Whether the bucket had ended, by the last complete day of the epoch.")
    provisional: bool = described("Whether it holds a day that may still be revised.")
    revision: int = described("How often a day in it was replaced by the source, at most; 0 where none was.")
    observed_days: int = described("On how many of its days something is known.")


@strawberry.type(description="A metric over time.")
class Series:
    key: Metric = described("What is measured.")
    label: str | None = described("The chain or stream it is a part by, for example ethereum; null for the whole.")
    unit: Unit = described("What the values are counted in.")
    interval: Interval = described("How long a bucket is.")
    points: list[Point] = described("The buckets in the order of days, without gaps between them.", Cost(weight=0))
    columns: Columns = described(
        "The first day and the value of every point, for charts: as one value, a fraction of the size of `points`."
    )
    methodology: Methodology = resolved_by(resolve_methodology_of_series, "How the metric is reckoned.")
    coverage: Annotated["Coverage", strawberry.lazy("graph.metric")] = described("How far the days are known.")
