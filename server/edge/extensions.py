"""What an answer says of its cost."""

from typing import Any

from resolvers.caller import Spending


def cost_of(spending: Spending, actual: int | None) -> dict[str, Any]:
    """`extensions.cost`; `actual` None leaves out what differs between two equal requests."""
    said: dict[str, Any] = {
        "requestedQueryCost": spending.cost,
        "maximumQueryCost": spending.limit,
        "objects": spending.objects,
    }
    if actual is None:
        return said
    throttle = {
        "maximumAvailable": spending.capacity,
        "currentlyAvailable": spending.remaining,
        "restoreRate": spending.restore_rate,
    }
    return {**said, "actualQueryCost": actual, "throttleStatus": throttle}
