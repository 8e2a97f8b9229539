"""What a source states: typed facts under the names the outside world uses, with units in their names.

Of an entity (protocol, token, chain, organisation, fund, source) a field of None says nothing: it leaves what is
known as it is. Any other fact is whole: None is its value. A fact left out says nothing; only `withdrawn` takes
one away.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from models.metric import MEASURES
from models.vocabulary import (
    ClaimStatus,
    Confidence,
    Disposition,
    EntityKind,
    FundingSource,
    Interval,
    LedgerKind,
    MechanismKind,
    Metric,
    ObservationMethod,
    PolicyBasis,
    PolicyStatus,
    ProtocolKind,
    SectorKey,
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
    rejected: list[Rejected] = field(default_factory=list)
    complete: frozenset[str] = frozenset()

    def joined(self, other: "Facts") -> "Facts":
        """Both refreshes as one."""
        names = ("sources", "chains", "tokens", "deployments", "protocols", "organisations", "funds")
        names += ("methodologies", "series", "policies", "ledger", "claims", "rejected")
        lists = {name: [*getattr(self, name), *getattr(other, name)] for name in names}
        return replace(self, **lists, complete=self.complete | other.complete)
