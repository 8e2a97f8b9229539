"""Cursors: a place in an ordered list and the epoch it was read at."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Tuple, literal, tuple_

from resolvers.errors import BadCursor

# A cursor is short; more than this is not one of ours.
LONGEST = 600


def encoded(epoch: int, place: Sequence[str | int | None]) -> str:
    """The cursor of a place, given as the values of the order's columns."""
    text = json.dumps([epoch, *place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decoded(cursor: str, columns: int) -> list[str | int | None]:
    """The place of a cursor that has that many columns; raises BadCursor."""
    place = _parts(cursor)[1:]
    if len(place) != columns:
        raise BadCursor("this cursor belongs to a list of another order")
    return place


def epoch_of_cursor(cursor: str) -> int:
    """The epoch a cursor was issued at; raises BadCursor."""
    epoch = _parts(cursor)[0]
    if not isinstance(epoch, int) or epoch < 1:
        raise BadCursor("this is not a cursor of this API")
    return epoch


def _parts(cursor: str) -> list[Any]:
    if len(cursor) > LONGEST or not cursor.isascii():
        raise BadCursor("this is not a cursor of this API")
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        parts = json.loads(text)
    except (binascii.Error, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadCursor("this is not a cursor of this API") from error
    if not isinstance(parts, list) or not parts or not all(_plain(part) for part in parts):
        raise BadCursor("this is not a cursor of this API")
    return parts


def _plain(part: object) -> bool:
    return part is None or (isinstance(part, int | str) and not isinstance(part, bool))


def row_and_place(columns: Sequence[ColumnElement[Any]], place: Sequence[object]) -> tuple[Tuple, Tuple]:
    """Both as row values, to compare.

    A place takes the types of its columns: tuple_() alone guesses them from the Python values, and SQLite
    then compares a date as text with the number that is stored.
    """
    typed = [literal(value, column.type) for column, value in zip(columns, place, strict=True)]
    return tuple_(*columns), tuple_(*typed)
