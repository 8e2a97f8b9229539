"""How many tokens there are: what sources state, and what the ledger took away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.store import Reader
from models.vocabulary import Disposition, LedgerKind, Window
from resolvers.argument import hashed
from resolvers.declare import Parent, batched
from resolvers.given import SUPPLIES
from resolvers.ledger import LedgerQuestion, Scope
from resolvers.ledger_filter import LedgerWhere
from resolvers.ledger_total import ledger_totals
from resolvers.metric import MetricValue, metric_values
from resolvers.metric_key import MetricKey
from resolvers.provenance import Statement, provenances, statement_of
from resolvers.subject import Subject
from resolvers.token import TokenRow

BURNED = hashed(LedgerWhere(kind=[LedgerKind.BURN]))
RECOGNISED = hashed(LedgerWhere(kind=[LedgerKind.BURN_RECOGNITION]))
HELD = hashed(LedgerWhere(kind=[LedgerKind.PURCHASE], disposition=[Disposition.HELD]))

TREATMENT = (
    "Burned on-chain: no longer in the total. Recognised as burned, or bought back and held: still in the total, and "
    "taken off for what is outstanding. What the ledger does not know is not taken off."
)


@dataclass(frozen=True, slots=True)
class SupplyRow:
    """In whole tokens; what the ledger says nothing of is None."""

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
    """The supply of each token: the statements of `metric_values`, and three for the ledger."""
    keys = [MetricKey(subject, metric, Window.ALL) for subject in subjects for metric in SUPPLIES]
    stated = dict(zip(keys, await metric_values(reader, keys), strict=True))
    scopes = [(Scope(token_id=each.token_id), where) for where in (BURNED, RECOGNISED, HELD) for each in subjects]
    questions = [LedgerQuestion(*each) for each in scopes]
    totals = await ledger_totals(reader, questions)
    amounts = dict(zip(questions, (total.token_amount for total in totals), strict=True))
    return [_row(each, stated, amounts) for each in subjects]


def _row(
    subject: Subject, stated: dict[MetricKey, MetricValue], amounts: dict[LedgerQuestion, Decimal | None]
) -> SupplyRow:
    circulating, total, maximum = (stated[MetricKey(subject, metric, Window.ALL)] for metric in SUPPLIES)
    scope = Scope(token_id=subject.token_id)
    burned, recognised, held = (amounts[LedgerQuestion(scope, where)] for where in (BURNED, RECOGNISED, HELD))
    return SupplyRow(circulating, total, maximum, burned, recognised, held)


@batched(supplies)
def resolve_supply(row: Parent[TokenRow]) -> Subject:
    return row.subject


@batched(provenances)
def resolve_provenance_of_supply(row: Parent[SupplyRow]) -> Statement:
    return statement_of(row.total)
