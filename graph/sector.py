"""Sectors, and the market of all of them."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from graph.connection import Node
from graph.cost import Cost
from graph.delivery import MarketExecution
from graph.fields import described, resolved_by, views
from graph.metric import Earning, Measured
from models.vocabulary import SectorKey
from resolvers.delivery import resolve_market_delivery
from resolvers.listing import resolve_protocols_of_sector
from resolvers.sector import MarketRow, SectorRow

if TYPE_CHECKING:
    from graph.listing import ProtocolConnection


@strawberry.type(description="What protocols do. Its numbers are sums over its protocols, each counted once.")
class Sector(Earning, Measured, Node):
    is_type_of = views(SectorRow)

    key: SectorKey = described("Which one.")
    name: str = described("Display name, for example Spot DEX.")
    protocols: Annotated["ProtocolConnection", strawberry.lazy("graph.listing")] = resolved_by(
        resolve_protocols_of_sector, "Its protocols, by revenue if no order is said."
    )


@strawberry.type(description="All protocols together, each counted once.")
class Market(Earning, Measured):
    is_type_of = views(MarketRow)

    policy_execution: MarketExecution = resolved_by(
        resolve_market_delivery,
        "What all policies promised for some days, against what was done and what holders' revenue was reported.",
        Cost(weight=10),
    )
