"""Derived metrics: which numbers each is made of, handed to the formula that `valuation` names for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from models.metric import MEASURES
from models.vocabulary import Metric, Unit, Window
from resolvers.given import PRICED, SUPPLIES, YEARLY, Figures, Given
from resolvers.monthly import monthly_changes
from valuation.definition import DEFINITIONS
from valuation.formula import FORMULAS, Operand, Role
from valuation.outcome import Outcome, State
from valuation.supply import SupplyBasis

# Sums over different days say nothing of each other.
COMPARABLE = Decimal("0.9")
# In weeks.
HALF_YEAR, WHOLE_YEAR = 26, 52
_APART = "What it is made of is known on different days of this window."

# Made of price and supply where no source states them.
CAPITALS = {Metric.MARKET_CAP: SupplyBasis.CIRCULATING, Metric.FDV: SupplyBasis.FULLY_DILUTED}

_NO_TREASURY = Outcome(None, State.NOT_REPORTED, "No source reports what the treasury holds beside the own token.")
_NO_SHARES = Outcome(None, State.NOT_APPLICABLE, "Only an organisation has shares: ask `mnav` of one.")

Need: TypeAlias = tuple[Metric, Window]
"""A stored metric over a window."""


class Evidence(NamedTuple):
    """What a formula looks at besides windows: days of metrics, the ledger, parts of a metric, the market.

    `reserve`: what a protocol holds of its own token.
    """

    days: frozenset[Metric] = frozenset()
    ledger: bool = False
    parts: frozenset[Metric] = frozenset()
    market: bool = False
    reserve: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """How an operand of a metric is obtained.

    `windows`: over which its metric is read, None for the asked one. `listed`: the formula takes a list, and can't say
    why it is empty.
    """

    windows: tuple[Window | None, ...]
    take: Callable[[Given, Metric], Any]
    daily: bool = False
    listed: bool = False


def _span(window: Window) -> tuple[Part, Part]:
    current = Part((window,), lambda given, metric: given.figures.measured(metric, window).current)
    return current, Part((window,), lambda given, metric: given.figures.measured(metric, window).previous)


_ALL = (Window.ALL,)
_MONTH, _QUARTER, _YEAR = map(_span, (Window.D30, Window.D90, Window.TTM))
PARTS: dict[Role, Part] = {
    Role.WINDOW: Part((None,), Given.over_window),
    Role.LATEST: Part(_ALL, Given.latest),
    Role.AT_START: Part(_ALL, Given.at_start, daily=True),
    Role.LAST_30: _MONTH[0],
    Role.BEFORE_LAST_30: _MONTH[1],
    Role.LAST_90: _QUARTER[0],
    Role.BEFORE_LAST_90: _QUARTER[1],
    Role.LAST_365: _YEAR[0],
    Role.BEFORE_LAST_365: _YEAR[1],
    Role.FIRST_365: Part(_ALL, Given.first_year, daily=True),
    Role.FINAL_365: Part((Window.TTM,), Given.final_year),
    Role.HISTORY: Part(YEARLY, Given.history),
    Role.ANNUAL: Part(YEARLY, Given.yearly),
    Role.WEEKS: Part(_ALL, Given.weeks, daily=True, listed=True),
    Role.DAILY: Part((None, Window.ALL), Given.daily, daily=True, listed=True),
    Role.MONTHLY_CHANGES: Part(
        _ALL,
        lambda given, metric: monthly_changes(given.figures.timeline(metric), given.figures.market),
        daily=True,
        listed=True,
    ),
    Role.PARTS: Part((None,), lambda given, metric: given.figures.portions(metric).amounts, listed=True),
    # Organisations alone are asked for these, by a field of their own.
    Role.HOLDINGS_USD: Part((), lambda given, metric: _NO_SHARES),
}
# Operands that are not of one metric.
WHOLES: dict[Role, Callable[[Given], Any]] = {
    Role.DAYS: lambda given: given.figures.days.count if given.figures.days else 0,
    Role.DAYS_BETWEEN: Given.days_between,
    Role.SPAN: lambda given: _weeks(given.figures.window),
    Role.CONVENTION: lambda given: given.options.annualization,
    Role.CAPITALISATION: Given.capital,
    Role.MEAN_CAPITALISATION: Given.mean_capital,
    Role.REMOVED_TOKENS: Given.removed,
    Role.BURNED_TOKENS: Given.burned,
    Role.TREASURY_USD: lambda given: _NO_TREASURY,
    Role.SHARES: lambda given: _NO_SHARES,
    Role.SHARE_PRICE: lambda given: _NO_SHARES,
}
# What of a formula depends on the days that are asked about.
OVER_WINDOW = frozenset({Role.DAYS, Role.MEAN_CAPITALISATION, Role.REMOVED_TOKENS, Role.AT_START})
CAPPED = (Role.CAPITALISATION, Role.MEAN_CAPITALISATION)


def derivable(metric: Metric) -> bool:
    """Whether the metric is made of others, where no source states it."""
    return metric in CAPITALS or metric.name in FORMULAS


def needs_of(metric: Metric, window: Window) -> list[Need]:
    """The stored numbers a derived metric is made of; the first says which days the answer is about."""
    if metric in CAPITALS:
        return list(_capital_needs())
    operands = FORMULAS[metric.name].operands
    needs = dict.fromkeys(need for operand in operands for need in _operand_needs(operand, window))
    # What a year is reckoned from is read over four windows; the answer is about the trailing year.
    return sorted(needs, key=lambda need: (need[0] in PRICED, need[1] is not Window.TTM))


def _operand_needs(operand: Operand, window: Window) -> Iterator[Need]:
    if operand.role in CAPPED:
        yield from _capital_needs()
    elif operand.metric is not None:
        for each in PARTS[operand.role].windows:
            yield Metric[operand.metric], each or window


def _capital_needs() -> Iterator[Need]:
    yield Metric.PRICE, Window.D30
    yield Metric.MARKET_CAP, Window.D30
    for metric in SUPPLIES:
        yield metric, Window.ALL


def inputs_of(metric: Metric, window: Window, given: Given) -> list[Need]:
    """Those of its needs that a derived metric was made of, by the caller's conventions and what was there."""
    if metric in CAPITALS:
        return [(Metric.PRICE, Window.D30), (given.supply_of(CAPITALS[metric]), Window.ALL)]
    if span_of(metric, window) is not None:
        # The window nearest to so many weeks.
        nearest = Window.D180 if window is Window.D180 else Window.TTM
        return [(each, nearest) for each, _ in needs_of(metric, window)]
    operands = FORMULAS[metric.name].operands
    used = {need for operand in operands for need in _operand_inputs(operand, window, given)}
    return [need for need in needs_of(metric, window) if need in used]


