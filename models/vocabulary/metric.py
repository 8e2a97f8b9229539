"""What numbers measure, over which days, and why there may be none."""

from enum import Enum, IntEnum


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
