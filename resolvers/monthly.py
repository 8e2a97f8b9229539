"""How a flow and the market changed from month to month."""

from decimal import Decimal
from itertools import pairwise

from models.vocabulary import Interval
from models.window import Days
from resolvers.bucket import bucket_of, buckets
from resolvers.timeline import Timeline
from valuation.dispersion import MonthlyChange
from valuation.outcome import HUNDRED


def monthly_changes(flow: Timeline | None, market: Timeline | None) -> list[MonthlyChange]:
    """The changes in percent of each whole month that both are known of, as the month before is; oldest first."""
    if flow is None or market is None:
        return []
    first = bucket_of(max(flow.first_day, market.first_day), Interval.MONTH).first
    last = min(flow.last_day, market.last_day)
    months = [month for month in buckets(first, last, Interval.MONTH) if month.last <= last]
    known = [(_whole(flow, month), market.over(month).total.value) for month in months]
    return [
        MonthlyChange(earned, priced)
        for before, now in pairwise(known)
        if (earned := _change(before[0], now[0])) is not None and (priced := _change(before[1], now[1])) is not None
    ]


def _whole(flow: Timeline, month: Days) -> Decimal | None:
    found = flow.over(month)
    return found.total.value if found.observed == month.count else None


def _change(before: Decimal | None, now: Decimal | None) -> Decimal | None:
    """None from what is unknown, or not positive."""
    if before is None or now is None or before <= 0:
        return None
    return (now / before - 1) * HUNDRED
