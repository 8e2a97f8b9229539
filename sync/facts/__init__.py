"""What a source states: typed facts under the names the outside world uses, with units in their names.

Of an entity (protocol, token, chain, organisation, fund, source) a field of None says nothing: it leaves what is
known as it is. Any other fact is whole: None is its value. A fact left out says nothing; only `withdrawn` takes
one away.
"""

from sync.facts.entity import (
    ChainFact,
    DeploymentFact,
    FundFact,
    MethodologyFact,
    OrganisationFact,
    ProtocolFact,
    Ref,
    SourceFact,
    TokenFact,
)
from sync.facts.organisation import HoldingFact, RaiseFact, RoleFact, SharesFact, TreasuryTransactionFact
from sync.facts.refresh import Facts, Rejected
from sync.facts.right import RightsFact, RiskFact, UnlockFact, ValueLayerFact
from sync.facts.series import SeriesFact, SeriesKey
from sync.facts.statement import ClaimFact, LedgerFact, PolicyFact

__all__ = [
    "ChainFact",
    "ClaimFact",
    "DeploymentFact",
    "Facts",
    "FundFact",
    "HoldingFact",
    "LedgerFact",
    "MethodologyFact",
    "OrganisationFact",
    "PolicyFact",
    "ProtocolFact",
    "RaiseFact",
    "Ref",
    "Rejected",
    "RightsFact",
    "RiskFact",
    "RoleFact",
    "SeriesFact",
    "SeriesKey",
    "SharesFact",
    "SourceFact",
    "TokenFact",
    "TreasuryTransactionFact",
    "UnlockFact",
    "ValueLayerFact",
]
