"""What every metric means, here and elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from models.metric import MEASURES
from models.store import Reader
from models.vocabulary import Metric, Unit
from resolvers.argument import hashed
from resolvers.declare import argument, batched
from resolvers.formula import unit_of
from resolvers.provenance import MethodologyRow
from valuation.definition import DEFINITIONS
from valuation.term import Definition, FieldUse, Nature


@dataclass(frozen=True, slots=True)
class DefinitionRow:
    """A metric and its definition; `stored` ones are kept day by day, the others made of them."""

    key: Metric
    definition: Definition

    @property
    def label(self) -> str:
        return self.definition.label

    @property
    def unit(self) -> Unit:
        return unit_of(self.key)

    @property
    def nature(self) -> Nature:
        return self.definition.nature

    @property
    def stock_or_flow(self) -> Nature:
        return self.nature

    @property
    def methodology(self) -> MethodologyRow:
        """As it is of anything: no protocol's own words."""
        return MethodologyRow(self.key, self.definition, None, None)

    @property
    def stored(self) -> bool:
        return self.key in MEASURES

    @property
    def formula(self) -> str:
        return self.definition.formula

    @property
    def text(self) -> str:
        return self.definition.text

    @property
    def null_rule(self) -> str:
        return self.definition.null_rule

    @property
    def version(self) -> str:
        return self.definition.version

    @property
    def source(self) -> str:
        return self.definition.source

    @property
    def field_use(self) -> tuple[FieldUse, ...]:
        return self.definition.field_use


async def definitions(reader: Reader, keys: Sequence[tuple[Metric, ...]]) -> list[list[DefinitionRow]]:
    """The definitions of each tuple of metrics. No statement: they are part of the release."""
    return [[DefinitionRow(metric, DEFINITIONS[metric.name]) for metric in metrics] for metrics in keys]


@batched(definitions, at=True)
def resolve_metric_definitions(
    keys: Annotated[
        list[Metric] | None, argument("Of which metrics, for example [REVENUE, PS]; all if not said.")
    ] = None,
) -> tuple[Metric, ...]:
    return tuple(Metric) if keys is None else tuple(hashed(keys))
