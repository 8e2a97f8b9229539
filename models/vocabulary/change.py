"""What can be wrong with the data, and what happens to it between two epochs."""

from enum import IntEnum


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
