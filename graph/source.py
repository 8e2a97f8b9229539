"""Sources of numbers, how they reckon them, and where they disagree."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph.connection import Node
from graph.fields import described, resolved_by, views
from graph.scalars import URL
from models.vocabulary import Metric, ObservationMethod
from resolvers.provenance import resolve_inputs, resolve_methodology_of_provenance
from resolvers.source import SourceRow, resolve_retrieved_at

if TYPE_CHECKING:
    from graph.metric import MetricValue


@strawberry.type(description="Who said a number.")
class Source(Node):
    is_type_of = views(SourceRow)

    slug: str = described("Stable name, for example defillama.")
    name: str = described("As it calls itself, for example DefiLlama.")
    method: ObservationMethod = described("How it came to know the number.")
    kind: ObservationMethod = described("The same as `method`.")
    url: URL | None = described("Where it publishes.")
    licence: str | None = described("Under which terms its numbers may be used, where known.")
    precedence: int = described("Of several sources the one with the lowest is answered, for example 10.")
    retrieved_at: datetime.datetime | None = resolved_by(
        resolve_retrieved_at,
        "When it was last read, in UTC: when the newest run that reads it ended, or when what we quote of it last came "
        "on record, whichever is later; null where nothing of it is on record.",
    )


@strawberry.type(description="How a metric is reckoned.")
class Methodology:
    id: strawberry.ID = described(
        "The metric and version, and of whose number the words are, for example REVENUE:1:12."
    )
    key: Metric = described("Of which metric.")
    label: str = described("Its name in words, for example Price to sales.")
    version: str = described("Version of the definition, for example 1.")
    formula: str = described("What it is made of, for example R - I, same window.")
    meaning: str = described("What it means, in a sentence.")
    null_rule: str = described("When there is no value, and in which state then.")
    effective_from: datetime.date = described("UTC day from which the definition holds.")
    source_url: URL | None = described("Where the definition is from; null for one that is ours.")
    supersedes: Annotated["Methodology", strawberry.lazy("graph.source")] | None = described(
        "The definition that held before; null of the first."
    )
    text: str | None = described("What the source says of this protocol's number, in its own words; null if nothing.")
    url: URL | None = described("Where the source says so.")


@strawberry.type(description="What another source says of the same number.")
class RivalValue:
    value: Decimal = described('Its value over the same days, in the same unit, for example "1250000.00".')
    source: Source = described("Who says so.")
    observed_days: int = described("On how many of the days it has a number.")
    difference_pct: float | None = described("How far it is from the answered value, in percent of that, e.g. -1.5.")


@strawberry.type(description="Where a value is from.")
class Provenance:
    method: ObservationMethod | None = described("How the number became known; null for derived and summed values.")
    chosen: Source | None = described("The source that is answered; null for derived and summed values.")
    sources: list[Source] = described("Every source that has a number for these days, the chosen one first.")
    rivals: list[RivalValue] = described("What the other sources say.")
    methodology: Methodology = resolved_by(resolve_methodology_of_provenance, "How the metric is reckoned.")
    spread_pct: float | None = described("How far the furthest rival is off, in percent; null without rivals.")
    inputs: list[Annotated["MetricValue", strawberry.lazy("graph.metric")]] = resolved_by(
        resolve_inputs, "What a derived value is made of, each with its own days and source; empty for others."
    )
