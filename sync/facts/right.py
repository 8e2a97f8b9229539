"""Rights, unlocks, layers of value and risks, as a source states them."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from models.vocabulary import Confidence, FeeSwitch, RightState, RiskKind, ValueLayerKind
from sync.facts.entity import Ref


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
