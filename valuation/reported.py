"""Definitions of the metrics that sources report day by day."""

from valuation import provider
from valuation.term import DEFILLAMA_FEES, DEFILLAMA_METRICS, OWN, Definition, FieldUse, Nature

_NO_DATA = "No data is NOT_REPORTED; only a proven zero is 0."
_TOKENLESS = "NO_TOKEN without a token; NOT_REPORTED where no source has a value."
_LEDGER = "A window without entries of this kind is NOT_REPORTED: days without entries are unknown, not zero."
_ACTIVITY = "NOT_REPORTED without data; a claim whose period is not stated is no value."


def _flow(
    label: str,
    formula: str,
    text: str,
    null_rule: str = _NO_DATA,
    source: str = DEFILLAMA_FEES,
    unit: str = "USD",
    field_use: tuple[FieldUse, ...] = (),
) -> Definition:
    return Definition(label, unit, Nature.FLOW, formula, text, null_rule, source, field_use)


def _stock(
    label: str, unit: str, formula: str, text: str, null_rule: str = _TOKENLESS, source: str = DEFILLAMA_METRICS
) -> Definition:
    return Definition(label, unit, Nature.STOCK, formula, text, null_rule, source)


FLOWS = {
    "FEES": _flow(
        "Fees", "F = sum of all fees", "All fees that users or yield pay, from every stream.", field_use=provider.FEES
    ),
    "USER_FEES": _flow(
        "User fees", "the part of F paid by users directly", "Fees that users pay at the moment of use, without yield."
    ),
    "SUPPLY_SIDE_REVENUE": _flow(
        "Supply-side revenue",
        "S = F - R",
        "The part of fees paid to liquidity providers, lenders, stakers of other assets, creators, integrators and "
        "referrers. May be negative, with a stated reason.",
    ),
    "REVENUE": _flow(
        "Revenue",
        "R = F - S, same window",
        "What the protocol keeps of fees, for its treasury and its holders together.",
        "Missing when fees or supply-side revenue are missing and no source reports revenue itself.",
        field_use=provider.REVENUE,
    ),
    "PROTOCOL_REVENUE": _flow(
        "Protocol revenue",
        "PR = R - HR, over a quarter or longer",
        "The part of revenue that goes to the treasury, the team or a foundation.",
        "NOT_REPORTED without data. The sum with holders' revenue is checked over 90 days or more, never day by day.",
    ),
    "HOLDERS_REVENUE": _flow(
        "Holders' revenue",
        "HR = R - PR, over a quarter or longer",
        "The part of revenue that goes to token holders: distributed, or spent on buying the token as the source books "
        "it. It can land on another day than the revenue; executed purchases are BUYBACK_EXECUTED.",
        "NOT_REPORTED without data. Never taken from purchases or burns.",
    ),
    "CREATOR_REVENUE": _flow(
        "Creator revenue",
        "part of S paid to creators",
        "What the creators of a launchpad's tokens, works or channels receive of fees.",
        "NOT_APPLICABLE where the protocol has no slot for creators; else NOT_REPORTED without data.",
    ),
    "INCENTIVES": _flow(
        "Incentives",
        "I = emissions paid to users x price at distribution",
        "Tokens paid to users to use the protocol, in USD of the day they were distributed.",
        "NOT_REPORTED without data or without a price; the amount in tokens may be known all the same.",
        DEFILLAMA_METRICS,
    ),
    "REV": _flow(
        "Real economic value",
        "in-protocol fees + out-of-protocol tips",
        "All that users pay to have transactions executed on a chain.",
        "NOT_APPLICABLE for what is no chain; NOT_REPORTED without data.",
        "Blockworks Research, financials",
    ),
    "BUYBACK_ACCRUED": _flow(
        "Buybacks accrued",
        "policy share x base of the policy",
        "What a policy sets aside for buying the token. It says nothing about what was bought.",
        "NOT_REPORTED without a policy in force or without its base.",
        OWN,
    ),
    "BUYBACK_EXECUTED": _flow(
        "Buybacks executed",
        "sum of PURCHASE entries of the ledger",
        "Dollars spent on buying the token, by the day of the purchase.",
        _LEDGER,
        OWN,
    ),
    "BURNED": _flow(
        "Burned",
        "sum of BURN entries of the ledger",
        "Dollar value of tokens destroyed on-chain, by the day of the burn.",
        _LEDGER,
        OWN,
    ),
    "DISTRIBUTED": _flow(
        "Distributed",
        "sum of DISTRIBUTION entries of the ledger",
        "Dollar value paid out to holders, by the day of the payment.",
        _LEDGER,
        OWN,
    ),
    "EMISSIONS": _flow(
        "Emissions",
        "tokens newly issued",
        "Tokens minted or paid out of reserves as rewards, by day.",
        _NO_DATA,
        DEFILLAMA_METRICS,
        "TOKEN",
    ),
    "UNLOCKS": _flow(
        "Unlocks",
        "tokens that became free to move",
        "Tokens of a vesting schedule that entered the float, by day.",
        _NO_DATA,
        DEFILLAMA_METRICS,
        "TOKEN",
    ),
    "VOLUME": _flow(
        "Volume",
        "sum of traded notional",
        "Dollar value of trades on the protocol.",
        _NO_DATA,
        DEFILLAMA_METRICS,
    ),
    "FUND_NET_FLOW": _flow(
        "Net fund flow",
        "creations - redemptions; an asset's total is the sum of its funds",
        "Money into a fund less money out of it, by trading day.",
        "NOT_REPORTED when no fund has reported the day; PARTIAL while one has not.",
        "Farside Investors, daily tables",
    ),
    "TRANSACTIONS": _flow(
        "Transactions", "count of transactions", "Transactions included in a chain's blocks.", _ACTIVITY, OWN, "COUNT"
    ),
    "CONTRACT_CALLS": _flow(
        "Contract calls", "count of calls", "Calls of smart contracts on a chain.", _ACTIVITY, OWN, "COUNT"
    ),
}

