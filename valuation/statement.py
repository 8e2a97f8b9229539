"""The income statement of a protocol: lines from fees to earnings, each by stream, and the checks of their sums."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from valuation.income import IdentityCheck, earnings, fees_identity, revenue, revenue_identity
from valuation.outcome import Outcome, State

NOT_REPORTED = Outcome(None, State.NOT_REPORTED)
LINES = (
    "FEES",
    "SUPPLY_SIDE_REVENUE",
    "REVENUE",
    "PROTOCOL_REVENUE",
    "HOLDERS_REVENUE",
    "INCENTIVES",
    "EARNINGS",
)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line in USD and the streams it is known to consist of; they may cover a part of it only."""

    metric: str
    amount: Outcome
    by_stream: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class IncomeStatement:
    """The lines of one period, both days inclusive."""

    first: date
    last: date
    lines: tuple[StatementLine, ...]
    identities: tuple[IdentityCheck, ...]


def income_statement(
    first: date,
    last: date,
    reported: Mapping[str, Outcome],
    streams: Mapping[str, Mapping[str, Decimal]],
) -> IncomeStatement:
    """The statement of a period from its reported sums and streams, both by the name of the metric.

    Revenue that is not reported is fees less supply-side revenue; earnings are always calculated.
    """
    amounts = _amounts(reported)
    lines = tuple(StatementLine(name, amounts[name], streams.get(name, {})) for name in LINES)
    days = (last - first).days + 1
    identities = (
        fees_identity(amounts["FEES"], amounts["REVENUE"], amounts["SUPPLY_SIDE_REVENUE"]),
        revenue_identity(amounts["REVENUE"], amounts["PROTOCOL_REVENUE"], amounts["HOLDERS_REVENUE"], days),
    )
    return IncomeStatement(first, last, lines, identities)


def _amounts(reported: Mapping[str, Outcome]) -> dict[str, Outcome]:
    amounts = {name: reported.get(name, NOT_REPORTED) for name in LINES}
    if amounts["REVENUE"].state is State.NOT_REPORTED:
        amounts["REVENUE"] = revenue(amounts["FEES"], amounts["SUPPLY_SIDE_REVENUE"])
    amounts["EARNINGS"] = earnings(amounts["REVENUE"], amounts["INCENTIVES"])
    return amounts
