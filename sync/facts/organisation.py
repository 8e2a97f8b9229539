"""People, raises, holdings and shares of organisations, as a source states them."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from models.vocabulary import Confidence, RaiseKind, RaiseStatus, TreasuryTransactionKind
from sync.facts.entity import Ref


class RoleFact(NamedTuple):
    """A person's office in an organisation, from its first to its last day where those are known."""

    ref: str
    organisation: Ref
    person: str
    title: str
    source: str
    confidence: Confidence
    from_day: date | None = None
    to_day: date | None = None
    source_url: str | None = None
    note: str | None = None
    withdrawn: bool = False


class RaiseFact(NamedTuple):
    """Money an organisation raises; `at_most` where the amount is what it may raise. `topic`: of claims about it."""

    ref: str
    organisation: Ref
    kind: RaiseKind
    status: RaiseStatus
    source: str
    confidence: Confidence
    amount_usd: Decimal | None = None
    at_most: bool = False
    agreed_on: date | None = None
    announced_on: date | None = None
    closed_on: date | None = None
    investors: tuple[str, ...] = ()
    purpose: str | None = None
    topic: str | None = None
    source_url: str | None = None
    note: str | None = None
    withdrawn: bool = False


class HoldingFact(NamedTuple):
    """What an organisation held of a token on a day, in whole tokens.

    `cost_usd`: what was paid for all of it. `value_usd`: what the source held it to be worth. `deployed`: objects
    {strategy, amount}, amounts as text. It also makes a day of the series TREASURY_HOLDING.
    """

    organisation: Ref
    token: Ref
    day: date
    amount: Decimal
    source: str
    confidence: Confidence
    cost_usd: Decimal | None = None
    value_usd: Decimal | None = None
    deployed: tuple[dict[str, str], ...] = ()
    source_url: str | None = None
    note: str | None = None
    withdrawn: bool = False


class TreasuryTransactionFact(NamedTuple):
    """What came into a treasury, or went out of it (a negative amount), in whole tokens."""

    ref: str
    organisation: Ref
    token: Ref
    day: date
    kind: TreasuryTransactionKind
    amount: Decimal
    source: str
    confidence: Confidence
    usd: Decimal | None = None
    balance_after: Decimal | None = None
    source_url: str | None = None
    note: str | None = None
    withdrawn: bool = False


class SharesFact(NamedTuple):
    """Shares of an organisation on a day: issued, likely to be issued, all that may be; and their price."""

    organisation: Ref
    day: date
    source: str
    realized: Decimal | None = None
    realistic: Decimal | None = None
    maximum: Decimal | None = None
    price_usd: Decimal | None = None
    source_url: str | None = None
    withdrawn: bool = False
