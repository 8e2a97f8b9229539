"""What operations are charged, by the points and without a server."""

import json
from dataclasses import replace
from typing import Any

import pytest
import strawberry

from graph.refusal import Refused
from graph.schema import schema
from models.store import Store
from resolvers.alert_place import known_up_to
from resolvers.caller import Caller
from resolvers.change import START, cursor_of
from server.edge.bucket import LocalBuckets
from server.edge.endpoint import endpoint
from server.edge.fault import Fault
from server.edge.operations import Operations
from server.edge.parameters import Parameters
from server.settings import Settings
from tests.builders import chain_fact, protocol_fact, published
from tests.server.edge import sample

CALLER = Caller("someone")
ALERTS = "subscription($rules: [AlertRule!]!, $seen: ID) { alerts(rules: $rules, resumeAfter: $seen) { seq } }"
CHANGES = "subscription($seen: String) { changes(resumeAfter: $seen) { epoch } }"
LOOK = "subscription($points: Int!) { look(points: $points) }"


def operations(store: Store, served: strawberry.Schema = sample.schema, **settings: Any) -> Operations:
    """With a bucket into which nothing flows back."""
    made = endpoint(Settings(rate_limit="on", **settings), served._schema, store).operations
    return replace(made, purses=replace(made.purses, buckets=LocalBuckets(clock=lambda: 0.0)))


async def told(operations: Operations, query: str, most: int = 100, **variables: object) -> list[int]:
    """What is left to the caller with each of the first events."""
    job = operations.job(Parameters(query=query, variables=variables), CALLER)
    context = await operations.pinned(CALLER)
    left = []
    async for body in operations.bodies(await operations.events(job, context), job, context):
        left.append(json.loads(body)["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"])
        if len(left) == most:
            break
    return left


@pytest.fixture
async def one(sqlite_store: Store) -> Store:
    await published(sqlite_store, protocol_fact("one"))
    return sqlite_store


async def test_a_subscription_costs_as_much_to_begin_as_an_event(one: Store) -> None:
    poor = operations(one, anonymous_capacity=3)

    assert await told(poor, "subscription { count(to: 2) }") == [1, 0]
    with pytest.raises(Fault, match="There are 0 points left"):
        await told(poor, "subscription { count(to: 2) }")


async def test_what_a_subscription_looks_through_is_paid_for(one: Store) -> None:
    assert await told(operations(one, anonymous_capacity=10), LOOK, points=7) == [1]


async def test_what_can_not_be_paid_is_not_looked_through(one: Store) -> None:
    with pytest.raises(Fault) as fault:
        await told(operations(one, anonymous_capacity=5), LOOK, points=7)

    assert (fault.value.status, fault.value.code) == (429, "RATE_LIMITED")


async def test_looking_costs_at_most_as_much_as_an_operation(one: Store) -> None:
    with pytest.raises(Refused) as refusal:
        await told(operations(one, max_cost=5), LOOK, points=6)

    (error,) = refusal.value.errors
    assert error.extensions == {"code": "COST_LIMIT_EXCEEDED", "found": 6, "limit": 5}


async def test_alerts_are_not_told_again_from_too_far_back(one: Store) -> None:
    for number in range(5):
        await published(one, chain_fact(f"chain-{number}"))
    rules = [{"op": "NEW_LEDGER_ENTRY"}, {"op": "POLICY_CHANGED"}, {"op": "RESTATED"}]

    with pytest.raises(Refused) as refusal:
        await told(operations(one, schema, max_cost=14), ALERTS, rules=rules, seen=known_up_to(1).cursor)

    (error,) = refusal.value.errors
    assert error.message == "To go on from there costs 15 points, 14 are allowed."


async def test_changes_that_were_missed_are_paid_for_by_the_page_and_one_by_one(one: Store) -> None:
    await published(one, chain_fact("ethereum"))

    left = await told(operations(one, schema, anonymous_capacity=10), CHANGES, most=2, seen=cursor_of(START))

    # One to begin, one and two epochs for the first page, one for each change.
    assert left == [10 - 1 - 3 - 1, 10 - 1 - 3 - 2]
