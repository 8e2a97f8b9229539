"""What policies promised for some days: percents of what was earned, day by day under the policy in force."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from models.metric import MEASURES
from models.vocabulary import EntityKind, LedgerKind, MechanismKind, MetricState, PolicyBasis
from models.window import Days
from resolvers.errors import BadInput
from resolvers.history import History
from resolvers.label import label_of
from resolvers.policy import PolicyRow
from resolvers.reading import state_of
from resolvers.subject import Cell
from valuation.outcome import DAYS_PER_YEAR, HUNDRED, ZERO, Outcome, State, weakened

# By which mechanisms a policy promises what an entry of the ledger carries out.
PROMISES: dict[LedgerKind, frozenset[MechanismKind]] = {
    LedgerKind.PURCHASE: frozenset(
        {
            MechanismKind.BUYBACK_BURN,
            MechanismKind.BUYBACK_HOLD,
            MechanismKind.BUYBACK_REDISTRIBUTE,
            MechanismKind.BUYBACK_LP,
        }
    ),
    LedgerKind.BURN: frozenset({MechanismKind.BUYBACK_BURN, MechanismKind.FEE_BURN, MechanismKind.BURN_AND_MINT}),
    LedgerKind.DISTRIBUTION: frozenset({MechanismKind.DIRECT_REVENUE_SHARE, MechanismKind.BUYBACK_REDISTRIBUTE}),
}

Histories: TypeAlias = Mapping[Cell, History]


@dataclass(frozen=True, slots=True)
class Judged:
    """US dollars, or why they are not known."""

    outcome: Outcome

    @property
    def usd(self) -> Decimal | None:
        return self.outcome.value

    @property
    def state(self) -> MetricState:
        return state_of(self.outcome)

    @property
    def reason(self) -> str | None:
        return self.outcome.reason


@dataclass(frozen=True, slots=True)
class ExecutionFigure(Judged):
    """What came together over some days."""

    observed_days: int
    expected_days: int


@dataclass(frozen=True, slots=True)
class Promise:
    """What one policy promised for those of the days on which it held; `percent` None on another basis."""

    policy: PolicyRow
    first: date
    last: date
    percent: Decimal | None
    base: ExecutionFigure
    promised: ExecutionFigure


def mechanisms(kind: LedgerKind) -> frozenset[MechanismKind]:
    """Those that promise entries of a kind; raises BadInput where none does."""
    if kind not in PROMISES:
        raise BadInput(f"policies promise {', '.join(each.name for each in PROMISES)}; not {kind.name}")
    return PROMISES[kind]


def cell_of_base(policy: PolicyRow) -> Cell | None:
    """Where the base of a policy is kept; None where no source splits it off, or it is not of dollars."""
    if policy.scope_product is not None or policy.base not in MEASURES or not MEASURES[policy.base].flow:
        return None
    return Cell(EntityKind.PROTOCOL, policy.protocol_id, policy.base, policy.scope_chain_id or 0)


def promises(policies: Sequence[PolicyRow], days: Days, kind: LedgerKind, known: Histories) -> list[Promise]:
    """Of each policy that promises such entries on some of the days, the oldest first."""
    wanted = mechanisms(kind)
    held = ((policy, _held(policy, days)) for policy in reversed(policies))
    return [_promise(policy, some, wanted, known) for policy, some in held if some and _mentions(policy, wanted)]


def promised(policies: Sequence[PolicyRow], found: Sequence[Promise], days: Days) -> ExecutionFigure:
    """All promises together. A day on which policies held and none promised anything was promised nothing."""
    covered = _together(some for policy in policies if (some := _held(policy, days)))
    if not covered:
        return ExecutionFigure(
            Outcome(None, State.NOT_REPORTED, "No policy is on record for these days."), 0, days.count
        )
    total = _known_of([each.promised.outcome for each in found])
    if covered < days.count and total.value is not None:
        total = weakened(total, State.PARTIAL, f"On {covered} of {days.count} days a policy is on record.")
    promising = _together(Days(each.first, each.last) for each in found)
    known = min(promising, sum(each.promised.observed_days for each in found))
    return ExecutionFigure(total, covered - promising + known, days.count)


def _known_of(parts: Sequence[Outcome]) -> Outcome:
    """The sum of those that are known, PARTIAL where one is not, as a flow with a missing day; why, where none is."""
    known = [part for part in parts if part.value is not None]
    unknown = next((part for part in parts if part.value is None), None)
    if unknown is None or not known:
        return added(known) if unknown is None else unknown
    return weakened(added(known), State.PARTIAL, unknown.reason or "A part is not known.")


def _together(spans: Iterable[Days]) -> int:
    """How many days are in any of the spans."""
    return len({day for span in spans for day in range(span.first.toordinal(), span.last.toordinal() + 1)})


def added(parts: Sequence[Outcome]) -> Outcome:
    """The sum of known parts, as good as the worst of them."""
    total = Outcome(ZERO)
    for part in parts:
        total = Outcome((total.value or ZERO) + (part.value or ZERO), total.state, total.reason)
        if part.state is not State.OK:
            total = weakened(total, part.state, part.reason or part.state.name)
    return total


def _held(policy: PolicyRow, days: Days) -> Days | None:
    """The days among these on which a policy was in force."""
    first, last = max(days.first, policy.effective_from or date.min), min(days.last, policy.effective_to or date.max)
    return Days(first, last) if first <= last and policy.holds_on(first) else None


def _mentions(policy: PolicyRow, wanted: frozenset[MechanismKind]) -> bool:
    return any(rule.mechanism in wanted for rule in policy.rules)


def _promise(policy: PolicyRow, days: Days, wanted: frozenset[MechanismKind], known: Histories) -> Promise:
    rules = [rule for rule in policy.rules if rule.mechanism in wanted]
    base = _base(policy, days, known)
    percents = [rule.percent for rule in rules if rule.percent is not None]
    budgets = [rule.budget_usd_per_year for rule in rules if rule.budget_usd_per_year is not None]
    if policy.basis is PolicyBasis.PERCENT_OF_BASE and percents:
        percent = sum(percents, ZERO)
        return Promise(policy, days.first, days.last, percent, base, _share(policy, percent, base, days))
    if policy.basis is PolicyBasis.FIXED_BUDGET and budgets:
        spread = Outcome(sum(budgets, ZERO) * days.count / DAYS_PER_YEAR, State.ESTIMATED, "A budget, spread evenly.")
        return Promise(policy, days.first, days.last, None, base, ExecutionFigure(spread, days.count, days.count))
    basis = policy.basis.name.lower().replace("_", " ")
    unsaid = Outcome(None, State.NOT_REPORTED, f"{policy.ref} leaves open how much: its basis is {basis}.")
    return Promise(policy, days.first, days.last, None, base, ExecutionFigure(unsaid, 0, days.count))


def _share(policy: PolicyRow, percent: Decimal, base: ExecutionFigure, days: Days) -> ExecutionFigure:
    if percent == 0:
        return ExecutionFigure(Outcome(ZERO), days.count, days.count)
    if base.usd is None:
        return base
    share = Outcome(base.usd * percent / HUNDRED, base.outcome.state, base.outcome.reason)
    if policy.base_partial:
        share = weakened(share, State.ESTIMATED, f"At most: the base is {policy.base_label}, a part of the metric.")
    return ExecutionFigure(share, base.observed_days, base.expected_days)


def _base(policy: PolicyRow, days: Days, known: Histories) -> ExecutionFigure:
    cell = cell_of_base(policy)
    if cell is None:
        reason = f"No source splits off the base of {policy.ref}: {policy.base_label}."
        return ExecutionFigure(Outcome(None, State.NOT_REPORTED, reason), 0, days.count)
    return reported(known.get(cell), cell, days)


def reported(history: History | None, cell: Cell, days: Days) -> ExecutionFigure:
    """What a source says of a flow over the days."""
    found = history.over(days.first, days.last, flow=True) if history else None
    if found is None or found.value is None:
        name = label_of(cell.metric)
        return ExecutionFigure(
            Outcome(None, State.NOT_REPORTED, f"No source reports {name} of these days."), 0, days.count
        )
    total = Outcome(MEASURES[cell.metric].value(found.value))
    if found.days < days.count:
        total = weakened(total, State.PARTIAL, f"{found.days} of {days.count} days are known.")
    return ExecutionFigure(total, found.days, days.count)