def _operand_inputs(operand: Operand, window: Window, given: Given) -> Iterator[Need]:
    if operand.role is Role.CAPITALISATION and given.states_capital:
        yield Metric.MARKET_CAP, Window.D30
    elif operand.role is Role.CAPITALISATION:
        yield from ((Metric.PRICE, Window.D30), (given.supply_of(given.options.basis), Window.ALL))
    elif operand.metric is not None and operand.role in (Role.HISTORY, Role.ANNUAL):
        yield Metric[operand.metric], given.years_from(Metric[operand.metric])
    elif operand.metric is None or operand.role is not Role.LATEST or given.latest(Metric[operand.metric]).value:
        yield from _operand_needs(operand, window)


def evidence_of(metric: Metric, basis: SupplyBasis) -> Evidence:
    """What a derived metric looks at besides windows."""
    operands = FORMULAS[metric.name].operands if metric.name in FORMULAS else ()
    roles = {one.role for one in operands}
    days = {Metric[one.metric] for one in operands if one.metric is not None and PARTS[one.role].daily}
    if Role.MEAN_CAPITALISATION in roles:
        days.update(PRICED)
    counted = basis is SupplyBasis.OUTSTANDING and not roles.isdisjoint(CAPPED)
    return Evidence(
        frozenset(days),
        counted or not roles.isdisjoint({Role.REMOVED_TOKENS, Role.BURNED_TOKENS}),
        frozenset(Metric[one.metric] for one in operands if one.metric is not None and one.role is Role.PARTS),
        Role.MONTHLY_CHANGES in roles,
        counted,
    )


