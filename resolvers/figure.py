"""A number made on the way to an answer: its value, or why there is none, and the metrics it was made of."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.vocabulary import MetricState, Unit
from resolvers.metric import MetricValue
from resolvers.reading import state_of
from valuation.outcome import Outcome, State


@dataclass(frozen=True, slots=True)
class Figure:
    """`as_of`: the last day that is in it, where it has one."""

    value: Decimal | None
    state: MetricState
    reason: str | None
    unit: Unit
    as_of: date | None = None
    inputs: tuple[MetricValue, ...] = ()


def figure_of(outcome: Outcome, unit: Unit, as_of: date | None = None, inputs: tuple[MetricValue, ...] = ()) -> Figure:
    known = as_of if outcome.value is not None else None
    return Figure(outcome.value, state_of(outcome), outcome.reason, unit, known, inputs)


def outcome_of(value: MetricValue | Figure) -> Outcome:
    """A value of the API as formulas take it."""
    return Outcome(value.value, State(value.state.value), value.reason)
