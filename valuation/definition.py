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

# Definitions that no longer hold, by metric, the newest first. None was ever replaced.
SUPERSEDED: dict[str, tuple[Definition, ...]] = {}


def history_of(metric: str) -> tuple[Definition, ...]:
    """Every definition a metric ever had, the one in force first."""
    return DEFINITIONS[metric], *SUPERSEDED.get(metric, ())
