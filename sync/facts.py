"""What a source states: typed facts under the names the outside world uses, with units in their names.

Of an entity (protocol, token, chain, organisation, fund, source) a field of None says nothing: it leaves what is
known as it is. Any other fact is whole: None is its value. A fact left out says nothing; only `withdrawn` takes
one away.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from models.metric import MEASURES
from models.vocabulary import (
    ClaimStatus,
    Confidence,
    Disposition,
    EntityKind,
    FeeSwitch,
    FundingSource,
    Interval,
    LedgerKind,
    MechanismKind,
    Metric,
    ObservationMethod,
    PolicyBasis,
    PolicyStatus,
    ProtocolKind,
    RaiseKind,
    RaiseStatus,
    RightState,
    RiskKind,
    SectorKey,
    TreasuryTransactionKind,
    ValueLayerKind,
)


class Ref(NamedTuple):
    """A name of an entity in somebody's numbering, say (PROTOCOL, "defillama", "parent#hyperliquid")."""

    kind: EntityKind
    system: str
    value: str


class SourceFact(NamedTuple):
    """A publisher; of several that report a number the one of the lowest `precedence` is answered."""

    slug: str
    name: str
    method: ObservationMethod
    precedence: int
    url: str | None = None
    licence: str | None = None


class ProtocolFact(NamedTuple):
    """`refs`: every name it is known by; one that is known already makes it the same protocol."""

    refs: tuple[Ref, ...]
    slug: str
    name: str
    kind: ProtocolKind | None = None
    parent: Ref | None = None
    token: Ref | None = None
    sectors: tuple[SectorKey, ...] | None = None
    chains: tuple[Ref, ...] | None = None
    category: str | None = None
    description: str | None = None
    homepage: str | None = None
    launched_on: date | None = None
    doublecounted: bool | None = None
    withdrawn: bool = False


class TokenFact(NamedTuple):
    refs: tuple[Ref, ...]
    slug: str
    symbol: str
    name: str
    chain: Ref | None = None
    generated_on: date | None = None
    withdrawn: bool = False


class DeploymentFact(NamedTuple):
    token: Ref
    chain: Ref
    address: str
    decimals: int | None = None
    withdrawn: bool = False


class ChainFact(NamedTuple):
    refs: tuple[Ref, ...]
    slug: str
    name: str
    token_symbol: str | None = None
    withdrawn: bool = False


class OrganisationFact(NamedTuple):
    refs: tuple[Ref, ...]
    slug: str
    name: str
    kind: str
    ticker: str | None = None
    withdrawn: bool = False


class FundFact(NamedTuple):
    refs: tuple[Ref, ...]
    slug: str
    ticker: str
    name: str
    underlying: Ref
    issuer: Ref | None = None
    fee_percent: Decimal | None = None
    withdrawn: bool = False


class MethodologyFact(NamedTuple):
    protocol: Ref
    metric: Metric
    source: str
    text: str
    url: str | None = None
    withdrawn: bool = False


class SeriesKey(NamedTuple):
    """Whose numbers: of a subject by a source; on one chain or all (None), of one stream or all ('')."""

    subject: Ref
    metric: Metric
    source: str
    chain: Ref | None = None
    stream: str = ""
    interval: Interval = Interval.DAY


@dataclass(slots=True)
class SeriesFact:
    """Values of one series by UTC day, exact integers in the scale of its metric (models.metric).

    `days` are ordinals, each once, in any order; a day left out says nothing, one in `withdrawn` is taken away.
    Kept as arrays: millions of days would not fit as objects.
    """

    key: SeriesKey
    days: "array[int]" = field(default_factory=lambda: array("i"))
    values: "array[int]" = field(default_factory=lambda: array("q"))
    withdrawn: "array[int]" = field(default_factory=lambda: array("i"))

    @classmethod
    def of(cls, key: SeriesKey, values: Iterable[tuple[date, Decimal | int | float | str]]) -> "SeriesFact":
        """From (day, value) in the metric's unit; raises OverflowError for a value past 64 bits."""
        fact, measure = cls(key), MEASURES[key.metric]
        for day, value in values:
            fact.days.append(day.toordinal())
            fact.values.append(measure.scaled(value))
        return fact


class PolicyFact(NamedTuple):
    """An allocation policy; `rules` and `conditions` as models.policy lays them out."""

    ref: str
    protocol: Ref
    status: PolicyStatus
    base: Metric
    base_label: str
    basis: PolicyBasis
    rules: tuple[dict[str, Any], ...]
    source: str
    confidence: Confidence
    effective_from: date | None = None
    effective_to: date | None = None
    scope_chain: Ref | None = None
    scope_product: str | None = None
    conditions: tuple[dict[str, Any], ...] = ()
    decided_by: str | None = None
    proposal_url: str | None = None
    supersedes: str | None = None
    base_partial: bool = False
    topic: str | None = None
    note: str | None = None
    source_url: str | None = None
    withdrawn: bool = False