STOCKS = {
    "PRICE": _stock("Price", "USD_PER_TOKEN", "P", "Price of one token at the end of the day."),
    "MARKET_CAP": _stock("Market capitalisation", "USD", "P x C", "Price x circulating supply at the end of the day."),
    "FDV": _stock(
        "Fully diluted valuation", "USD", "P x X", "Price x maximum supply; x total supply where there is no maximum."
    ),
    "CIRCULATING_SUPPLY": _stock("Circulating supply", "TOKEN", "C", "Tokens that can be traded."),
    "TOTAL_SUPPLY": _stock("Total supply", "TOKEN", "T", "Tokens issued less tokens burned on-chain."),
    "MAX_SUPPLY": _stock(
        "Maximum supply", "TOKEN", "X", "Tokens there can ever be.", f"{_TOKENLESS} Unlimited supply has no value."
    ),
    "TVL": _stock(
        "Total value locked",
        "USD",
        "sum of deposits x price",
        "Dollar value of what users have deposited, at the end of the day.",
        _NO_DATA,
    ),
    "OPEN_INTEREST": _stock(
        "Open interest", "USD", "sum of open notional", "Notional of open positions at the end of the day.", _NO_DATA
    ),
    "ACTIVE_USERS": _stock(
        "Active users", "COUNT", "distinct addresses", "Addresses active in the source's period.", _ACTIVITY, OWN
    ),
    "DEVICES": _stock("Devices", "COUNT", "active devices", "Miners, stations or hotspots in service.", _ACTIVITY, OWN),
    "FUND_AUM": _stock(
        "Assets under management", "USD", "holdings x price", "What a fund holds at the end of the day.", _NO_DATA, OWN
    ),
    "TREASURY_HOLDING": _stock(
        "Treasury holding", "TOKEN", "tokens held", "Tokens of one kind an organisation holds.", _NO_DATA, OWN
    ),
}
