"""Words every layer shares: the closed sets a column, an argument and a source agree on.

A number, once given, is kept for good: it is what the store holds. New words take the next free one.
"""

from models.vocabulary.accrual import Disposition, FundingSource, LedgerKind, MechanismKind, PolicyBasis, PolicyStatus
from models.vocabulary.change import ChangedType, ChangeKind, IssueKind
from models.vocabulary.evidence import ClaimStatus, Confidence, ObservationMethod
from models.vocabulary.export import ExportFormat, ExportStatus
from models.vocabulary.metric import Domain, Interval, Metric, MetricState, Unit, Window
from models.vocabulary.right import FeeSwitch, RightState, RiskKind, ValueLayerKind
from models.vocabulary.subject import EntityKind, ProtocolKind, SectorKey
from models.vocabulary.treasury import RaiseKind, RaiseStatus, TreasuryTransactionKind

__all__ = [
    "ChangeKind",
    "ChangedType",
    "ClaimStatus",
    "Confidence",
    "Disposition",
    "Domain",
    "EntityKind",
    "ExportFormat",
    "ExportStatus",
    "FeeSwitch",
    "FundingSource",
    "Interval",
    "IssueKind",
    "LedgerKind",
    "MechanismKind",
    "Metric",
    "MetricState",
    "ObservationMethod",
    "PolicyBasis",
    "PolicyStatus",
    "ProtocolKind",
    "RaiseKind",
    "RaiseStatus",
    "RightState",
    "RiskKind",
    "SectorKey",
    "TreasuryTransactionKind",
    "Unit",
    "ValueLayerKind",
    "Window",
]
