"""Numbers made on the way to an answer."""

import datetime
from decimal import Decimal

import strawberry

from graph.fields import described
from graph.metric import MetricValue
from models.vocabulary import MetricState, Unit


@strawberry.type(description="A number made of others: its value, or why there is none. Null is not known, never zero.")
class Figure:
    value: Decimal | None = described('In `unit`, exact, for example "1582704000"; null where it is not known.')
    state: MetricState = described("Why the value is what it is, or why there is none.")
    reason: str | None = described("The state in a sentence; null where there is nothing to say.")
    unit: Unit = described("What the value is counted in.")
    as_of: datetime.date | None = described("Last UTC day that is in it; null where that is not known.")
    inputs: list[MetricValue] = described("The metrics it is made of, where there are any.")
