"""Which of several sources' series of one thing is answered: the preferred one, unless it stopped and others go on."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")

# A source whose last day is so long before that of another has stopped, and does not hide what came after it.
STOPPED = timedelta(days=30)


def first_living(rivals: Sequence[tuple[T, date]]) -> T | None:
    """The first that goes on, or stopped no more than a month before the newest; None of nothing.

    `rivals`: each with its last known day, the preferred source's first.
    """
    newest = max((last for _, last in rivals), default=date.min)
    return next((rival for rival, last in rivals if newest - last <= STOPPED), None)
