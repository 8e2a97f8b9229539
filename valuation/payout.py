"""How much of what is earned reaches holders, and what that yields."""

from collections.abc import Sequence
from decimal import Decimal

from valuation.outcome import HUNDRED, ZERO, Outcome, State, calculated, per_year, quotient


def payout_ratio(holders_revenue: Outcome, revenue: Outcome) -> Outcome:
    """Holders' revenue / revenue over one window. Above 1 is kept, and the reason says so."""
    return calculated(_payout, holders_revenue=holders_revenue, revenue=revenue)


def take_rate(revenue: Outcome, fees: Outcome) -> Outcome:
    """Revenue / fees over one window. Where the split is unconfirmed, revenue is not reported, and this is no zero."""
    return calculated(lambda r, f: quotient(r, f, "fees"), revenue=revenue, fees=fees)


def holder_yield(annual_holders_revenue: Outcome, cap: Outcome) -> Outcome:
    """Annualised holders' revenue in percent of the capitalisation."""
    return calculated(
        lambda c, income: quotient(income * HUNDRED, c, "capitalisation"),
        capitalisation=cap,
        annualised_holders_revenue=annual_holders_revenue,
    )


def buyback_yield(executed_usd: Outcome, days: int, mean_cap: Outcome) -> Outcome:
    """Executed purchases of a window, scaled to a year, in percent of the mean capitalisation in it.

    Days without a purchase count: what was bought is annualised over all days of the window.
    """
    return calculated(
        lambda c, bought: quotient(per_year(bought, days) * HUNDRED, c, "mean capitalisation"),
        mean_capitalisation=mean_cap,
        executed_purchases=executed_usd,
    )


def mean_cap(caps: Sequence[Decimal | None]) -> Outcome:
    """The mean of daily capitalisations; PARTIAL when days are missing."""
    known = [cap for cap in caps if cap is not None]
    if not known:
        return Outcome(None, State.NOT_REPORTED, "Capitalisation is not reported.")
    mean = sum(known, ZERO) / len(known)
    if len(known) == len(caps):
        return Outcome(mean)
    return Outcome(mean, State.PARTIAL, f"Capitalisation is known on {len(known)} of {len(caps)} days.")


def net_buyback_yield(
    removed_tokens: Outcome, emissions: Outcome, unlocks: Outcome, days: int, supply_at_start: Outcome
) -> Outcome:
    """Tokens bought and removed from the float less those emitted and unlocked, per year, in percent of the float.

    In tokens, so the price cancels; the float is the circulating supply at the start of the window.
    """
    return calculated(
        lambda removed, emitted, unlocked, start: quotient(
            per_year(removed - emitted - unlocked, days) * HUNDRED, start, "circulating supply at the start"
        ),
        removed_tokens=removed_tokens,
        emissions=emissions,
        unlocks=unlocks,
        circulating_supply_at_the_start=supply_at_start,
    )


def _payout(holders: Decimal, revenue: Decimal) -> Decimal | Outcome:
    ratio = quotient(holders, revenue, "revenue")
    if isinstance(ratio, Outcome) or ratio <= 1:
        return ratio
    return Outcome(ratio, reason="More reached holders than was earned in the window.")
