"""When what another source says makes a value disputed."""

from decimal import Decimal

from valuation.outcome import Outcome, State

# Days cut at other hours and late chains make sources differ by a few parts in a hundred.
APART = Decimal("0.05")


def contested(answered: Outcome, ours: Decimal, theirs: Decimal, remark: str) -> Outcome:
    """A value beside what a rival says of the same days, in the same unit; `remark` is that in a sentence.

    DISPUTED where the value would be more than 5 % another if the rival were believed for the days that both know.
    """
    if answered.value is None or abs(theirs - ours) <= APART * abs(answered.value):
        return answered
    reason = f"{remark} {answered.reason}" if answered.reason else remark
    return Outcome(answered.value, State.DISPUTED, reason)
