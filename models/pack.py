"""A year of a series as bytes: read and compared without a row per day.

Layout: for each day of the year, from 1 January, a little-endian int64 (MISSING where nothing is known), then a
byte a day with its number of revisions, cut off where all that follow are zero.
"""

import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MISSING = -(2**63)


def days_in(year: int) -> int:
    return date(year + 1, 1, 1).toordinal() - date(year, 1, 1).toordinal()


def little_endian(values: "array[int]") -> bytes:
    """The bytes of int64 values, as a pack holds them."""
    if sys.byteorder == "big":
        values = array("q", values)
        values.byteswap()
    return values.tobytes()


@dataclass(slots=True)
class Year:
    """The values of one series in one year, by day of the year from 0; `revisions` likewise."""

    year: int
    values: "array[int]"
    revisions: bytearray

    @classmethod
    def empty(cls, year: int) -> "Year":
        return cls(year, array("q", [MISSING]) * days_in(year), bytearray(days_in(year)))

    @classmethod
    def unpacked(cls, year: int, packed: bytes) -> "Year":
        """The year that `packed` gave."""
        length = days_in(year)
        values = array("q", packed[: 8 * length])
        if sys.byteorder == "big":
            values.byteswap()
        return cls(year, values, bytearray(packed[8 * length :].ljust(length, b"\0")))

    def packed(self) -> bytes:
        return little_endian(self.values) + bytes(self.revisions).rstrip(b"\0")

    @property
    def first_ordinal(self) -> int:
        return date(self.year, 1, 1).toordinal()

    def known(self) -> Iterator[tuple[int, int, int]]:
        """(ordinal of the day, value, revision) of each day something is known of, in order."""
        first = self.first_ordinal
        for n, value in enumerate(self.values):
            if value != MISSING:
                yield first + n, value, self.revisions[n]
