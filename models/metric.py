"""What the store needs to know of a stored metric: its scale, whether it adds up, how far it is complete."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from models.base import EXACT
from models.vocabulary import Domain, Metric, Unit

# A day of more than a trillion dollars is a mistake of the source, and two would hardly fit in a sum.
LARGEST_FLOW = 10**18
# A stock is never added up by this store, but it must fit in 64 bits.
LARGEST_STOCK = 9 * 10**18


@dataclass(frozen=True, slots=True)
class Measure:
    """`decimals`: a value is kept as an integer of 10^-decimals units. `flow`: it adds up over days.

    A stock (price, cap, supply) is what it was at the end of a day, and never summed.
    """

    unit: Unit
    decimals: int
    flow: bool
    domain: Domain

    def scaled(self, value: Decimal | int | float | str) -> int:
        """The integer kept for a value, half to even; raises OverflowError for more than the store takes."""
        whole = int(Decimal(str(value)).scaleb(self.decimals, EXACT).to_integral_value(ROUND_HALF_EVEN, EXACT))
        if abs(whole) > (LARGEST_FLOW if self.flow else LARGEST_STOCK):
            raise OverflowError(f"{value} is more than the store takes with {self.decimals} decimals")
        return whole

    def value(self, whole: int) -> Decimal:
        """The exact value of a kept integer, or of a sum of them."""
        return Decimal(whole).scaleb(-self.decimals, EXACT)


_USD_FLOW = Measure(Unit.USD, 6, flow=True, domain=Domain.REVENUE)
_TOKEN_FLOW = Measure(Unit.TOKEN, 3, flow=True, domain=Domain.REVENUE)
# To the cent: all volume ever traded, in millionths, passes 64 bits.
_VOLUME = Measure(Unit.USD, 2, flow=True, domain=Domain.REVENUE)
_COUNT_FLOW = Measure(Unit.COUNT, 0, flow=True, domain=Domain.ACTIVITY)
_COUNT = Measure(Unit.COUNT, 0, flow=False, domain=Domain.ACTIVITY)
# Caps reach tens of trillions of dollars; supplies of the smallest tokens a quadrillion.
_USD_STOCK = Measure(Unit.USD, 2, flow=False, domain=Domain.PRICES)
_SUPPLY = Measure(Unit.TOKEN, 3, flow=False, domain=Domain.PRICES)

MEASURES: dict[Metric, Measure] = {
    Metric.FEES: _USD_FLOW,
    Metric.USER_FEES: _USD_FLOW,
    Metric.SUPPLY_SIDE_REVENUE: _USD_FLOW,
    Metric.REVENUE: _USD_FLOW,
    Metric.PROTOCOL_REVENUE: _USD_FLOW,
    Metric.HOLDERS_REVENUE: _USD_FLOW,
    Metric.CREATOR_REVENUE: _USD_FLOW,
    Metric.INCENTIVES: _USD_FLOW,
    Metric.REV: _USD_FLOW,
    Metric.BUYBACK_ACCRUED: _USD_FLOW,
    Metric.BUYBACK_EXECUTED: _USD_FLOW,
    Metric.BURNED: _USD_FLOW,
    Metric.DISTRIBUTED: _USD_FLOW,
    Metric.VOLUME: _VOLUME,
    Metric.EMISSIONS: _TOKEN_FLOW,
    Metric.UNLOCKS: _TOKEN_FLOW,
    Metric.FUND_NET_FLOW: Measure(Unit.USD, 6, flow=True, domain=Domain.FUNDS),
    Metric.TRANSACTIONS: _COUNT_FLOW,
    Metric.CONTRACT_CALLS: _COUNT_FLOW,
    # Ten decimals: a price of 0.00001 dollars keeps five digits, one of a million dollars still fits.
    Metric.PRICE: Measure(Unit.USD_PER_TOKEN, 10, flow=False, domain=Domain.PRICES),
    Metric.MARKET_CAP: _USD_STOCK,
    Metric.FDV: _USD_STOCK,
    Metric.CIRCULATING_SUPPLY: _SUPPLY,
    Metric.TOTAL_SUPPLY: _SUPPLY,
    Metric.MAX_SUPPLY: _SUPPLY,
    Metric.TVL: _USD_STOCK,
    Metric.OPEN_INTEREST: _USD_STOCK,
    Metric.ACTIVE_USERS: _COUNT,
    Metric.DEVICES: _COUNT,
    Metric.FUND_AUM: Measure(Unit.USD, 2, flow=False, domain=Domain.FUNDS),
    Metric.TREASURY_HOLDING: _SUPPLY,
}
