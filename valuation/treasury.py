"""What the market pays for what an organisation or a fund holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from valuation.outcome import ZERO, Outcome, State, calculated, quotient


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


def asset_flow(by_fund: Mapping[str, Decimal | None]) -> Outcome:
    """Net flow of a day over all funds of an asset, in USD; PARTIAL while a fund has not reported."""
    known = [flow for flow in by_fund.values() if flow is not None]
    if not known:
        return Outcome(None, State.NOT_REPORTED, "No fund has reported.")
    silent = sorted(fund for fund, flow in by_fund.items() if flow is None)
    total = sum(known, ZERO)
    return Outcome(total, State.PARTIAL, f"Not reported yet: {', '.join(silent)}.") if silent else Outcome(total)
