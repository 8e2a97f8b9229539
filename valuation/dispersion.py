"""How evenly a flow is spread, over its parts and over time."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from valuation.outcome import HUNDRED, ZERO, Outcome, State, calculated, quotient, weakened

DRAWDOWN_DAYS = 90
ROLLING_DAYS = 30
DOWN_MARKET_PERCENT = Decimal(-10)
FEWEST_DOWN_MONTHS = 3


class MonthlyChange(NamedTuple):
    """The change of revenue and of the market over one month, in percent."""

    revenue: Decimal
    market: Decimal


def hhi(parts: Sequence[Decimal]) -> Outcome:
    """Herfindahl-Hirschman index of the parts of a whole: 10,000 for a single one, towards 0 for very many."""
    shares = _shares(parts)
    if isinstance(shares, Outcome):
        return shares
    return Outcome(sum((share * share for share in shares), ZERO))


def top_share(parts: Sequence[Decimal]) -> Outcome:
    """The largest part in percent of all."""
    shares = _shares(parts)
    return shares if isinstance(shares, Outcome) else Outcome(max(shares))


def coverage(parts: Sequence[Decimal], whole: Outcome) -> Outcome:
    """How much of the whole the known parts explain, in percent: to be read beside an index of concentration."""
    return calculated(lambda total: quotient(sum(parts, ZERO) * HUNDRED, total, "the whole"), whole=whole)


def volatility(weeks: Sequence[Decimal | None], span: int) -> Outcome:
    """Standard deviation / mean of the last `span` (26 or 52) weeks, oldest first, over the population.

    No logarithms, for a week may be zero. PARTIAL when weeks are missing, down to nine of ten.
    """
    known = [week for week in weeks[-span:] if week is not None]
    if len(known) * 10 < span * 9:
        reason = f"{len(known)} of {span} weeks are observed."
        return Outcome(None, State.INSUFFICIENT_HISTORY, reason)
    mean = sum(known, ZERO) / len(known)
    variance = sum(((week - mean) ** 2 for week in known), ZERO) / len(known)
    ratio = quotient(variance.sqrt(), mean, "mean weekly revenue")
    outcome = ratio if isinstance(ratio, Outcome) else Outcome(ratio)
    if outcome.value is None or len(known) == span:
        return outcome
    return weakened(outcome, State.PARTIAL, f"{len(known)} of {span} weeks are observed.")


def max_drawdown(days: Sequence[Decimal | None]) -> Outcome:
    """The largest fall of the rolling 30-day sum from its running maximum, in percent; days oldest first.

    Sums with a missing day in them are left out, and the result is PARTIAL.
    """
    if len(days) < DRAWDOWN_DAYS:
        reason = f"{len(days)} days are known; a drawdown needs {DRAWDOWN_DAYS}."
        return Outcome(None, State.INSUFFICIENT_HISTORY, reason)
    sums = _rolling(days)
    if not sums:
        return Outcome(None, State.INSUFFICIENT_HISTORY, f"No {ROLLING_DAYS} days in a row are observed.")
    peaks = accumulate(sums, max)
    falls = [1 - total / peak for total, peak in zip(sums, peaks, strict=True) if peak > 0]
    if not falls:
        return Outcome(None, State.ZERO_DENOMINATOR, "The rolling sum is never above zero.")
    outcome = Outcome(max(falls) * HUNDRED)
    if None not in days:
        return outcome
    return weakened(outcome, State.PARTIAL, f"{days.count(None)} of {len(days)} days are missing.")


def downside_capture(months: Sequence[MonthlyChange]) -> Outcome:
    """Mean change of revenue / mean change of the market, in the months in which the market lost 10 % or more.

    1 falls with the market, 0 stands still, below 0 grows while the market falls.
    """
    down = [month for month in months if month.market <= DOWN_MARKET_PERCENT]
    if len(down) < FEWEST_DOWN_MONTHS:
        reason = f"The market lost 10 % or more in {len(down)} months; {FEWEST_DOWN_MONTHS} are needed."
        return Outcome(None, State.INSUFFICIENT_HISTORY, reason)
    return Outcome(sum((m.revenue for m in down), ZERO) / sum((m.market for m in down), ZERO))


def _shares(parts: Sequence[Decimal]) -> list[Decimal] | Outcome:
    if not parts:
        return Outcome(None, State.NOT_REPORTED, "No parts are reported.")
    if min(parts) < 0:
        return Outcome(None, State.NOT_APPLICABLE, "A part is negative, so the parts have no shares.")
    total = sum(parts, ZERO)
    if total == 0:
        return Outcome(None, State.ZERO_DENOMINATOR, "The parts sum to zero.")
    return [part * HUNDRED / total for part in parts]


def _rolling(days: Sequence[Decimal | None]) -> list[Decimal]:
    totals = list(accumulate((day or ZERO for day in days), initial=ZERO))
    known = list(accumulate((day is not None for day in days), initial=0))
    ends = range(ROLLING_DAYS, len(days) + 1)
    full = (end for end in ends if known[end] - known[end - ROLLING_DAYS] == ROLLING_DAYS)
    return [totals[end] - totals[end - ROLLING_DAYS] for end in full]
