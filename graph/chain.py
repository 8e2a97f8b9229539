"""Chains."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from graph.connection import Node
from graph.external import ExternalId
from graph.fields import described, resolved_by, views
from graph.metric import Earning, Measured
from resolvers.chain import ChainRow
from resolvers.external_id import resolve_external_ids
from resolvers.listing import resolve_protocols_of_chain
from resolvers.operation import resolve_operations_of_chain

if TYPE_CHECKING:
    from graph.listing import ProtocolConnection
    from graph.right import Operation


@strawberry.type(description="A chain that protocols run on. Its numbers are sums over the protocols on it.")
class Chain(Earning, Measured, Node):
    is_type_of = views(ChainRow)

    slug: str = described("Stable name, for example solana.")
    name: str = described("Display name, for example Solana.")
    token_symbol: str | None = described("Symbol of the token its fees are paid in, for example SOL; not a key.")
    external_ids: list[ExternalId] = resolved_by(resolve_external_ids, "What others call it.")
    protocols: Annotated["ProtocolConnection", strawberry.lazy("graph.listing")] = resolved_by(
        resolve_protocols_of_chain, "Protocols on it, by their revenue on all chains if no order is said."
    )
    operations: list[Annotated["Operation", strawberry.lazy("graph.right")]] = resolved_by(
        resolve_operations_of_chain, "What is counted of the chain itself: transactions, calls, users; with its period."
    )