class LedgerFact(NamedTuple):
    """A ledger entry; `ref` names it for good. `tokens` in whole tokens; usd and price as of the event."""

    ref: str
    protocol: Ref
    kind: LedgerKind
    mechanism: MechanismKind
    at: datetime
    source: str
    method: ObservationMethod
    confidence: Confidence
    token: Ref | None = None
    window_start: date | None = None
    window_end: date | None = None
    tokens: Decimal | None = None
    usd: Decimal | None = None
    price_usd: Decimal | None = None
    trades: int | None = None
    first_trade: str | None = None
    last_trade: str | None = None
    funding: FundingSource = FundingSource.UNKNOWN
    disposition: Disposition = Disposition.UNKNOWN
    disposition_at: datetime | None = None
    origin_ref: str | None = None
    policy_ref: str | None = None
    topic: str | None = None
    tx_hash: str | None = None
    chain: Ref | None = None
    wallet: str | None = None
    source_url: str | None = None
    note: str | None = None
    withdrawn: bool = False


class ClaimFact(NamedTuple):
    """What a source said about a subject; claims of one `topic` rival each other."""

    ref: str
    subject: Ref
    topic: str
    predicate: str
    value: str
    source: str
    status: ClaimStatus
    confidence: Confidence
    unit: str | None = None
    raw_text: str | None = None
    valid_from_day: date | None = None
    valid_to_day: date | None = None
    stated_as_of: str | None = None
    corrected_as_of: date | None = None
    corrected_value: str | None = None
    source_url: str | None = None
    resolution: str | None = None
    withdrawn: bool = False


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


class RightsFact(NamedTuple):
    """What holders of a protocol's token are entitled to; `sources` are addresses."""

    protocol: Ref
    source: str
    governance: RightState = RightState.UNKNOWN
    treasury: RightState = RightState.UNKNOWN
    revenue: RightState = RightState.UNKNOWN
    fee_switch: FeeSwitch = FeeSwitch.UNKNOWN
    buybacks: RightState = RightState.UNKNOWN
    dividends: RightState = RightState.UNKNOWN
    burns: RightState = RightState.UNKNOWN
    equity_capture: RightState = RightState.UNKNOWN
    entities: tuple[Ref, ...] = ()
    updated_on: date | None = None
    sources: tuple[str, ...] = ()
    note: str | None = None
    withdrawn: bool = False


class UnlockFact(NamedTuple):
    """Tokens that become free on a day; `observed` if they were seen to, else as a schedule has it."""

    ref: str
    token: Ref
    day: date
    amount: Decimal
    recipient: str
    source: str
    confidence: Confidence
    observed: bool = False
    source_url: str | None = None
    note: str | None = None
    withdrawn: bool = False


class ValueLayerFact(NamedTuple):
    """A layer at which a protocol earns; `stream` is its part of the revenue, '' where no source splits it off."""

    protocol: Ref
    kind: ValueLayerKind
    source: str
    confidence: Confidence
    stream: str = ""
    source_url: str | None = None
    note: str | None = None
    withdrawn: bool = False


class RiskFact(NamedTuple):
    """The topics of the claims that bear on a risk of a protocol, or of the market."""

    subject: Ref
    kind: RiskKind
    topics: tuple[str, ...]
    source: str
    withdrawn: bool = False


class Rejected(NamedTuple):
    """A fact that was not taken, with the reason and the raw value."""

    source: str
    reason: str
    fact: dict[str, str]


@dataclass(slots=True)
class Facts:
    """What one refresh states. `complete`: sources whose series were fetched whole, so that one missing is news."""

    sources: list[SourceFact] = field(default_factory=list)
    chains: list[ChainFact] = field(default_factory=list)
    tokens: list[TokenFact] = field(default_factory=list)
    deployments: list[DeploymentFact] = field(default_factory=list)
    protocols: list[ProtocolFact] = field(default_factory=list)
    organisations: list[OrganisationFact] = field(default_factory=list)
    funds: list[FundFact] = field(default_factory=list)
    methodologies: list[MethodologyFact] = field(default_factory=list)
    series: list[SeriesFact] = field(default_factory=list)
    policies: list[PolicyFact] = field(default_factory=list)
    ledger: list[LedgerFact] = field(default_factory=list)
    claims: list[ClaimFact] = field(default_factory=list)
    roles: list[RoleFact] = field(default_factory=list)
    raises: list[RaiseFact] = field(default_factory=list)
    holdings: list[HoldingFact] = field(default_factory=list)
    transactions: list[TreasuryTransactionFact] = field(default_factory=list)
    shares: list[SharesFact] = field(default_factory=list)
    rights: list[RightsFact] = field(default_factory=list)
    unlocks: list[UnlockFact] = field(default_factory=list)
    layers: list[ValueLayerFact] = field(default_factory=list)
    risks: list[RiskFact] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    complete: frozenset[str] = frozenset()

    def joined(self, other: "Facts") -> "Facts":
        """Both refreshes as one."""
        names = [each.name for each in fields(self) if each.name != "complete"]
        lists = {name: [*getattr(self, name), *getattr(other, name)] for name in names}
        return replace(self, **lists, complete=self.complete | other.complete)
