"""How many tokens there are: what sources state, and what the ledger took away."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from models.store import Reader
from models.vocabulary import Window
from resolvers.declare import Parent, batched
from resolvers.deed import Deeds, deeds_of
from resolvers.given import SUPPLIES
from resolvers.metric import MetricValue, metric_values
from resolvers.metric_key import MetricKey
from resolvers.provenance import Statement, provenances, statement_of
from resolvers.reserve import reserves_of
from resolvers.subject import Subject
from resolvers.token import TokenRow
from valuation.outcome import State

TREATMENT = (
    "Burned on-chain: no longer in the total. Recognised as burned, or bought back and held: still in the total, and "
    "taken off for what is outstanding. Held is what the protocol's own fund states, else what the ledger knows was "
    "bought and not passed on. What is not known is not taken off."
)


@dataclass(frozen=True, slots=True)
class SupplyRow:
    """In whole tokens; what nothing is known of is None."""

    circulating: MetricValue
    total: MetricValue
    max: MetricValue
    burned_onchain: Decimal | None
    burned_recognised: Decimal | None
    bought_back_held: Decimal | None

    @property
    def issued(self) -> Decimal | None:
        if self.total.value is None or self.burned_onchain is None:
            return None
        return self.total.value + self.burned_onchain

    @property
    def outstanding(self) -> Decimal | None:
        """An amount the ledger says nothing of takes nothing away."""
        if self.total.value is None:
            return None
        return self.total.value - (self.bought_back_held or Decimal(0)) - (self.burned_recognised or Decimal(0))

    @property
    def treatment(self) -> str:
        """How the amounts beside the total are counted, in a sentence."""
        return TREATMENT

    @property
    def as_of(self) -> date | None:
        return self.total.as_of


async def supplies(reader: Reader, subjects: Sequence[Subject]) -> list[SupplyRow]:
    """The supply of each token: the statements of `metric_values`, one for the ledger and one for what is held."""
    keys = [MetricKey(subject, metric, Window.ALL) for subject in subjects for metric in SUPPLIES]
    stated = dict(zip(keys, await metric_values(reader, keys), strict=True))
    tokens = [each.token_id for each in subjects if each.token_id is not None]
    deeds, reserves = await deeds_of(reader, tokens), await reserves_of(reader, tokens)
    through = reader.pin.day or date.max
    return [
        _row(each, stated, replace(deeds[each.token_id or 0], reserve=reserves.get(each.token_id or 0)), through)
        for each in subjects
    ]


def _row(subject: Subject, stated: dict[MetricKey, MetricValue], deeds: Deeds, through: date) -> SupplyRow:
    circulating, total, maximum = (stated[MetricKey(subject, metric, Window.ALL)] for metric in SUPPLIES)
    taken = (deeds.burned(through), deeds.recognised(through), deeds.held(through))
    # What is reckoned as none, because nothing says otherwise, is not known.
    burned, recognised, held = (None if each.state is State.ESTIMATED else each.value for each in taken)
    return SupplyRow(circulating, total, maximum, burned, recognised, held)


@batched(supplies)
def resolve_supply(row: Parent[TokenRow]) -> Subject:
    return row.subject


@batched(provenances)
def resolve_provenance_of_supply(row: Parent[SupplyRow]) -> Statement:
    return statement_of(row.total)