def of_window(metric: Metric) -> bool:
    """Whether the metric is made of stored metrics over the asked window, and nothing else."""
    formula = FORMULAS.get(metric.name)
    return formula is not None and all(one.role is Role.WINDOW for one in formula.operands)


def span_of(metric: Metric, window: Window) -> int | None:
    """Over how many weeks the metric is reckoned; None where it is not over weeks."""
    formula = FORMULAS.get(metric.name)
    spanned = formula is not None and any(one.role is Role.SPAN for one in formula.operands)
    return _weeks(window) if spanned else None


def _weeks(window: Window | None) -> int:
    return HALF_YEAR if window is Window.D180 else WHOLE_YEAR


def worthwhile(metric: Metric, figures: Figures) -> bool:
    """Whether the windows that a formula takes are all known: else its other evidence need not be looked at."""
    return _unknown(metric, figures) is None


def _unknown(metric: Metric, figures: Figures) -> Outcome | None:
    """Why the first window of a formula that is not known is not."""
    operands = FORMULAS[metric.name].operands if metric.name in FORMULAS else ()
    windows = [Metric[one.metric] for one in operands if one.metric is not None and one.role is Role.WINDOW]
    totals = (figures.measured(each, None).current.total for each in windows)
    return next((total for total in totals if total.value is None), None)


def computed(metric: Metric, given: Given) -> Outcome:
    """The derived metric of what was given."""
    if metric in CAPITALS:
        return given.worth(CAPITALS[metric])
    formula = FORMULAS[metric.name]
    for operand in formula.operands:
        nothing = _nothing(operand, given)
        if nothing is not None:
            return nothing
    unknown = _unknown(metric, given.figures)
    if unknown is not None and not given.figures.summed and any(evidence_of(metric, given.options.basis)):
        return unknown
    if of_window(metric) and not _comparable(metric, given.figures):
        return Outcome(None, State.INSUFFICIENT_HISTORY, _APART)
    outcome = formula.function(*(_operand(one, given) for one in formula.operands))
    parts = [Metric[one.metric] for one in formula.operands if one.role is Role.PARTS and one.metric is not None]
    return given.figures.portions(parts[0]).remarked(outcome) if parts else outcome


def _comparable(metric: Metric, figures: Figures) -> bool:
    """Whether flows that are set against each other are known on as many days, but for one in ten; or not at all."""
    operands = FORMULAS[metric.name].operands
    flows = [figures.measured(Metric[one.metric], None).current for one in operands if one.metric is not None]
    days = [flow.observed for flow in flows]
    return min(days) >= COMPARABLE * max(days) or any(flow.total.value is None for flow in flows)


def _nothing(operand: Operand, given: Given) -> Outcome | None:
    """Why there is nothing to list, where the formula could not say so; None where there is."""
    if operand.role is Role.MONTHLY_CHANGES and given.figures.market is None:
        return Outcome(None, State.NOT_REPORTED, "No price of bitcoin, which stands for the market, is on record.")
    if operand.metric is None or not PARTS[operand.role].listed:
        return None
    window = None if operand.role is Role.PARTS else Window.ALL
    total = given.figures.measured(Metric[operand.metric], window).current.total
    return total if total.value is None else None


def _operand(operand: Operand, given: Given) -> Any:
    if operand.metric is None:
        return WHOLES[operand.role](given)
    return PARTS[operand.role].take(given, Metric[operand.metric])


def unit_of(metric: Metric) -> Unit:
    """What a metric is counted in."""
    return MEASURES[metric].unit if metric in MEASURES else Unit[DEFINITIONS[metric.name].unit]


def windows_of(metric: Metric) -> tuple[Window, ...]:
    """The windows that make a difference to a metric: all of them, or those that it is always reckoned over."""
    operands = () if metric in MEASURES else FORMULAS[metric.name].operands
    asked = any(one.role in OVER_WINDOW or (one.metric and None in PARTS[one.role].windows) for one in operands)
    if asked or not operands:
        return tuple(Window)
    if any(one.role is Role.SPAN for one in operands):
        return Window.D180, Window.TTM
    own = {window for one in operands if one.metric for window in PARTS[one.role].windows}
    own |= {Window.D30} if any(one.role is Role.CAPITALISATION for one in operands) else set()
    return tuple(window for window in Window if window in own)
