"""Values of metrics: never a bare number, and never a bare null."""

import datetime
from decimal import Decimal

import strawberry

from graph.cost import Cost, DaySpan
from graph.fields import described, resolved_by
from graph.series import Series
from graph.source import Methodology, Provenance, Source
from models.vocabulary import Metric, MetricState, Unit, Window
from resolvers.metric import metric_field, resolve_metric, resolve_metrics
from resolvers.provenance import (
    resolve_estimated_days,
    resolve_methodology,
    resolve_provenance,
    resolve_source_of_value,
)
from resolvers.series import resolve_series
from valuation.annualised import Annualization
from valuation.supply import SupplyBasis


@strawberry.type(description="How far the days of a window are known.")
class Coverage:
    expected_days: int = described("How many days the window has, for example 30.")
    observed_days: int = described("On how many of them something is known, for example 28.")
    missing_days: int = described("On how many of them nothing is known, for example 2.")
    estimated_days: int | None = resolved_by(
        resolve_estimated_days,
        "On how many of them the source infers the number from others; null of sums and of what is made of others.",
    )
    provisional_days: int = described("How many of them may still be revised: the two days before the epoch.")
    first_day: datetime.date | None = described("First UTC day anything is known of at all; null if nothing is.")
    last_day: datetime.date | None = described("Last UTC day anything is known of at all; null if nothing is.")
    reporting: int | None = described(
        "Of a sum over protocols: how many of them have ever reported the metric, and are in it; null otherwise."
    )
    members: int | None = described(
        "Of a sum over protocols: how many belong to the sector, chain or market; null otherwise."
    )


@strawberry.type(description="The same metric over the window before, as many days or the same part of the period.")
class PreviousValue:
    value: Decimal | None = described("In the unit of the value; null where it is not known.")
    state: MetricState = described("Why it is what it is, or why there is none.")
    reason: str | None = described("The state in a sentence; null where there is nothing to say.")
    window_start: datetime.date = described("First UTC day, for example 2025-12-14.")
    window_end: datetime.date = described("Last UTC day, for example 2026-01-12.")
    observed_days: int = described("On how many of its days something is known.")


@strawberry.type(description="A metric over a window: its value, or why there is none. Null is not known, never zero.")
class MetricValue:
    key: Metric = described("What is measured.")
    value: Decimal | None = described(
        'In `unit`, exact, for example "1234567.89"; null where it is not known, and "0" is a measured zero.'
    )
    state: MetricState = described("Why the value is what it is, or why there is none.")
    reason: str | None = described('The state in a sentence, for example "28 of 30 days are known."; null when OK.')
    unit: Unit = described("What the value is counted in.")
    window: Window = described("The window as it was asked for.")
    window_start: datetime.date | None = described("First UTC day of the window; null of ALL where nothing is known.")
    window_end: datetime.date = described("Last UTC day of the window.")
    as_of: datetime.date | None = described("Last UTC day that is in the value; null without one.")
    computed_at: datetime.datetime = described("When the epoch was published that the value is from.")
    epoch: int = described("The epoch that the value is from: asking at it again gives the same answer.")
    annualization: Annualization = described("How flows were made yearly, where the metric needs a year.")
    supply_basis: SupplyBasis = described("Which tokens a capitalisation counts, where the metric has one.")
    derived: bool = described("Whether it is made of other metrics; its provenance has them as inputs.")
    coverage: Coverage = described("How far the days of the window are known.")
    previous: PreviousValue | None = described(
        "The window before; null for ALL, and for derived metrics that are not of one window alone."
    )
    growth: float | None = described(
        "Value over previous value less one, 0.1 for ten per cent more; null unless the previous is positive and "
        "nine days of ten are known in both."
    )
    source: Source | None = resolved_by(
        resolve_source_of_value, "Who said the number; null for derived and summed values, and where there is none."
    )
    methodology: Methodology = resolved_by(resolve_methodology, "How the metric is reckoned.")
    provenance: Provenance = resolved_by(resolve_provenance, "Where the value is from, and what others say.")


@strawberry.type
class Measured:
    """What any metric can be asked of; the fields go to each type that inherits them."""

    metric: MetricValue = resolved_by(resolve_metric, "Any metric over a window.")
    metrics: list[MetricValue] = resolved_by(resolve_metrics, "Several metrics over one window.")
    series: list[Series] = resolved_by(
        resolve_series,
        "Metrics over time, one series for each, or for each part where they are broken down.",
        Cost(weight=3),
        DaySpan(sized_fields=["points"]),
    )


@strawberry.type
class Earning:
    """The lines of an income statement, for whatever earns; in US dollars over a window."""

    fees: MetricValue = resolved_by(
        metric_field(Metric.FEES), "All that users or yield paid, from every stream, US dollars over a window."
    )
    supply_side_revenue: MetricValue = resolved_by(
        metric_field(Metric.SUPPLY_SIDE_REVENUE), "The part of the fees that went to those who supply, US dollars."
    )
    revenue: MetricValue = resolved_by(
        metric_field(Metric.REVENUE), "Fees less the supply side's part: what was kept, US dollars over a window."
    )
    protocol_revenue: MetricValue = resolved_by(
        metric_field(Metric.PROTOCOL_REVENUE), "The part of revenue that went to the treasury, US dollars."
    )
    holders_revenue: MetricValue = resolved_by(
        metric_field(Metric.HOLDERS_REVENUE), "The part of revenue that reached holders of the token, US dollars."
    )
    earnings: MetricValue = resolved_by(
        metric_field(Metric.EARNINGS), "Revenue less incentives, US dollars; unknown while incentives are."
    )
    buybacks_executed: MetricValue = resolved_by(
        metric_field(Metric.BUYBACK_EXECUTED), "What was spent on purchases of the token, by the ledger, US dollars."
    )
    burned: MetricValue = resolved_by(
        metric_field(Metric.BURNED), "What was burned, by the ledger, US dollars at the time of each burn."
    )
    distributed: MetricValue = resolved_by(
        metric_field(Metric.DISTRIBUTED), "What was paid out to holders, by the ledger, US dollars."
    )


@strawberry.type
class Priced:
    """What a token is worth and how many there are: the last values in a window."""

    price: MetricValue = resolved_by(metric_field(Metric.PRICE), "Price of a token, US dollars.")
    market_cap: MetricValue = resolved_by(
        metric_field(Metric.MARKET_CAP), "Price times circulating supply, US dollars."
    )
    fdv: MetricValue = resolved_by(
        metric_field(Metric.FDV), "Price times the most tokens there can be, fully diluted valuation, US dollars."
    )
    circulating_supply: MetricValue = resolved_by(
        metric_field(Metric.CIRCULATING_SUPPLY), "Tokens in circulation, whole tokens."
    )
    total_supply: MetricValue = resolved_by(metric_field(Metric.TOTAL_SUPPLY), "Tokens that exist, whole tokens.")
    max_supply: MetricValue = resolved_by(
        metric_field(Metric.MAX_SUPPLY), "The most tokens there can be, whole tokens."
    )
