"""What lists are narrowed to."""

from graph.words import Input, Words
from resolvers.filter import DateRange, DecimalFilter, StringFilter
from resolvers.ledger_filter import LedgerWhere
from resolvers.roster import MetricPredicate, ProtocolOrder, ProtocolWhere
from resolvers.token import TokenWhere

CONVENTIONS = {
    "window": "Over which window.",
    "annualization": "How a flow becomes yearly, where the metric needs a year.",
    "supply_basis": "Which tokens count, where the metric has a capitalisation.",
}

SAID: tuple[Words | Input, ...] = (
    Input(
        StringFilter,
        "Which texts; everything that is said has to hold.",
        {
            "eq": "Exactly this, for example hyperliquid.",
            "in_": "One of these.",
            "not_in": "None of these.",
            "contains": "With this in it, in any case.",
            "starts_with": "Beginning with this, in any case.",
        },
    ),
    Input(
        DecimalFilter,
        "Which values; everything that is said has to hold, and what is not known passes no comparison.",
        {
            "gt": 'More than, for example "1000000".',
            "gte": "At least.",
            "lt": "Less than.",
            "lte": "At most.",
            "eq": "Exactly.",
            "is_null": "Whether the value must be unknown (true) or known (false).",
            "states": "In one of these states, for example [OK].",
        },
    ),
    Input(
        DateRange,
        "Which UTC days, both ends included; open where one is left out.",
        {"from_": "First day, for example 2026-01-01.", "to": "Last day, for example 2026-03-31."},
    ),
    Input(
        MetricPredicate,
        "A condition on a metric.",
        {"key": "Which metric, for example REVENUE.", "is_": "What its value has to be.", **CONVENTIONS},
    ),
    Input(
        ProtocolWhere,
        "Which protocols; everything that is said has to hold.",
        {
            "and_": "All of these hold.",
            "or_": "One of these holds.",
            "not_": "This does not hold.",
            "slug": "By slug.",
            "name": "By display name.",
            "text": "With this in slug or name, in any case.",
            "kind": "Of one of these kinds.",
            "sector": "In one of these sectors.",
            "chain": "On a chain whose slug is such.",
            "has_token": "With a token (true) or without one (false).",
            "mechanism": "With a policy that has one of these mechanisms.",
            "policy_status": "With a policy of one of these statuses; with `mechanism`, one and the same policy.",
            "fee_switch": "Whose fee switch stands so, for example [ON, PENDING]; UNKNOWN where nothing is on record.",
            "min_coverage_days": "Whose revenue is known on at least so many days, for example 180.",
            "metric": "Whose metrics are such; every one has to hold.",
        },
    ),
    Input(
        ProtocolOrder,
        "A key of an order: a metric, or the name.",
        {
            "key": "By this metric, for example HOLDERS_REVENUE.",
            "name": "By display name, true; instead of a metric.",
            **CONVENTIONS,
            "direction": "Which end comes first.",
            "nulls": "Where those without a value come.",
        },
    ),
    Input(
        LedgerWhere,
        "Which entries of the ledger; everything that is said has to hold.",
        {
            "kind": "Of one of these kinds.",
            "mechanism": "As part of one of these mechanisms.",
            "disposition": "Whose tokens had one of these fates.",
            "funding": "With money from one of these.",
            "occurred": "On these days.",
            "min_usd": 'Of at least so many US dollars, for example "10000".',
            "protocol": "Of a protocol whose slug is such.",
            "sector": "Of a protocol in one of these sectors.",
            "has_transaction": "With a transaction (true) or without one (false).",
            "disposed": "Whose fate was decided on these days.",
            "max_usd": "Of at most so many US dollars.",
            "token": "In a token whose slug is such.",
            "chain": "On a chain whose slug is such.",
            "source": "Said by a source whose slug is such.",
            "policy": "That carry out a policy whose ref is such, for example hyperliquid:99.",
            "wallet": "Of this wallet, as it is written.",
            "method": "That became known in one of these ways.",
            "confidence": "That can be relied on this far.",
        },
    ),
    Input(
        TokenWhere,
        "Which tokens; everything that is said has to hold.",
        {
            "symbol": "With this symbol, in any case, for example HYPE. Several may have it.",
            "text": "With this in slug, symbol or name, in any case.",
        },
    ),
)
