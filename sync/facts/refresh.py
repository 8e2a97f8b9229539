"""All that one refresh of a source states, and what was not taken of it."""

from dataclasses import dataclass, field, fields, replace
from typing import NamedTuple

from sync.facts.entity import (
    ChainFact,
    DeploymentFact,
    FundFact,
    MethodologyFact,
    OrganisationFact,
    ProtocolFact,
    SourceFact,
    TokenFact,
)
from sync.facts.organisation import HoldingFact, RaiseFact, RoleFact, SharesFact, TreasuryTransactionFact
from sync.facts.right import RightsFact, RiskFact, UnlockFact, ValueLayerFact
from sync.facts.series import SeriesFact
from sync.facts.statement import ClaimFact, LedgerFact, PolicyFact


class Rejected(NamedTuple):
    """A fact that was not taken, with the reason and the raw value."""

    source: str
    reason: str
    fact: dict[str, str]


# What is counted by its days, what names who states, and what is no fact.
UNCOUNTED = frozenset({"series", "sources", "rejected", "complete"})


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

    def count(self) -> int:
        """How many facts it states, each day of a series one; neither who states them nor what was not taken."""
        kinds = [each.name for each in fields(self) if each.name not in UNCOUNTED]
        return sum(len(getattr(self, name)) for name in kinds) + sum(len(each.days) for each in self.series)

    def joined(self, other: "Facts") -> "Facts":
        """Both refreshes as one."""
        names = [each.name for each in fields(self) if each.name != "complete"]
        lists = {name: [*getattr(self, name), *getattr(other, name)] for name in names}
        return replace(self, **lists, complete=self.complete | other.complete)
