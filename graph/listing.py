"""Lists of protocols."""

from decimal import Decimal

import strawberry

from graph.connection import PageInfo
from graph.cost import ListSize
from graph.fields import described, resolved_by
from graph.protocol import Protocol
from models.vocabulary import Metric, Unit, Window
from resolvers.listing_total import resolve_aggregate, resolve_facets, resolve_total_count


@strawberry.type(description="A protocol and its place in the list.")
class ProtocolEdge:
    cursor: str = described("Its place, for `after` and `before`. It carries its epoch: pages never shift.")
    rank: int = described("Its place counted from 1 at the start of the whole list.")
    node: Protocol = described("The protocol.")


@strawberry.type(description="How many protocols of a list have one value of a property.")
class FacetBucket:
    value: str = described("The value, for example PERPS.")
    count: int = described("How many protocols have it.")


@strawberry.type(description="How the protocols of a list are spread over a property.")
class Facet:
    name: str = described("The property: sector or chain.")
    buckets: list[FacetBucket] = described("Its values, the most common first.", ListSize(assumed_size=100))


@strawberry.type(description="A metric over all protocols of a list, not of the page alone.")
class AggregateValue:
    key: Metric = described("What is measured.")
    window: Window = described("The window as it was asked for.")
    unit: Unit = described("What sum and median are counted in.")
    sum: Decimal | None = described("All known values together; null for what does not add up, or with none known.")
    median: Decimal | None = described("The middle of the known values; null with none known.")
    weighted_mean: Decimal | None = described(
        "Of a ratio the mean by revenue over the window, those without revenue left out; null for all else."
    )
    hhi: Decimal | None = described("Concentration, 0 to 10,000 where one has all; null with a negative value.")
    top1_share: Decimal | None = described("Share of the largest, in percent; null with a negative value.")
    count_ok: int = described("How many protocols have a value.")
    count_null: int = described("How many have none.")


@strawberry.type(description="A page of protocols, with totals over all that match.")
class ProtocolConnection:
    edges: list[ProtocolEdge] = described("The protocols of this page with their cursors and ranks.")
    nodes: list[Protocol] = described("The protocols of this page.")
    page_info: PageInfo = described("Where the page lies.")
    total_count: int = resolved_by(resolve_total_count, "How many protocols match.")
    facets: list[Facet] = resolved_by(
        resolve_facets, "How all that match are spread over sectors and chains.", ListSize(assumed_size=2)
    )
    aggregate: AggregateValue = resolved_by(resolve_aggregate, "A metric over all that match.")
