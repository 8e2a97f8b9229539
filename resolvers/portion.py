"""What a metric is split into, for how concentrated it is: streams, chains, or the protocols of a sum."""

from dataclasses import dataclass
from decimal import Decimal

from valuation.dispersion import coverage
from valuation.outcome import HUNDRED, Outcome, State, weakened

# Parts that explain less than this of the whole, in percent, may leave out the largest.
FULL = Decimal(90)


@dataclass(frozen=True, slots=True)
class Portions:
    """`of`: what the parts are, in the plural. `whole`: what they are parts of."""

    of: str
    amounts: list[Decimal]
    whole: Outcome

    def remarked(self, outcome: Outcome) -> Outcome:
        """An index over the parts, with how many there are and how much of the whole they explain."""
        explained = coverage(self.amounts, self.whole).value
        if outcome.value is None or explained is None:
            return outcome
        reason = f"By {self.of}: {len(self.amounts)} known, {explained:.0f} % of the whole."
        if FULL <= explained <= 2 * HUNDRED - FULL:
            return Outcome(outcome.value, outcome.state, reason)
        return weakened(outcome, State.PARTIAL, reason)
