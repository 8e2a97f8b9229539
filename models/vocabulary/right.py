"""What holders are entitled to, where a protocol earns, and what may keep it from them."""

from enum import IntEnum


class RightState(IntEnum):
    """Whether holders of a token have a right."""

    YES = 1
    NO = 2
    PARTIAL = 3
    UNKNOWN = 4


class FeeSwitch(IntEnum):
    """Whether fees that could reach holders do."""

    ON = 1
    OFF = 2
    PENDING = 3
    NOT_APPLICABLE = 4
    UNKNOWN = 5


class ValueLayerKind(IntEnum):
    """Where in its business a protocol earns."""

    TRANSACTION_FEES = 1
    TRADING_SPREADS = 2
    STAKING_REWARDS = 3
    MEV = 4
    INTEREST = 5
    SERVICE_FEES = 6
    LAUNCH_FEES = 7
    AUCTIONS = 8
    RESERVE_YIELD = 9


class RiskKind(IntEnum):
    """What may keep value from reaching holders."""

    SUSTAINABILITY = 1
    REGULATORY = 2
    SATURATION = 3
    EXECUTION = 4
    CONCENTRATION = 5
    DILUTION = 6
