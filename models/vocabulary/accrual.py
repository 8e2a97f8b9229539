"""How value reaches the holders of a token: mechanisms, policies and what the ledger records."""

from enum import IntEnum


class MechanismKind(IntEnum):
    """How value reaches, or is kept from, the holders of a token."""

    BUYBACK_BURN = 1
    BUYBACK_HOLD = 2
    BUYBACK_REDISTRIBUTE = 3
    BUYBACK_LP = 4
    DIRECT_REVENUE_SHARE = 5
    FEE_BURN = 6
    BURN_AND_MINT = 7
    SUPPLY_RULE_BURN = 8
    CREATOR_REVENUE_SHARE = 9
    TREASURY_RETENTION = 10
    TREASURY_DEPLOYMENT = 11
    LP_SHARE = 12
    VALIDATOR_SHARE = 13
    INSURANCE = 14
    FOUNDATION = 15


class PolicyStatus(IntEnum):
    """Where an allocation policy stands."""

    PROPOSED = 1
    APPROVED = 2
    ACTIVE = 3
    PAUSED = 4
    ENDED = 5
    DISPUTED = 6


class PolicyBasis(IntEnum):
    """How the amounts of an allocation policy are determined."""

    PERCENT_OF_BASE = 1
    FIXED_BUDGET = 2
    TIERED = 3
    FORMULA = 4
    DISCRETIONARY = 5


class LedgerKind(IntEnum):
    """What an entry of the ledger records."""

    ACCRUAL = 1
    FUNDING = 2
    PURCHASE = 3
    BURN = 4
    BURN_RECOGNITION = 5
    DISTRIBUTION = 6
    TRANSFER_TO_TREASURY = 7
    LOCK = 8
    LP_DEPOSIT = 9
    SALE_FROM_TREASURY = 10


class Disposition(IntEnum):
    """What became of bought tokens."""

    UNKNOWN = 1
    HELD = 2
    BURNED = 3
    BURN_RECOGNISED = 4
    LOCKED = 5
    DISTRIBUTED = 6
    LP = 7
    SOLD = 8


class FundingSource(IntEnum):
    """Where the money of a ledger entry came from."""

    PERIOD_REVENUE = 1
    ACCUMULATED_REVENUE = 2
    TREASURY_RESERVES = 3
    TOKEN_RESERVES = 4
    EXTERNAL = 5
    UNKNOWN = 6
