"""What is earned: the lines of an income statement, and whether its parts add up."""

from dataclasses import dataclass
from decimal import Decimal

from valuation.outcome import HUNDRED, ZERO, Outcome, State, calculated

# Sources round each line to a whole dollar or cent on their own.
ROUNDING_PERCENT = Decimal("0.01")

# Income of holders can land on another day than the revenue it comes from, so the split is checked over a quarter.
SPLIT_DAYS = 90
SPLIT_PERCENT = Decimal(1)


def revenue(fees: Outcome, supply_side_revenue: Outcome) -> Outcome:
    """Fees less the part of the supply side, in USD, over one window."""
    return calculated(lambda f, s: f - s, fees=fees, supply_side_revenue=supply_side_revenue)


def earnings(revenue: Outcome, incentives: Outcome) -> Outcome:
    """Revenue less incentives, in USD, over one window. Unknown incentives are not zero: then earnings are unknown."""
    return calculated(lambda r, i: r - i, revenue=revenue, incentives=incentives)


def chain_rev(in_protocol_fees: Outcome, out_of_protocol_tips: Outcome) -> Outcome:
    """Real economic value of a chain in USD: what users pay in the protocol and beside it."""
    return calculated(
        lambda fees, tips: fees + tips,
        in_protocol_fees=in_protocol_fees,
        out_of_protocol_tips=out_of_protocol_tips,
    )


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """Whether a sum equals its parts. `holds` is None when it cannot be said; `note` is a sentence about that."""

    name: str
    expected: Decimal | None
    actual: Decimal | None
    difference: Decimal | None
    holds: bool | None
    tolerance_percent: Decimal
    note: str | None


def fees_identity(fees: Outcome, revenue: Outcome, supply_side_revenue: Outcome) -> IdentityCheck:
    """Fees = revenue + supply-side revenue, within the period and up to rounding."""
    parts = calculated(lambda r, s: r + s, revenue=revenue, supply_side_revenue=supply_side_revenue)
    return _checked("FEES = REVENUE + SUPPLY_SIDE_REVENUE", fees, parts, ROUNDING_PERCENT)


def revenue_identity(revenue: Outcome, protocol_revenue: Outcome, holders_revenue: Outcome, days: int) -> IdentityCheck:
    """Revenue = protocol revenue + holders' revenue, within a tolerance and over no less than a quarter."""
    name = "REVENUE = PROTOCOL_REVENUE + HOLDERS_REVENUE"
    parts = calculated(lambda p, h: p + h, protocol_revenue=protocol_revenue, holders_revenue=holders_revenue)
    check = _checked(name, revenue, parts, SPLIT_PERCENT)
    if days >= SPLIT_DAYS or check.note is not None:
        return check
    note = f"Holders' revenue can land on another day than revenue, so this is checked over {SPLIT_DAYS} days or more."
    return IdentityCheck(name, check.expected, check.actual, check.difference, None, SPLIT_PERCENT, note)


def _checked(name: str, whole: Outcome, parts: Outcome, tolerance_percent: Decimal) -> IdentityCheck:
    difference = calculated(lambda expected, actual: actual - expected, whole=whole, parts=parts)
    if difference.value is None or whole.value is None:
        return IdentityCheck(name, whole.value, parts.value, None, None, tolerance_percent, difference.reason)
    if difference.state is State.PARTIAL:
        return IdentityCheck(
            name, whole.value, parts.value, difference.value, None, tolerance_percent, difference.reason
        )
    allowed = max(abs(whole.value) * tolerance_percent / HUNDRED, ZERO)
    holds = abs(difference.value) <= allowed
    return IdentityCheck(name, whole.value, parts.value, difference.value, holds, tolerance_percent, None)
