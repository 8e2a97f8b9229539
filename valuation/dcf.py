"""What a stream of cash flows is worth today, per token, under a scenario the caller states."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from valuation.outcome import ZERO, Outcome, State, calculated

LONGEST_PATH = 50
HIGHEST_RATE = Decimal(100)
DISCOUNT_STEPS = tuple(Decimal(step) for step in ("-0.05", "-0.025", "0", "0.025", "0.05"))
GROWTH_STEPS = tuple(Decimal(step) for step in ("-0.01", "0", "0.01"))

# Implied growth is looked for between losing almost all of it every year and growing elevenfold.
SLOWEST = Decimal("-0.99")
FASTEST = Decimal(10)
GROWTH_PRECISION = Decimal("1e-9")

DISCLAIMER = "Arithmetic on the stated assumptions: not a forecast, and no advice to buy or sell."


class ScenarioRefused(ValueError):
    """A scenario that has no value; `code` says which rule it breaks."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Scenario:
    """Growth of the cash flow year by year, growth for ever after, and the rate of discount: 0.25 is 25 %."""

    growth_path: tuple[Decimal, ...]
    terminal_growth: Decimal
    discount_rate: Decimal

    def __post_init__(self) -> None:
        if not all(map(_in_range, (*self.growth_path, self.terminal_growth, self.discount_rate))):
            raise ScenarioRefused("RATE_OUT_OF_RANGE", f"rates must be above -1 and no more than {HIGHEST_RATE}")
        if self.discount_rate <= self.terminal_growth:
            raise ScenarioRefused(
                "DISCOUNT_NOT_ABOVE_GROWTH",
                f"the discount rate {self.discount_rate} must exceed the terminal growth {self.terminal_growth}",
            )
        if not 1 <= len(self.growth_path) <= LONGEST_PATH:
            raise ScenarioRefused("BAD_GROWTH_PATH", f"the growth path must have 1 to {LONGEST_PATH} years")


@dataclass(frozen=True, slots=True)
class TokenCount:
    """Tokens that share the cash flow: now, how many are added a year, and how many there can ever be."""

    now: Decimal
    added_per_year: Decimal = ZERO
    maximum: Decimal | None = None

    def after(self, years: int) -> Decimal:
        """Tokens after some years of emissions; never above the maximum, nor below what there is."""
        grown = self.now + self.added_per_year * years
        return grown if self.maximum is None else min(grown, max(self.maximum, self.now))


@dataclass(frozen=True, slots=True)
class NamedInput:
    """A number the valuation rests on, and the day it is of."""

    name: str
    figure: Outcome
    unit: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Year:
    """One year of the growth path. `tokens` share that year's cash flow."""

    year: int
    cash_flow_usd: Decimal
    discount_factor: Decimal
    present_usd: Decimal
    tokens: Decimal


@dataclass(frozen=True, slots=True)
class Cell:
    """The value per token at other rates; None where such a scenario would be refused."""

    discount_rate: Decimal
    terminal_growth: Decimal
    value_per_token: Decimal | None


@dataclass(frozen=True, slots=True)
class Valuation:
    """The answer, with all it rests on. `terminal_share` is the part of the present value beyond the path, 0 to 1."""

    value_per_token: Outcome
    present_value_usd: Decimal | None
    terminal_share: Decimal | None
    yearly: tuple[Year, ...]
    sensitivity: tuple[Cell, ...]
    implied_growth: Outcome
    inputs: tuple[NamedInput, ...]
    disclaimer: str = DISCLAIMER


@dataclass(frozen=True, slots=True)
class DcfInputs:
    """What is known: yearly cash flow and price in USD, tokens on the chosen basis.

    `emissions` are tokens added to them a year (None leaves dilution out); `maximum_supply` bounds them.
    """

    cash_flow: NamedInput
    supply: NamedInput
    price: NamedInput
    emissions: NamedInput | None = None
    maximum_supply: NamedInput | None = None

    def listed(self) -> tuple[NamedInput, ...]:
        given = (self.cash_flow, self.supply, self.price, self.emissions, self.maximum_supply)
        return tuple(one for one in given if one is not None)


def dcf(inputs: DcfInputs, scenario: Scenario) -> Valuation:
    """Sum of CF_t/(1+r)^t and CF_n(1+g)/((r-g)(1+r)^n), each over the tokens of its year, in USD per token."""
    value = _value_of(inputs, scenario)
    cash_flow, tokens = inputs.cash_flow.figure.value, _tokens(inputs)
    if value.value is None or cash_flow is None or tokens is None:
        return Valuation(value, None, None, (), (), value, inputs.listed())
    yearly = years(cash_flow, scenario, tokens)
    terminal = terminal_value(yearly[-1], scenario)
    present = sum((year.present_usd for year in yearly), terminal)
    return Valuation(
        value_per_token=value,
        present_value_usd=present,
        terminal_share=terminal / present,
        yearly=yearly,
        sensitivity=sensitivity(cash_flow, scenario, tokens),
        implied_growth=implied_growth(inputs.price.figure, cash_flow, scenario, tokens),
        inputs=inputs.listed(),
    )


