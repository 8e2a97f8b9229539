"""How a metric is defined, and what others mean by the same word."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# The day the definitions of this version were agreed.
FIRST_VERSION = date(2026, 11, 23)

DEFILLAMA_METRICS = "https://github.com/DefiLlama/defillama-app/blob/main/docs/metrics.md"
DEFILLAMA_FEES = "https://github.com/DefiLlama/dimension-adapters/blob/master/fees/GUIDELINES.md"
OWN = "docs/methodology.md"


class Nature(StrEnum):
    """Flows add up over days; stocks and ratios never do."""

    FLOW = "flow"
    STOCK = "stock"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class FieldUse:
    """What a provider means by the word, and how that differs from the definition here."""

    provider: str
    definition: str
    differs: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Definition:
    """What a metric means. `null_rule` says when there is no value, `source` where the definition comes from."""

    label: str
    unit: str
    nature: Nature
    formula: str
    text: str
    null_rule: str
    source: str
    field_use: tuple[FieldUse, ...] = ()
    version: str = "1"
    effective_from: date = FIRST_VERSION
