"""What holders are entitled to, what a protocol earns at, and what may keep it from them."""

from graph.words import Input, Words
from models.vocabulary import FeeSwitch, RightState, RiskKind, ValueLayerKind

SAID: tuple[Words | Input, ...] = (
    Words(
        RightState,
        "Whether holders have a right.",
        {
            "YES": "They have.",
            "NO": "They have not.",
            "PARTIAL": "In part, or under conditions.",
            "UNKNOWN": "Nothing is on record.",
        },
    ),
    Words(
        FeeSwitch,
        "Whether fees that could reach holders do.",
        {
            "ON": "They do.",
            "OFF": "They do not.",
            "PENDING": "It is decided and not yet in force.",
            "NOT_APPLICABLE": "There is no such switch.",
            "UNKNOWN": "Nothing is on record.",
        },
    ),
    Words(
        ValueLayerKind,
        "Where in its business a protocol earns.",
        {
            "TRANSACTION_FEES": "On each trade, transfer or other transaction.",
            "TRADING_SPREADS": "Between bid and ask.",
            "STAKING_REWARDS": "On rewards of staking.",
            "MEV": "On the order of transactions.",
            "INTEREST": "On loans.",
            "SERVICE_FEES": "On services outside a chain, or on management.",
            "LAUNCH_FEES": "On the launch of tokens.",
            "AUCTIONS": "By auction.",
            "RESERVE_YIELD": "On its reserves.",
        },
    ),
    Words(
        RiskKind,
        "What may keep value from reaching holders.",
        {
            "SUSTAINABILITY": "Revenue may not last.",
            "REGULATORY": "Law may stand against it.",
            "SATURATION": "The market may be shared out.",
            "EXECUTION": "What was promised may not be done.",
            "CONCENTRATION": "It may hang on a few streams, chains or hands.",
            "DILUTION": "New tokens may take it.",
        },
    ),
)
