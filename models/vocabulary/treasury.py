"""How organisations raise and move money."""

from enum import IntEnum


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
