"""Places among alerts, and the steps from epoch to epoch that follow them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import select

from models.epoch import epoch
from models.store import Reader
from resolvers.change import check_place
from resolvers.errors import BadCursor
from resolvers.feed import Place
from resolvers.paging import decoded, encoded, epoch_of_cursor


class AlertPlace(NamedTuple):
    """Where an alert stands: the step between two epochs, what it is about, and which of the rules it met."""

    known: int
    reading: int
    type_: int
    number: int
    rule: int

    @property
    def cursor(self) -> str:
        return encoded(self.known + 1, self[1:])


class Step(NamedTuple):
    """From an epoch to the next that can be read; `known` is 0 before the first."""

    known: int
    reading: int


def place_of(cursor: str) -> AlertPlace:
    """The place an alert's `seq` stands for; raises BadCursor."""
    place = [epoch_of_cursor(cursor) - 1, *decoded(cursor, len(AlertPlace._fields) - 1)]
    numbers = [part for part in place if isinstance(part, int)]
    if len(numbers) != len(place):
        raise BadCursor("this is not the `seq` of an alert")
    return AlertPlace(*numbers)


def known_up_to(number: int) -> AlertPlace:
    """The place of someone who was told everything up to an epoch."""
    return AlertPlace(number, number, 0, 0, 0)


async def steps_after(reader: Reader, places: Sequence[AlertPlace]) -> list[list[Step]]:
    """The steps from each place to the reader's epoch, that of the place first. One statement; raises CursorPruned."""
    query = select(epoch.c.epoch).where(epoch.c.epoch <= reader.epoch, epoch.c.retained).order_by(epoch.c.epoch)
    retained = [row.epoch for row in await reader.rows(query)]
    return [_steps(place, retained, reader.epoch) for place in places]


def _steps(place: AlertPlace, retained: Sequence[int], newest: int) -> list[Step]:
    check_place(Place(*place[:4]), retained, newest)
    return [Step(*pair) for pair in pairwise([place.known, *(each for each in retained if each > place.known)])]
