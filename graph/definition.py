"""What metrics mean."""

import strawberry

from graph.fields import described, resolved_by
from graph.scalars import URL
from graph.source import Methodology
from models.vocabulary import Metric, Unit, Window
from resolvers.definition import resolve_methodology_of_definition
from valuation.term import Nature


@strawberry.type(description="What a provider means by the same word.")
class FieldUse:
    provider: str = described("Who, for example Token Terminal.")
    definition: str = described("What it means there.")
    differs: str = described("How that differs from the meaning here.")
    url: URL | None = described("Where it is defined.")


@strawberry.type(description="What a metric means.")
class MetricDefinition:
    key: Metric = described("Which metric.")
    label: str = described("Its name in words, for example Price to sales.")
    unit: Unit = described("What it is counted in.")
    nature: Nature = described("Whether it adds up over days.")
    stock_or_flow: Nature = described("The same as `nature`.")
    windows: list[Window] = described("Over which windows it differs; others are answered with those of its own.")
    methodology: Methodology = resolved_by(
        resolve_methodology_of_definition, "How it is reckoned, as in the methodology of a value of it."
    )
    history: list[Methodology] = described("Every version of the definition, the one in force first.")
    stored: bool = described("Whether it is kept day by day; others are made of those that are.")
    formula: str = described("What it is made of.")
    text: str = described("What it means, in a sentence.")
    null_rule: str = described("When there is no value, and in which state then.")
    version: str = described("Version of the definition, for example 1.")
    source: str = described("Where the definition comes from.")
    field_use: list[FieldUse] = described("What others mean by the same word.")