def years(cash_flow: Decimal, scenario: Scenario, tokens: TokenCount) -> tuple[Year, ...]:
    """The growth path year by year; `cash_flow` is that of the year before it begins."""
    result = []
    factor = Decimal(1)
    for number, rate in enumerate(scenario.growth_path, start=1):
        cash_flow *= 1 + rate
        factor /= 1 + scenario.discount_rate
        result.append(Year(number, cash_flow, factor, cash_flow * factor, tokens.after(number)))
    return tuple(result)


def terminal_value(last: Year, scenario: Scenario) -> Decimal:
    """What all years after the path are worth today, in USD."""
    spread = scenario.discount_rate - scenario.terminal_growth
    return last.present_usd * (1 + scenario.terminal_growth) / spread


def per_token(cash_flow: Decimal, scenario: Scenario, tokens: TokenCount) -> Decimal:
    """Present value per token, in USD; the years after the path are shared by the tokens of its last year."""
    yearly = years(cash_flow, scenario, tokens)
    terminal = terminal_value(yearly[-1], scenario) / yearly[-1].tokens
    return sum((year.present_usd / year.tokens for year in yearly), terminal)


def sensitivity(cash_flow: Decimal, scenario: Scenario, tokens: TokenCount) -> tuple[Cell, ...]:
    """Value per token over discount rates 5 points up and down and terminal growth one point up and down."""
    return tuple(
        _cell(cash_flow, scenario, tokens, scenario.discount_rate + rate, scenario.terminal_growth + growth)
        for rate in DISCOUNT_STEPS
        for growth in GROWTH_STEPS
    )


def implied_growth(price: Outcome, cash_flow: Decimal, scenario: Scenario, tokens: TokenCount) -> Outcome:
    """The constant growth over the path at which the value per token is the price, by bisection; 0.2 is 20 %."""
    return calculated(lambda target: _bisected(target, cash_flow, scenario, tokens), price=price)


def _in_range(rate: Decimal) -> bool:
    """Losing everything in a year leaves nothing to discount; a hundredfold year is a slip of the unit."""
    return rate.is_finite() and -1 < rate <= HIGHEST_RATE


def _value_of(inputs: DcfInputs, scenario: Scenario) -> Outcome:
    figures = {"cash_flow": inputs.cash_flow.figure, "supply": inputs.supply.figure}
    if inputs.emissions is not None:
        figures["emissions"] = inputs.emissions.figure
    return calculated(lambda flow, *_: _valued(flow, scenario, _tokens(inputs)), **figures)


def _valued(cash_flow: Decimal, scenario: Scenario, tokens: TokenCount | None) -> Decimal | Outcome:
    if cash_flow <= 0:
        return Outcome(None, State.NOT_APPLICABLE, "The cash flow is not positive, so there is nothing to discount.")
    if tokens is None:
        return Outcome(None, State.ZERO_DENOMINATOR, "There are no tokens to share the cash flow.")
    return per_token(cash_flow, scenario, tokens)


def _tokens(inputs: DcfInputs) -> TokenCount | None:
    supply = inputs.supply.figure.value
    added = ZERO if inputs.emissions is None else inputs.emissions.figure.value
    maximum = None if inputs.maximum_supply is None else inputs.maximum_supply.figure.value
    if supply is None or supply <= 0 or added is None:
        return None
    # A float that shrinks now is not assumed to shrink for good.
    return TokenCount(supply, max(added, ZERO), maximum)


def _cell(cash_flow: Decimal, scenario: Scenario, tokens: TokenCount, rate: Decimal, growth: Decimal) -> Cell:
    if rate <= growth or not _in_range(growth) or not _in_range(rate):
        return Cell(rate, growth, None)
    moved = replace(scenario, discount_rate=rate, terminal_growth=growth)
    return Cell(rate, growth, per_token(cash_flow, moved, tokens))


def _bisected(price: Decimal, cash_flow: Decimal, scenario: Scenario, tokens: TokenCount) -> Decimal | Outcome:
    slow, fast = SLOWEST, FASTEST
    if not _at(slow, cash_flow, scenario, tokens) <= price <= _at(fast, cash_flow, scenario, tokens):
        reason = f"No growth between {SLOWEST:.0%} and {FASTEST:.0%} a year leads to the price."
        return Outcome(None, State.NOT_APPLICABLE, reason)
    while fast - slow > GROWTH_PRECISION:
        middle = (slow + fast) / 2
        if _at(middle, cash_flow, scenario, tokens) < price:
            slow = middle
        else:
            fast = middle
    return fast.quantize(GROWTH_PRECISION)


def _at(growth: Decimal, cash_flow: Decimal, scenario: Scenario, tokens: TokenCount) -> Decimal:
    constant = (growth,) * len(scenario.growth_path)
    return per_token(cash_flow, replace(scenario, growth_path=constant), tokens)
