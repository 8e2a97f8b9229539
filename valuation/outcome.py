"""The result of a formula: a value, or the state and the sentence that say why there is none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)
HUNDRED = Decimal(100)
DAYS_PER_YEAR = 365


class State(StrEnum):
    """Why a value is what it is, or why there is none."""

    OK = "ok"
    PARTIAL = "partial"
    ESTIMATED = "estimated"
    NOT_APPLICABLE = "not_applicable"
    NOT_REPORTED = "not_reported"
    INSUFFICIENT_HISTORY = "insufficient_history"
    ZERO_DENOMINATOR = "zero_denominator"
    NEGATIVE_DENOMINATOR = "negative_denominator"
    NO_TOKEN = "no_token"  # noqa: S105 - a state of a number, not a secret
    STALE = "stale"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


# States under which a value may stand, from the most to the least reliable: a result is as good as its worst input.
VALUED = (State.OK, State.ESTIMATED, State.PARTIAL, State.STALE, State.DISPUTED)

_MISSING = {
    State.STALE: "out of date",
    State.DISPUTED: "disputed",
    State.NOT_APPLICABLE: "not applicable",
    State.NOT_REPORTED: "not reported",
    State.INSUFFICIENT_HISTORY: "known for too short a time",
    State.ZERO_DENOMINATOR: "undefined, because the denominator is zero",
    State.NEGATIVE_DENOMINATOR: "undefined, because the denominator is negative",
    State.NO_TOKEN: "undefined, because there is no token",
    State.WITHDRAWN: "withdrawn by the source",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What goes into a formula and what comes out of it. `reason` is a sentence; an OK value may carry one as a remark.

    A missing value is never zero: it has a state other than OK, ESTIMATED and PARTIAL.
    """

    value: Decimal | None
    state: State = State.OK
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.value is None and self.state not in _MISSING:
            raise ValueError(f"a missing value needs a state that says why, not {self.state.name}")
        if self.value is not None and self.state not in VALUED:
            raise ValueError(f"{self.state.name} has no value")


@dataclass(frozen=True, slots=True)
class Flow:
    """What a flow summed to over a window of whole days.

    `history`: days of the window not before the first day ever observed. `observed`: days that have a value.
    """

    total: Outcome
    window: int
    history: int
    observed: int

    def whole(self) -> Outcome:
        """The total, PARTIAL when days are missing, INSUFFICIENT_HISTORY when the window begins before the series."""
        if self.total.value is None:
            return self.total
        if self.history < self.window:
            reason = f"The history covers {self.history} of the {self.window} days."
            return Outcome(None, State.INSUFFICIENT_HISTORY, reason)
        if self.observed < self.window:
            return weakened(self.total, State.PARTIAL, f"{self.observed} of {self.window} days are observed.")
        return self.total


def missing(name: str, given: Outcome) -> Outcome:
    """The outcome of a formula that lacks an input: the input's state, and its reason or one made from its name."""
    words = name.replace("_", " ")
    verb = "are" if words.endswith("s") else "is"
    reason = given.reason or f"{words.capitalize()} {verb} {_MISSING[given.state]}."
    return Outcome(None, given.state, reason)


def weakened(given: Outcome, state: State, reason: str) -> Outcome:
    """The same value, with this state unless its own is already a weaker one."""
    if VALUED.index(given.state) >= VALUED.index(state):
        return given
    return Outcome(given.value, state, reason)


def calculated(formula: Callable[..., Decimal | Outcome], **inputs: Outcome) -> Outcome:
    """The formula of the inputs' values, in order; the first missing input decides when there is one.

    The result is as good as the worst of the inputs, and says why.
    """
    for name, given in inputs.items():
        if given.value is None:
            return missing(name, given)
    result = formula(*(given.value for given in inputs.values()))
    outcome = result if isinstance(result, Outcome) else Outcome(result)
    name, worst = max(inputs.items(), key=lambda item: VALUED.index(item[1].state))
    if outcome.value is None or worst.state is State.OK:
        return outcome
    words = name.replace("_", " ").capitalize()
    return weakened(outcome, worst.state, worst.reason or f"{words}: {worst.state.name.lower()}.")


def quotient(numerator: Decimal, denominator: Decimal, name: str) -> Decimal | Outcome:
    """The ratio, or the state for a denominator (called `name` in the reason) that is not positive."""
    if denominator == 0:
        return Outcome(None, State.ZERO_DENOMINATOR, f"The denominator, {name}, is zero.")
    if denominator < 0:
        return Outcome(None, State.NEGATIVE_DENOMINATOR, f"The denominator, {name}, is negative.")
    return numerator / denominator


def per_year(total: Decimal, days: int) -> Decimal:
    """What a total over some days comes to in a year of 365."""
    return total * DAYS_PER_YEAR / days


def contributed(children: Sequence[Outcome]) -> Outcome:
    """The sum over all children of a parent; missing as soon as one that contributes is missing."""
    if not children:
        return Outcome(None, State.NOT_REPORTED, "No child contributes.")
    names = {f"child_{place}": child for place, child in enumerate(children, start=1)}
    return calculated(lambda *values: sum(values, ZERO), **names)
