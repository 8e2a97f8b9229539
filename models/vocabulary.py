"""Words every layer shares: the closed sets a column, an argument and a source agree on.

A number, once given, is kept for good: it is what the store holds. New words take the next free one.
"""

from enum import Enum, IntEnum


class EntityKind(IntEnum):
    """What a number can be about."""

    PROTOCOL = 1
    TOKEN = 2
    CHAIN = 3
    SECTOR = 4
    ORGANISATION = 5
    FUND = 6
    MARKET = 7


class Domain(IntEnum):
    """Facts that are complete up to one day together."""

    REVENUE = 1
    PRICES = 2
    FUNDS = 3
    ACTIVITY = 4


class Metric(IntEnum):
    """What a number measures. Those below 100 are stored day by day; the others are derived from them."""

    FEES = 1
    USER_FEES = 2
    SUPPLY_SIDE_REVENUE = 3
    REVENUE = 4
    PROTOCOL_REVENUE = 5
    HOLDERS_REVENUE = 6
    CREATOR_REVENUE = 7
    INCENTIVES = 8
    REV = 9
    BUYBACK_ACCRUED = 10
    BUYBACK_EXECUTED = 11
    BURNED = 12
    DISTRIBUTED = 13
    EMISSIONS = 14
    UNLOCKS = 15
    VOLUME = 16
    FUND_NET_FLOW = 17
    TRANSACTIONS = 18
    CONTRACT_CALLS = 19
    PRICE = 30
    MARKET_CAP = 31
    FDV = 32
    CIRCULATING_SUPPLY = 33
    TOTAL_SUPPLY = 34
    MAX_SUPPLY = 35
    TVL = 36
    OPEN_INTEREST = 37
    ACTIVE_USERS = 38
    DEVICES = 39
    FUND_AUM = 40
    TREASURY_HOLDING = 41
    EARNINGS = 100
    NET_SUPPLY_CHANGE = 101
    BURN_SHARE = 102
    PF = 103
    PS = 104
    REVENUE_MULTIPLE = 105
    PE_HOLDERS = 106
    BUYBACK_YIELD = 107
    NET_BUYBACK_YIELD = 108
    HOLDER_YIELD = 109
    PAYOUT_RATIO = 110
    TAKE_RATE = 111
    GROWTH_MOM = 112
    GROWTH_QOQ = 113
    GROWTH_YOY = 114
    CAGR = 115
    REVENUE_VOLATILITY = 116
    MAX_DRAWDOWN = 117
    DOWNSIDE_CAPTURE = 118
    HHI = 119
    TOP1_SHARE = 120
    ARR = 121
    MNAV = 122


class Unit(IntEnum):
    """What a value is counted in."""

    USD = 1
    TOKEN = 2
    RATIO = 3
    PERCENT = 4
    COUNT = 5
    DAYS = 6
    USD_PER_TOKEN = 7
    INDEX = 8


class Interval(IntEnum):
    """A bucket of UTC days. Weeks begin on Monday."""

    DAY = 1
    WEEK = 2
    MONTH = 3
    QUARTER = 4
    YEAR = 5


class Window(Enum):
    """A span of whole UTC days that ends on the last complete one. TTM is the same days as D365."""

    D1 = "d1"
    D7 = "d7"
    D30 = "d30"
    D90 = "d90"
    D180 = "d180"
    D365 = "d365"
    MTD = "mtd"
    QTD = "qtd"
    YTD = "ytd"
    TTM = "ttm"
    ALL = "all"


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


class ObservationMethod(IntEnum):
    """How a source came to know a number."""

    ONCHAIN_LOGS = 1
    ONCHAIN_CALL = 2
    FIRST_PARTY_API = 3
    THIRD_PARTY = 4
    FILING = 5
    PRESS = 6
    INFERRED = 7
    MANUAL = 8
    SEED_ARTICLE = 9


class Confidence(IntEnum):
    """How far a fact can be relied on."""

    HIGH = 1
    MEDIUM = 2
    LOW = 3
    UNVERIFIED = 4


class ClaimStatus(IntEnum):
    """What became of a claim when it was checked."""

    ACCEPTED = 1
    CORROBORATED = 2
    UNVERIFIED = 3
    DISPUTED = 4
    REFUTED = 5
    SUPERSEDED = 6


class RaiseKind(IntEnum):
    """How an organisation raises money."""

    PIPE = 1
    AT_THE_MARKET = 2
    SHARE_OFFERING = 3
    PREFERRED_SHARES = 4
    CONVERTIBLE_NOTE = 5
    DEBT = 6
    OTHER = 99


class RaiseStatus(IntEnum):
    """How far a raise has come; FILED money may never be raised."""

    ANNOUNCED = 1
    FILED = 2
    CLOSED = 3
    ENDED = 4


class TreasuryTransactionKind(IntEnum):
    """What moved a treasury."""

    PURCHASE = 1
    SALE = 2
    REWARD = 3
    DEPOSIT = 4
    WITHDRAWAL = 5
    OTHER = 99


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


class IssueKind(IntEnum):
    """What can be wrong with the data."""

    IDENTITY_BROKEN = 1
    PAYOUT_EXCEEDS_REVENUE = 2
    MISSING_DAYS = 3
    STALE_SERIES = 4
    SOURCE_DISAGREEMENT = 5
    UNIT_SUSPECT = 6
    OUTLIER = 7
    NEGATIVE_VALUE = 8
    COVERAGE_GAP = 9
    POLICY_MISMATCH = 10
    DOUBLE_COUNT = 11
    DATE_IMPOSSIBLE = 12


class ChangeKind(IntEnum):
    """What happened to something between two epochs."""

    CREATED = 1
    UPDATED = 2
    RESTATED = 3
    DELETED = 4
    POLICY_CHANGED = 5
    CLAIM_CHANGED = 6
    ISSUE_OPENED = 7
    ISSUE_CLOSED = 8


class ChangedType(IntEnum):
    """What can change between two epochs. Within an epoch the feed of changes goes by these numbers."""

    CHAIN = 1
    TOKEN = 2
    PROTOCOL = 3
    ORGANISATION = 4
    FUND = 5
    DEPLOYMENT = 6
    METHODOLOGY = 7
    ROLE = 8
    CAPITAL_RAISE = 9
    HOLDING = 10
    TREASURY_TRANSACTION = 11
    SHARE_COUNT = 12
    TOKEN_RIGHTS = 13
    UNLOCK = 14
    VALUE_LAYER = 15
    RISK = 16
    POLICY = 20
    LEDGER_ENTRY = 21
    CLAIM = 22
    SERIES = 30
    QUALITY_ISSUE = 40


class MetricState(Enum):
    """Why a value is what it is, or why there is none."""

    OK = "ok"
    PARTIAL = "partial"
    ESTIMATED = "estimated"
    NOT_APPLICABLE = "not_applicable"
    NOT_REPORTED = "not_reported"
    INSUFFICIENT_HISTORY = "insufficient_history"
    ZERO_DENOMINATOR = "zero_denominator"
    NEGATIVE_DENOMINATOR = "negative_denominator"
    NO_TOKEN = "no_token"  # noqa: S105 - a protocol without a token, not a password
    STALE = "stale"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"
