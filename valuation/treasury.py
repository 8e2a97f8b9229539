"""What the market pays for what an organisation or a fund holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from valuation.outcome import ZERO, Outcome, State, calculated, quotient

# Figures are published to a tenth of a million: so far may the sum of the funds be off, for each of them.
ROUNDING = Decimal(100_000)


class ShareBasis(StrEnum):
    """Which shares are counted: issued ones, those likely to be issued, or all that may be."""

    REALIZED = "realized"
    REALISTIC = "realistic"
    MAXIMUM = "maximum"


@dataclass(frozen=True, slots=True)
class Shares:
    """Share counts of an organisation."""

    realized: Outcome
    realistic: Outcome
    maximum: Outcome

    def by(self, basis: ShareBasis) -> Outcome:
        counts = {
            ShareBasis.REALIZED: self.realized,
            ShareBasis.REALISTIC: self.realistic,
            ShareBasis.MAXIMUM: self.maximum,
        }
        return counts[basis]


def mnav(shares: Outcome, share_price: Outcome, treasury_value: Outcome) -> Outcome:
    """Shares x share price / value of the treasury, all in USD. Above 1 is a premium."""
    return calculated(
        lambda count, price, treasury: quotient(count * price, treasury, "value of the treasury"),
        shares=shares,
        share_price=share_price,
        treasury_value=treasury_value,
    )


def asset_flow(by_fund: Mapping[str, Decimal | None], stated: Decimal | None = None) -> Outcome:
    """Net flow of a day over all funds of an asset, in USD; None is a fund that has not reported.

    The sum of the funds where they are all there and add up; else the total as a source states it, where one does.
    PARTIAL while a fund, or every fund, has not reported, or where the funds don't add up to the stated total.
    """
    known = [flow for flow in by_fund.values() if flow is not None]
    if not known:
        return _without_funds(stated)
    total = sum(known, ZERO)
    silent = sorted(fund for fund, flow in by_fund.items() if flow is None)
    if silent:
        reason = f"Not reported yet: {', '.join(silent)}."
        return Outcome(total if stated is None else stated, State.PARTIAL, reason)
    if stated is not None and abs(stated - total) > ROUNDING * len(known):
        reason = f"{len(known)} funds add up to {total:,.0f} USD; the total is as it was stated."
        return Outcome(stated, State.PARTIAL, reason)
    return Outcome(total)


def flow_share(part: Decimal, total: Outcome) -> Outcome:
    """A fund's part of the net flow of all, signed: 0.4 is two fifths in the total's own direction or against it."""
    return calculated(lambda net: quotient(part, abs(net), "net flow of the day"), net_flow=total)


def _without_funds(stated: Decimal | None) -> Outcome:
    if stated is None:
        return Outcome(None, State.NOT_REPORTED, "No fund has reported.")
    return Outcome(stated, State.PARTIAL, "No fund's own figure is on record: the total is as it was stated.")
