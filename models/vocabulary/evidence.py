"""Where a fact comes from, and how far it can be relied on."""

from enum import IntEnum


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
