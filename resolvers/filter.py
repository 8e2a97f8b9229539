"""The filters that many lists share: each says which values it admits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.vocabulary import MetricState


@dataclass(unsafe_hash=True)
class StringFilter:
    """Which texts; case counts but in `contains` and `starts_with`."""

    eq: str | None = None
    in_: list[str] | None = None
    not_in: list[str] | None = None
    contains: str | None = None
    starts_with: str | None = None

    def admits(self, text: str) -> bool:
        folded = text.casefold()
        return (
            (self.eq is None or text == self.eq)
            and (self.in_ is None or text in self.in_)
            and (self.not_in is None or text not in self.not_in)
            and (self.contains is None or self.contains.casefold() in folded)
            and (self.starts_with is None or folded.startswith(self.starts_with.casefold()))
        )

    def admits_any(self, texts: Iterable[str]) -> bool:
        return any(map(self.admits, texts))


@dataclass(unsafe_hash=True)
class DecimalFilter:
    """Which numbers; one that is not known passes no comparison."""

    gt: Decimal | None = None
    gte: Decimal | None = None
    lt: Decimal | None = None
    lte: Decimal | None = None
    eq: Decimal | None = None
    is_null: bool | None = None
    states: list[MetricState] | None = None

    def admits(self, value: Decimal | None, state: MetricState) -> bool:
        return (
            (self.is_null is None or self.is_null == (value is None))
            and (self.states is None or state in self.states)
            and (not self._compares or (value is not None and self._within(value)))
        )

    @property
    def _compares(self) -> bool:
        return any(bound is not None for bound in (self.gt, self.gte, self.lt, self.lte, self.eq))

    def _within(self, value: Decimal) -> bool:
        return (
            (self.gt is None or value > self.gt)
            and (self.gte is None or value >= self.gte)
            and (self.lt is None or value < self.lt)
            and (self.lte is None or value <= self.lte)
            and (self.eq is None or value == self.eq)
        )


@dataclass(unsafe_hash=True)
class DateRange:
    """UTC days, both inclusive; open where one is left out."""

    from_: date | None = None
    to: date | None = None
