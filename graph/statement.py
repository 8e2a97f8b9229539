"""Income statements."""

import datetime
from decimal import Decimal

import strawberry

from graph.fields import described, views
from models.vocabulary import Metric, MetricState
from resolvers.statement import StatementRow


@strawberry.type(description="What one stream came to in a period.")
class StatementPart:
    label: str = described("What the source calls the stream, for example borrow_interest.")
    value: Decimal = described("US dollars, exact.")
    state: MetricState = described("OK with all days known, PARTIAL with some.")


@strawberry.type(description="A line of an income statement, in US dollars.")
class StatementLine:
    key: Metric = described("What the line is.")
    value: Decimal | None = described("US dollars, exact; null where it is not known, never zero.")
    state: MetricState = described("Why the value is what it is, or why there is none.")
    reason: str | None = described("The state in a sentence; null when OK.")
    derived: bool = described("Whether it is reckoned from other lines, and not reported.")
    by_stream: list[StatementPart] = described("The streams that are known; they may be a part of the line only.")


@strawberry.type(description="Whether lines of a statement add up as they must.")
class IdentityCheck:
    name: str = described("The equation, for example FEES = REVENUE + SUPPLY_SIDE_REVENUE.")
    expected: Decimal | None = described("The left side, US dollars; null where it is not known.")
    actual: Decimal | None = described("The right side, US dollars; null where it is not known.")
    difference: Decimal | None = described("Right less left; null where either is not known.")
    holds: bool | None = described("Whether the difference is within the tolerance; null where that can't be said.")
    tolerance_percent: Decimal = strawberry.field(
        name="tolerancePct", description="How far apart they may be, in percent of the left side."
    )
    note: str | None = described("Why it can't be said; null where it can.")


@strawberry.type(description="The income statement of a period, from fees to earnings.")
class IncomeStatement:
    is_type_of = views(StatementRow)

    period_start: datetime.date = described("First UTC day, for example 2026-01-01.")
    period_end: datetime.date = described("Last UTC day, for example 2026-03-31.")
    complete: bool = described("Whether the period had ended, by the last complete day of the epoch.")
    provisional: bool = described("Whether it holds a day that may still be revised.")
    lines: list[StatementLine] = described("Fees, supply side, revenue, its two parts, incentives, earnings.")
    identities: list[IdentityCheck] = described("Whether they add up.")
