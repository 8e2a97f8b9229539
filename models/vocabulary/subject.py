"""What numbers can be about, and what protocols do."""

from enum import IntEnum


class EntityKind(IntEnum):
    """What a number can be about."""

    PROTOCOL = 1
    TOKEN = 2
    CHAIN = 3
    SECTOR = 4
    ORGANISATION = 5
    FUND = 6
    MARKET = 7


class SectorKey(IntEnum):
    """What a protocol does."""

    PERPS = 1
    SPOT_DEX = 2
    LENDING = 3
    CDP = 4
    LIQUID_STAKING = 5
    RESTAKING = 6
    LAUNCHPAD = 7
    CREATOR_ECONOMY = 8
    YIELD = 9
    ORACLE = 10
    DEPIN = 11
    MACHINE_ECONOMY = 12
    ROBOTICS = 13
    SPATIAL_COMPUTING = 14
    RWA = 15
    BRIDGE = 16
    WALLET_BOT = 17
    EXCHANGE_TOKEN = 18
    L1 = 19
    L2 = 20
    STABLECOIN = 21
    OTHER = 99


class ProtocolKind(IntEnum):
    """What kind of listing a protocol row is."""

    PROTOCOL = 1
    PARENT = 2
    CHAIN = 3
    COLLECTION = 4
