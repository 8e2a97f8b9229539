"""What a caller can ask to be told of."""

from graph.words import Input, Words
from resolvers.alert_rule import AlertOp, AlertRule

SAID: tuple[Words | Input, ...] = (
    Words(
        AlertOp,
        "What an alert tells of: something that happened between two epochs, or how a value moved.",
        {
            "NEW_LEDGER_ENTRY": "The ledger has a new entry.",
            "POLICY_CHANGED": "A policy is new, another or gone.",
            "RESTATED": "Days of a series that were known have other numbers, or none.",
            "CROSSES_ABOVE": "A value was at most the threshold and is above it.",
            "CROSSES_BELOW": "A value was at least the threshold and is below it.",
            "CHANGES_BY_PCT": "A value is at least so many per cent more or less than at the epoch before.",
            "STALE": "A value has become too old to stand for today's.",
        },
    ),
    Input(
        AlertRule,
        "What to be told of. Values whose window is not known whole, or which are stale, cross no threshold.",
        {
            "op": "What has to happen.",
            "protocol": "To which protocol, by its slug; to any if not said, which for values needs an API key.",
            "metric": "To which metric: needed for what is about values, and to narrow RESTATED.",
            "window": "Over which window the metric is taken.",
            "threshold": 'In the metric\'s unit, for example "1"; in per cent for CHANGES_BY_PCT.',
            "ledger_kind": "Only entries of these kinds, for NEW_LEDGER_ENTRY.",
            "min_usd": 'Only entries of at least so many US dollars, for NEW_LEDGER_ENTRY, for example "1000000".',
        },
    ),
)
