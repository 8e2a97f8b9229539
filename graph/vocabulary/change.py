"""What can be wrong with the data, and what happens to it between two epochs."""

from graph.words import Input, Words
from models.vocabulary import ChangedType, ChangeKind, IssueKind

SAID: tuple[Words | Input, ...] = (
    Words(
        IssueKind,
        "What can be wrong with the data.",
        {
            "IDENTITY_BROKEN": "Lines of an income statement don't add up as they must.",
            "PAYOUT_EXCEEDS_REVENUE": "More reached holders than was earned over 30 or 90 days, or an older quarter.",
            "MISSING_DAYS": "Days have no number while a series was kept day by day.",
            "STALE_SERIES": "A daily series has no day of the last seven that others have.",
            "SOURCE_DISAGREEMENT": "Sources say different things of the same.",
            "UNIT_SUSPECT": "Two sources differ by a power of ten, as a slip of the unit does; "
            "or a stock leapt a thousandfold and was not taken.",
            "OUTLIER": "One day is far above all the days around it.",
            "NEGATIVE_VALUE": "A number is below zero.",
            "COVERAGE_GAP": "A number is known and the one that goes with it is not.",
            "POLICY_MISMATCH": "What holders received is not what the policy in force says.",
            "DOUBLE_COUNT": "Two protocols that are both counted report the very same numbers.",
            "DATE_IMPOSSIBLE": "Something is dated before it could have been.",
        },
    ),
    Words(
        ChangeKind,
        "What happened to something between two epochs.",
        {
            "CREATED": "It is new.",
            "UPDATED": "It is described otherwise, or a series has new days.",
            "RESTATED": "A day of a series that was known has another number, or none.",
            "DELETED": "It is gone.",
            "POLICY_CHANGED": "A policy is new or another.",
            "CLAIM_CHANGED": "A claim is new, or something else became of it.",
            "ISSUE_OPENED": "A check found something suspicious, or found it again.",
            "ISSUE_CLOSED": "What was suspicious is gone.",
        },
    ),
    Words(
        ChangedType,
        "What can change between two epochs.",
        {
            "CHAIN": "A chain.",
            "TOKEN": "A token.",
            "PROTOCOL": "A protocol.",
            "ORGANISATION": "An organisation.",
            "FUND": "A fund.",
            "DEPLOYMENT": "The contracts of a token.",
            "METHODOLOGY": "What sources say of how they reckon a protocol's numbers.",
            "ROLE": "The people of an organisation.",
            "CAPITAL_RAISE": "The raises of an organisation.",
            "HOLDING": "What an organisation holds.",
            "TREASURY_TRANSACTION": "What an organisation bought and sold.",
            "SHARE_COUNT": "The shares of an organisation.",
            "TOKEN_RIGHTS": "The rights that a protocol's token gives.",
            "UNLOCK": "The unlocks of a token.",
            "VALUE_LAYER": "The layers at which a protocol earns.",
            "RISK": "The risks of something.",
            "POLICY": "An allocation policy.",
            "LEDGER_ENTRY": "An entry of the ledger.",
            "CLAIM": "A claim.",
            "SERIES": "Days of a series: one change per series and epoch.",
            "QUALITY_ISSUE": "An issue with the data.",
        },
    ),
)
