"""What the market pays for a dollar a year: capitalisation, or enterprise value, over an annualised flow."""

from decimal import Decimal

from valuation.outcome import Outcome, State, calculated, quotient

NO_TOKEN = Outcome(None, State.NO_TOKEN, "There is no token, so there is no capitalisation.")


def price_to_fees(cap: Outcome, annual_fees: Outcome) -> Outcome:
    """Capitalisation / annualised fees."""
    return calculated(lambda c, f: quotient(c, f, "annualised fees"), capitalisation=cap, annualised_fees=annual_fees)


def price_to_sales(cap: Outcome, annual_revenue: Outcome) -> Outcome:
    """Capitalisation / annualised revenue."""
    return calculated(
        lambda c, r: quotient(c, r, "annualised revenue"), capitalisation=cap, annualised_revenue=annual_revenue
    )


def holders_price_to_earnings(cap: Outcome, annual_holders_revenue: Outcome) -> Outcome:
    """Capitalisation / annualised holders' revenue."""
    return calculated(
        lambda c, h: quotient(c, h, "annualised holders' revenue"),
        capitalisation=cap,
        annualised_holders_revenue=annual_holders_revenue,
    )


def revenue_multiple(cap: Outcome, treasury_excluding_own_token: Outcome, annual_revenue: Outcome) -> Outcome:
    """(Capitalisation - treasury without the own token) / annualised revenue.

    A treasury worth more than the token makes it negative: the value is kept, and the reason says so.
    """
    return calculated(
        _enterprise_multiple,
        capitalisation=cap,
        treasury_excluding_own_token=treasury_excluding_own_token,
        annualised_revenue=annual_revenue,
    )


def _enterprise_multiple(cap: Decimal, treasury: Decimal, annual_revenue: Decimal) -> Decimal | Outcome:
    multiple = quotient(cap - treasury, annual_revenue, "annualised revenue")
    if isinstance(multiple, Outcome) or multiple >= 0:
        return multiple
    return Outcome(multiple, reason="Enterprise value is negative: the treasury is worth more than the token.")
