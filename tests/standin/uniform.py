"""A world in which every number is the same, so that a mixture of two of its states is seen at once."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.standin.world import Row, World


@dataclass(slots=True)
class Uniform(World):
    """Everybody took so many `dollars` of everything, each day and on each chain; a family as often as it has parts."""

    dollars: int = 1

    def value(self, id_: str, data_type: str, day: date, chain: str | None = None) -> Decimal | None:
        return Decimal(self.dollars)

    def row(self, id_: str, data_type: str, chain: str | None = None) -> Row:
        return [Decimal(self.dollars)] * self.length
