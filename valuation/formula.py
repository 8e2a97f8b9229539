"""Which inputs each derived metric takes, and over which days: for a caller that fetches them and calls the formula."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from valuation import annualised, dispersion, growth, income, multiples, payout, supply, treasury
from valuation.outcome import Outcome


class Role(Enum):
    """What of a metric a formula is given. The comment after each names the type it is passed as."""

    WINDOW = auto()  # Outcome: the value over the asked window, Flow.whole() for a flow
    DAYS = auto()  # int: the length of the asked window
    LATEST = auto()  # Outcome: a stock at the end of the window
    AT_START = auto()  # Outcome: a stock at the start of the window
    LAST_30 = auto()  # Flow
    BEFORE_LAST_30 = auto()  # Flow: the 30 days before these
    LAST_90 = auto()  # Flow
    BEFORE_LAST_90 = auto()  # Flow
    LAST_365 = auto()  # Flow
    BEFORE_LAST_365 = auto()  # Flow
    FIRST_365 = auto()  # Outcome: Flow.whole() of the first 365 days of the history
    FINAL_365 = auto()  # Outcome: Flow.whole() of the last 365 days
    DAYS_BETWEEN = auto()  # int: from the end of the first 365 days to the end of the last
    HISTORY = auto()  # History: the sums the annualisations draw on
    CONVENTION = auto()  # Annualization: the caller's choice
    ANNUAL = auto()  # Outcome: annualised(History, Annualization)
    CAPITALISATION = auto()  # Outcome: price x supply on the caller's basis, or NO_TOKEN
    MEAN_CAPITALISATION = auto()  # Outcome: mean_cap() of the daily ones of the window
    TREASURY_USD = auto()  # Outcome: the treasury without the own token, in USD
    HOLDINGS_USD = auto()  # Outcome: all holdings of the organisation at the market, in USD
    REMOVED_TOKENS = auto()  # Outcome: bought and taken from the float, by the ledger
    BURNED_TOKENS = auto()  # Outcome: burned on-chain so far, by the ledger
    WEEKS = auto()  # list[Decimal | None]: weekly sums, oldest first
    SPAN = auto()  # int: over how many weeks, 26 or 52
    DAILY = auto()  # list[Decimal | None]: daily values of the window, oldest first
    MONTHLY_CHANGES = auto()  # list[MonthlyChange]: of the metric and of the market
    PARTS = auto()  # list[Decimal]: the sums of the window by stream, chain or payer
    SHARES = auto()  # Outcome: shares of the organisation on the caller's basis
    SHARE_PRICE = auto()  # Outcome: in USD


@dataclass(frozen=True, slots=True)
class Operand:
    """One argument of a formula: a metric by name, or None where the role says it all."""

    role: Role
    metric: str | None = None


@dataclass(frozen=True, slots=True)
class Formula:
    """A function and its arguments, in order."""

    function: Callable[..., Outcome]
    operands: tuple[Operand, ...]

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics it takes, each once."""
        return tuple(dict.fromkeys(one.metric for one in self.operands if one.metric is not None))


def _formula(function: Callable[..., Outcome], *operands: Operand) -> Formula:
    return Formula(function, operands)


_CAP = Operand(Role.CAPITALISATION)
_REMOVED = Operand(Role.REMOVED_TOKENS)
_EMISSIONS = Operand(Role.WINDOW, "EMISSIONS")
_UNLOCKS = Operand(Role.WINDOW, "UNLOCKS")
_REVENUE = Operand(Role.WINDOW, "REVENUE")
_ANNUAL_REVENUE = Operand(Role.ANNUAL, "REVENUE")
_ANNUAL_HOLDERS_REVENUE = Operand(Role.ANNUAL, "HOLDERS_REVENUE")

# Growth is of the metric the caller asks about; REVENUE is what it means when nothing else is said.
FORMULAS: dict[str, Formula] = {
    "EARNINGS": _formula(income.earnings, _REVENUE, Operand(Role.WINDOW, "INCENTIVES")),
    "NET_SUPPLY_CHANGE": _formula(supply.net_supply_change, _EMISSIONS, _UNLOCKS, _REMOVED),
    "BURN_SHARE": _formula(
        supply.burn_share,
        Operand(Role.BURNED_TOKENS),
        Operand(Role.LATEST, "TOTAL_SUPPLY"),
        Operand(Role.LATEST, "MAX_SUPPLY"),
    ),
    "PF": _formula(multiples.price_to_fees, _CAP, Operand(Role.ANNUAL, "FEES")),
    "PS": _formula(multiples.price_to_sales, _CAP, _ANNUAL_REVENUE),
    "REVENUE_MULTIPLE": _formula(multiples.revenue_multiple, _CAP, Operand(Role.TREASURY_USD), _ANNUAL_REVENUE),
    "PE_HOLDERS": _formula(multiples.holders_price_to_earnings, _CAP, _ANNUAL_HOLDERS_REVENUE),
    "BUYBACK_YIELD": _formula(
        payout.buyback_yield,
        Operand(Role.WINDOW, "BUYBACK_EXECUTED"),
        Operand(Role.DAYS),
        Operand(Role.MEAN_CAPITALISATION),
    ),
    "NET_BUYBACK_YIELD": _formula(
        payout.net_buyback_yield,
        _REMOVED,
        _EMISSIONS,
        _UNLOCKS,
        Operand(Role.DAYS),
        Operand(Role.AT_START, "CIRCULATING_SUPPLY"),
    ),
    "HOLDER_YIELD": _formula(payout.holder_yield, _ANNUAL_HOLDERS_REVENUE, _CAP),
    "PAYOUT_RATIO": _formula(payout.payout_ratio, Operand(Role.WINDOW, "HOLDERS_REVENUE"), _REVENUE),
    "TAKE_RATE": _formula(payout.take_rate, _REVENUE, Operand(Role.WINDOW, "FEES")),
    "GROWTH_MOM": _formula(growth.growth, Operand(Role.LAST_30, "REVENUE"), Operand(Role.BEFORE_LAST_30, "REVENUE")),
    "GROWTH_QOQ": _formula(growth.growth, Operand(Role.LAST_90, "REVENUE"), Operand(Role.BEFORE_LAST_90, "REVENUE")),
    "GROWTH_YOY": _formula(growth.growth, Operand(Role.LAST_365, "REVENUE"), Operand(Role.BEFORE_LAST_365, "REVENUE")),
    "CAGR": _formula(
        growth.cagr,
        Operand(Role.FIRST_365, "REVENUE"),
        Operand(Role.FINAL_365, "REVENUE"),
        Operand(Role.DAYS_BETWEEN),
    ),
    "REVENUE_VOLATILITY": _formula(dispersion.volatility, Operand(Role.WEEKS, "REVENUE"), Operand(Role.SPAN)),
    "MAX_DRAWDOWN": _formula(dispersion.max_drawdown, Operand(Role.DAILY, "REVENUE")),
    "DOWNSIDE_CAPTURE": _formula(dispersion.downside_capture, Operand(Role.MONTHLY_CHANGES, "REVENUE")),
    "HHI": _formula(dispersion.hhi, Operand(Role.PARTS, "REVENUE")),
    "TOP1_SHARE": _formula(dispersion.top_share, Operand(Role.PARTS, "REVENUE")),
    "ARR": _formula(annualised.arr, Operand(Role.HISTORY, "REVENUE"), Operand(Role.CONVENTION)),
    "MNAV": _formula(
        treasury.mnav,
        Operand(Role.SHARES),
        Operand(Role.SHARE_PRICE),
        Operand(Role.HOLDINGS_USD, "TREASURY_HOLDING"),
    ),
}
