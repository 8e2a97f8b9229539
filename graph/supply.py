"""How many tokens there are."""

import datetime
from decimal import Decimal

import strawberry

from graph.fields import described, resolved_by
from graph.metric import MetricValue
from graph.source import Provenance
from resolvers.supply import resolve_provenance_of_supply


@strawberry.type(description="The supply of a token from the most there can be downwards, in whole tokens.")
class SupplyWaterfall:
    max: MetricValue = described("The most there can ever be, as last stated.")
    total: MetricValue = described("How many exist, as last stated.")
    circulating: MetricValue = described("How many are in circulation, as last stated.")
    burned_onchain: Decimal | None = described("Burned on-chain, by the ledger; null where no entry says how many.")
    burned_recognised: Decimal | None = described(
        "Treated as burned by a decision, though they still exist; null where no entry says how many."
    )
    bought_back_held: Decimal | None = described(
        "Bought back and still held: what the protocol's own fund states, else what the ledger knows; null where "
        "neither says how many."
    )
    issued: Decimal | None = described("Existing and burned together; null where either is not known.")
    outstanding: Decimal | None = described(
        "Existing, without those held after a purchase or treated as burned; null where the total is not known."
    )
    provenance: Provenance = resolved_by(resolve_provenance_of_supply, "Where the total is from, and what others say.")
    as_of: datetime.date | None = described("Last UTC day the total is from; null where it is not known.")
    treatment: str = described("How the amounts beside the total are counted, in a sentence.")
