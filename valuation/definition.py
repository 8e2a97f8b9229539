"""The definition of every metric, by its name."""

from valuation import derived, reported
from valuation.term import Definition

DEFINITIONS: dict[str, Definition] = {
    **reported.FLOWS,
    **reported.STOCKS,
    **derived.AMOUNTS,
    **derived.MULTIPLES,
    **derived.PAYOUTS,
    **derived.TRENDS,
    **derived.CONCENTRATION,
}
