"""What every metric means, here and elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from models.metric import MEASURES
from models.store import Reader
from models.vocabulary import Metric, Unit, Window
from resolvers.argument import hashed
from resolvers.declare import Parent, argument, batched
from resolvers.errors import BadInput
from resolvers.formula import unit_of, windows_of
from resolvers.provenance import MethodologyRow
from valuation.definition import DEFINITIONS, history_of
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
    def windows(self) -> tuple[Window, ...]:
        """Those that make a difference; a metric with windows of its own takes no notice of the one asked."""
        return windows_of(self.key)

    @property
    def history(self) -> list[MethodologyRow]:
        return [MethodologyRow(self.key, each, None, None) for each in history_of(self.key.name)]

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


async def methodologies_by_version(reader: Reader, keys: Sequence[tuple[Metric, str]]) -> list[MethodologyRow]:
    """As they are of anything: no protocol's own words. No statement. Raises BadInput for a version there never was."""
    return [_version(metric, version) for metric, version in keys]


def _version(metric: Metric, version: str) -> MethodologyRow:
    known = {each.version: each for each in history_of(metric.name)}
    if version not in known:
        raise BadInput(f"{metric.name} has no version {version!r} of its definition, but {', '.join(known)}")
    return MethodologyRow(metric, known[version], None, None)


@batched(methodologies_by_version)
def resolve_methodology_of_definition(
    row: Parent[DefinitionRow],
    version: Annotated[str | None, argument("Which version, for example 1; the one in force if not said.")] = None,
) -> tuple[Metric, str]:
    return row.key, row.version if version is None else version
