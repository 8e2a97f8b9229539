"""How fast a flow grows, in percent."""

from decimal import Decimal

from valuation.outcome import HUNDRED, Flow, Outcome, State, calculated, quotient


def change(current: Outcome, previous: Outcome) -> Outcome:
    """Current / previous - 1, in percent."""
    return calculated(
        lambda previous, now: _percent(now, previous, "the previous value"), previous_value=previous, value=current
    )


def growth(current: Flow, previous: Flow) -> Outcome:
    """A window against the one before it. MoM compares 30 days, QoQ 90 days, YoY 365 days."""
    return change(current.whole(), previous.whole())


def cagr(first: Outcome, last: Outcome, days: int) -> Outcome:
    """The constant yearly growth in percent that leads from one year's value to another's, `days` later."""
    if days < 365:
        return Outcome(None, State.INSUFFICIENT_HISTORY, f"The values are {days} days apart; a rate a year needs 365.")
    years = Decimal(days) / 365
    return calculated(lambda begin, end: _compound(begin, end, years), first_value=first, last_value=last)


def _compound(first: Decimal, last: Decimal, years: Decimal) -> Decimal | Outcome:
    ratio = quotient(last, first, "the first value")
    if isinstance(ratio, Outcome):
        return ratio
    if ratio < 0:
        return Outcome(None, State.NOT_APPLICABLE, "No compound rate leads to a negative value.")
    return (ratio ** (1 / years) - 1) * HUNDRED


def _percent(now: Decimal, before: Decimal, name: str) -> Decimal | Outcome:
    ratio = quotient(now, before, name)
    return ratio if isinstance(ratio, Outcome) else (ratio - 1) * HUNDRED
