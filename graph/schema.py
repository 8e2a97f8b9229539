"""The schema, assembled."""

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from graph import vocabulary
from graph.edition import assembled
from graph.errors import Presented
from graph.ledger import LedgerEntry
from graph.mutation import Mutation
from graph.policy import AllocationPolicy
from graph.query import Query
from graph.scalars import SCALARS
from graph.subscription import Subscription


class Schema(strawberry.Schema):
    """A schema that leaves errors to `Presented`: what a client did wrong is nothing to log."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        return


vocabulary.register()
schema = Schema(
    Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[AllocationPolicy, LedgerEntry],
    extensions=[Presented],
    config=StrawberryConfig(scalar_map=SCALARS),
)
assembled(schema._schema, schema.as_str)
