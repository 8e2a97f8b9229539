"""What policies promised, against what was done and what was reported."""

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph.cost import ListSize
from graph.fields import described, resolved_by
from graph.policy import AllocationPolicy
from models.vocabulary import LedgerKind, MetricState
from resolvers.delivery import resolve_protocol_of_delivery

if TYPE_CHECKING:
    from graph.protocol import Protocol


@strawberry.type(
    description="An amount over some days: its value, or why there is none. Null is not known, never zero."
)
class ExecutionFigure:
    usd: Decimal | None = described('US dollars, exact, for example "4430171.79"; null where not known.')
    state: MetricState = described("Why the amount is what it is, or why there is none.")
    reason: str | None = described("The state in a sentence; null when OK.")
    observed_days: int = described("Of how many of the days something is known; in a sum, of its best-known part.")
    expected_days: int = described("How many days there are.")


@strawberry.type(description="What was done, less what it is compared with.")
class ExecutionComparison:
    usd: Decimal | None = described(
        "US dollars, negative where less was done; null unless both are known on nine days of ten."
    )
    ratio: Decimal | None = described("What was done as a fraction of the other, 0.75 for three quarters; or null.")
    state: MetricState = described("Why the difference is what it is, or why there is none.")
    reason: str | None = described("The state in a sentence; null when OK.")


@strawberry.type(description="What one policy promised for those of the days on which it was in force.")
class PolicyPromise:
    policy: AllocationPolicy = described("Which policy.")
    first: datetime.date = described("First of the UTC days on which it was in force.")
    last: datetime.date = described("Last of the UTC days on which it was in force.")
    percent: Decimal | None = described("The percent of its base that it promises; null on another basis.")
    base: ExecutionFigure = described("The metric of its base over those days, US dollars.")
    promised: ExecutionFigure = described("The percent of that, or a budget spread evenly over the days.")


@strawberry.type(description="What a protocol's policies promised for some days, against what was done.")
class PolicyExecution:
    first: datetime.date = described("First UTC day.")
    last: datetime.date = described("Last UTC day.")
    kind: LedgerKind = described("Which deeds.")
    promises: list[PolicyPromise] = described("What each policy promised, the oldest first.")
    promised: ExecutionFigure = described("All promises that are known together, PARTIAL where one is not.")
    executed: ExecutionFigure = described(
        "What the ledger has. Entries that reach beyond the days are left out, as nobody says how they are spread."
    )
    reported: ExecutionFigure = described("Holders' revenue of the same days, as sources report it.")
    against_promised: ExecutionComparison = described("What was done, less what was promised.")
    against_reported: ExecutionComparison = described("What was done, less what was reported.")
    protocol: Annotated["Protocol", strawberry.lazy("graph.protocol")] | None = resolved_by(
        resolve_protocol_of_delivery, "Whose policies."
    )


@strawberry.type(description="What all policies promised for some days, against what was done.")
class MarketExecution:
    first: datetime.date = described("First UTC day.")
    last: datetime.date = described("Last UTC day.")
    kind: LedgerKind = described("Which deeds.")
    promised: ExecutionFigure = described("Over all protocols of which it is known.")
    executed: ExecutionFigure = described("Over all protocols of which it is known.")
    reported: ExecutionFigure = described("Over all of these protocols of which it is known.")
    against_promised: ExecutionComparison = described("Over the protocols of which both are known on nine days of ten.")
    against_reported: ExecutionComparison = described("Over the protocols of which both are known on nine days of ten.")
    protocols: list[PolicyExecution] = described(
        "Each that promised or did anything, the largest deeds first.", ListSize(assumed_size=50)
    )
