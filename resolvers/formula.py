"""Derived metrics: which stored numbers each is made of, handed to the formula that `valuation` names for it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from models.metric import MEASURES
from models.vocabulary import Metric, Unit, Window
from valuation import annualised
from valuation.annualised import Annualization
from valuation.definition import DEFINITIONS
from valuation.formula import FORMULAS, Operand, Role
from valuation.outcome import Flow, Outcome
from valuation.supply import Supplies, SupplyBasis, capitalisation

YEARLY = (Window.D7, Window.D30, Window.TTM, Window.ALL)
SUPPLIES = (Metric.CIRCULATING_SUPPLY, Metric.TOTAL_SUPPLY, Metric.MAX_SUPPLY)
# Made of price and supply where no source states them.
CAPITALS = {Metric.MARKET_CAP: SupplyBasis.CIRCULATING, Metric.FDV: SupplyBasis.FULLY_DILUTED}


class Options(NamedTuple):
    """The caller's conventions: how a flow becomes yearly, and which tokens a capitalisation counts."""

    annualization: Annualization = Annualization.TTM_OR_SCALED
    basis: SupplyBasis = SupplyBasis.CIRCULATING


class Measurement(NamedTuple):
    """A stored metric over a window and over the one before, as formulas take them."""

    current: Flow
    previous: Flow


Need: TypeAlias = tuple[Metric, Window]
"""A stored metric over a window."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a formula is computed from: everything it needs, the asked window and its length in days."""

    window: Window
    days: int
    options: Options
    measured: Mapping[Need, Measurement]

    def flow(self, metric: Metric, window: Window) -> Flow:
        return self.measured[metric, window].current

    def over_window(self, metric: Metric) -> Outcome:
        flow = self.flow(metric, self.window)
        return flow.whole() if MEASURES[metric].flow else flow.total

    def history(self, metric: Metric) -> annualised.History:
        return annualised.History(*(self.flow(metric, window) for window in YEARLY))

    def yearly(self, metric: Metric) -> Outcome:
        return annualised.annualised(self.history(metric), self.options.annualization)

    def capital(self) -> Outcome:
        """The source's own market cap where there is one and it is asked for; else price times supply."""
        stated = self.flow(Metric.MARKET_CAP, Window.D30).total
        if self.options.basis is SupplyBasis.CIRCULATING and stated.value is not None:
            return stated
        return self.worth(self.options.basis)

    def worth(self, basis: SupplyBasis) -> Outcome:
        """Price times supply. Supplies change seldom: their last known value counts, however old."""
        price = self.flow(Metric.PRICE, Window.D30).total
        circulating, total, maximum = (self.flow(metric, Window.ALL).total for metric in SUPPLIES)
        return capitalisation(price, Supplies(circulating, total, total, maximum), basis)


@dataclass(frozen=True, slots=True)
class Part:
    """How an operand is obtained: over which windows its metric is read (None: the asked one), and what is taken."""

    windows: tuple[Window | None, ...]
    take: Callable[[Given, Metric], Any]


def _span(window: Window) -> tuple[Part, Part]:
    current = Part((window,), lambda given, metric: given.measured[metric, window].current)
    return current, Part((window,), lambda given, metric: given.measured[metric, window].previous)


_MONTH, _QUARTER, _YEAR = map(_span, (Window.D30, Window.D90, Window.TTM))
PARTS: dict[Role, Part] = {
    Role.WINDOW: Part((None,), lambda given, metric: given.over_window(metric)),
    Role.LATEST: Part((Window.ALL,), lambda given, metric: given.flow(metric, Window.ALL).total),
    Role.LAST_30: _MONTH[0],
    Role.BEFORE_LAST_30: _MONTH[1],
    Role.LAST_90: _QUARTER[0],
    Role.BEFORE_LAST_90: _QUARTER[1],
    Role.LAST_365: _YEAR[0],
    Role.BEFORE_LAST_365: _YEAR[1],
    Role.HISTORY: Part(YEARLY, lambda given, metric: given.history(metric)),
    Role.ANNUAL: Part(YEARLY, lambda given, metric: given.yearly(metric)),
}
# Operands that are not of one metric.
WHOLES: dict[Role, Callable[[Given], Any]] = {
    Role.DAYS: lambda given: given.days,
    Role.CONVENTION: lambda given: given.options.annualization,
    Role.CAPITALISATION: Given.capital,
}


def derivable(metric: Metric) -> bool:
    """Whether stored values over windows are all that the metric is made of."""
    if metric in CAPITALS:
        return True
    formula = FORMULAS.get(metric.name)
    return formula is not None and all(one.role in PARTS or one.role in WHOLES for one in formula.operands)


def needs_of(metric: Metric, window: Window) -> list[Need]:
    """The stored numbers a derived metric is made of; the first says which days the answer is about."""
    if metric in CAPITALS:
        return list(_capital_needs())
    needs = [need for operand in FORMULAS[metric.name].operands for need in _operand_needs(operand, window)]
    # What a year is reckoned from is read over four windows; the answer is about the trailing year.
    return sorted(needs, key=lambda need: (need[0] is Metric.PRICE or need[0] in SUPPLIES, need[1] is not Window.TTM))


def _operand_needs(operand: Operand, window: Window) -> Iterator[Need]:
    if operand.role is Role.CAPITALISATION:
        yield from _capital_needs()
    elif operand.metric is not None and operand.role in PARTS:
        for each in PARTS[operand.role].windows:
            yield Metric[operand.metric], each or window


def _capital_needs() -> Iterator[Need]:
    yield Metric.PRICE, Window.D30
    yield Metric.MARKET_CAP, Window.D30
    for metric in SUPPLIES:
        yield metric, Window.ALL


def computed(metric: Metric, given: Given) -> Outcome:
    """The derived metric of what was given."""
    if metric in CAPITALS:
        return given.worth(CAPITALS[metric])
    formula = FORMULAS[metric.name]
    return formula.function(*(_operand(one, given) for one in formula.operands))


def _operand(operand: Operand, given: Given) -> Any:
    if operand.metric is None:
        return WHOLES[operand.role](given)
    return PARTS[operand.role].take(given, Metric[operand.metric])


def unit_of(metric: Metric) -> Unit:
    """What a metric is counted in."""
    return MEASURES[metric].unit if metric in MEASURES else Unit[DEFINITIONS[metric.name].unit]
