"""Definitions of the metrics that are calculated from others."""

from valuation import provider
from valuation.term import DEFILLAMA_METRICS, OWN, Definition, Nature

_ANY_INPUT = "A missing input passes its state on."
_DENOMINATOR = "ZERO_DENOMINATOR at 0, NEGATIVE_DENOMINATOR below; NO_TOKEN without a token."
_GROWTH_NULL = (
    "INSUFFICIENT_HISTORY when either window begins before the series; ZERO_DENOMINATOR or NEGATIVE_DENOMINATOR by the "
    "previous window; PARTIAL with missing days."
)


def _ratio(label: str, formula: str, text: str, null_rule: str, source: str = OWN, unit: str = "RATIO") -> Definition:
    return Definition(label, unit, Nature.RATIO, formula, text, f"{null_rule} {_ANY_INPUT}", source)


def _multiple(label: str, denominator: str, text: str) -> Definition:
    formula = f"cap / annualised {denominator}; cap = price x supply on the caller's basis"
    rule = f"{_DENOMINATOR} A parent is answered from its own series, which hold its children's. {_ANY_INPUT}"
    return Definition(label, "RATIO", Nature.RATIO, formula, text, rule, DEFILLAMA_METRICS, provider.PRICE_TO_FLOW)


def _growth(label: str, formula: str, text: str) -> Definition:
    return _ratio(label, formula, text, _GROWTH_NULL, DEFILLAMA_METRICS, "PERCENT")


AMOUNTS = {
    "EARNINGS": Definition(
        "Earnings",
        "USD",
        Nature.FLOW,
        "R - I, same window",
        "What is left of revenue after the tokens paid to users for using the protocol.",
        f"Unknown incentives are never zero: then NOT_REPORTED. {_ANY_INPUT}",
        DEFILLAMA_METRICS,
        provider.EARNINGS,
    ),
    "NET_SUPPLY_CHANGE": Definition(
        "Net supply change",
        "TOKEN",
        Nature.FLOW,
        "emitted + unlocked - bought and removed from the float",
        "Tokens that entered the float less those that left it; negative when the float shrank.",
        f"Any unknown term leaves it unknown. {_ANY_INPUT}",
        OWN,
    ),
    "ARR": Definition(
        "Annual recurring revenue",
        "USD",
        Nature.FLOW,
        "annualised R; the reason names the basis",
        "Revenue per year by a named convention: TTM, 30 days x 365/30, 30 days x 12, or 7 days x 365/7.",
        "As the convention: TTM INSUFFICIENT_HISTORY under 365 days, scaled ESTIMATED from 30 days on, run rates "
        "PARTIAL under nine observed days of ten.",
        OWN,
        provider.RUN_RATE,
    ),
}

MULTIPLES = {
    "PF": _multiple("Price to fees", "F", "What the market pays for a dollar of fees a year."),
    "PS": _multiple("Price to sales", "R", "What the market pays for a dollar of revenue a year."),
    "PE_HOLDERS": _multiple(
        "Holders' price to earnings", "HR", "What the market pays for a dollar a year that reaches holders."
    ),
    "REVENUE_MULTIPLE": _ratio(
        "Revenue multiple",
        "(cap - treasury excluding own token) / annualised R",
        "Price to sales of the enterprise: what the treasury holds in other assets comes off the price.",
        f"{_DENOMINATOR} A negative enterprise value keeps its value, with a remark.",
    ),
    "MNAV": _ratio(
        "Market value to net asset value",
        "shares x share price / treasury value; shares realised, realistic or maximum",
        "What the market pays for a dollar of treasury; above 1 is a premium.",
        "ZERO_DENOMINATOR for an empty treasury.",
        "https://docs.llama.fi/analysts/dat-methodology",
    ),
}

PAYOUTS = {
    "PAYOUT_RATIO": _ratio(
        "Payout ratio",
        "HR / R, same window",
        "The part of revenue that reaches holders. Above 1 is allowed, and opens an issue.",
        "ZERO_DENOMINATOR or NEGATIVE_DENOMINATOR when revenue is not positive.",
        "https://github.com/DefiLlama/dimension-adapters/pull/9258",
    ),
    "TAKE_RATE": _ratio(
        "Take rate",
        "R / F, same window",
        "The part of fees that the protocol keeps.",
        "ZERO_DENOMINATOR without fees; NOT_REPORTED, not 0, where the split is unconfirmed.",
        "Allium",
    ),
    "HOLDER_YIELD": _ratio(
        "Holder yield",
        "annualised HR / cap x 100",
        "What reaches holders in a year, in percent of the capitalisation.",
        _DENOMINATOR,
        unit="PERCENT",
    ),
    "BUYBACK_YIELD": _ratio(
        "Buyback yield",
        "executed purchases x 365/n / mean cap of the window x 100",
        "Executed purchases in percent of the capitalisation a year. Accruals do not count.",
        _DENOMINATOR,
        "https://www.wintermute.com/insights/views/opinions/the-chainlink-reserve-blueprint",
        "PERCENT",
    ),
    "NET_BUYBACK_YIELD": _ratio(
        "Net buyback yield",
        "(removed - emitted - unlocked) / C at start x 365/n x 100",
        "Tokens taken out of the float less tokens put in, in percent of the float a year; the price cancels.",
        "Any unknown term leaves it unknown; ZERO_DENOMINATOR without circulating supply.",
        unit="PERCENT",
    ),
    "BURN_SHARE": _ratio(
        "Burn share",
        "burned on-chain / (T + burned on-chain) x 100",
        "Tokens destroyed, in percent of all ever issued; those only declared burned still exist and don't count.",
        "ESTIMATED, of the maximum, where no total is reported; ZERO_DENOMINATOR without supply.",
        unit="PERCENT",
    ),
}

TRENDS = {
    "GROWTH_MOM": _growth("Growth, month", "30 d / previous 30 d - 1", "The last 30 days against the 30 before."),
    "GROWTH_QOQ": _growth("Growth, quarter", "90 d / previous 90 d - 1", "The last 90 days against the 90 before."),
    "GROWTH_YOY": _growth("Growth, year", "TTM / prior TTM - 1", "The last 365 days against the 365 before."),
    "CAGR": _ratio(
        "Compound annual growth rate",
        "(last / first)^(365/days) - 1",
        "The constant yearly growth that leads from the first year's sum to the last year's.",
        "INSUFFICIENT_HISTORY under 365 days apart; ZERO_DENOMINATOR or NEGATIVE_DENOMINATOR by the first value; "
        "NOT_APPLICABLE when the last is negative.",
        unit="PERCENT",
    ),
    "REVENUE_VOLATILITY": _ratio(
        "Revenue volatility",
        "population standard deviation / mean of weekly R, of 26 weeks over D180, else of 52",
        "How unsteady weekly revenue is. No logarithms, because a week may be zero.",
        "INSUFFICIENT_HISTORY under nine weeks of ten, PARTIAL under all; ZERO_DENOMINATOR or NEGATIVE_DENOMINATOR "
        "when the mean is not positive.",
    ),
    "MAX_DRAWDOWN": _ratio(
        "Maximum drawdown",
        "max over t of 1 - R30(t) / running max of R30",
        "The largest fall of 30-day revenue from its peak, in percent.",
        "INSUFFICIENT_HISTORY under 90 days; PARTIAL with missing days; ZERO_DENOMINATOR if never above zero.",
        unit="PERCENT",
    ),
    "DOWNSIDE_CAPTURE": _ratio(
        "Downside capture",
        "mean monthly change of R / mean monthly change of the market, where the market <= -10 %",
        "How far revenue falls with the market: 1 as deep, 0 not at all, below 0 it grows.",
        "INSUFFICIENT_HISTORY with fewer than 3 such months.",
    ),
}

CONCENTRATION = {
    "HHI": _ratio(
        "Herfindahl-Hirschman index",
        "sum of squared percentage shares, 0-10,000",
        "How concentrated revenue is in one stream, chain or payer. Read it with the coverage of the parts.",
        "NOT_APPLICABLE with a negative part; ZERO_DENOMINATOR when the parts sum to 0; NOT_REPORTED without parts.",
        unit="INDEX",
    ),
    "TOP1_SHARE": _ratio(
        "Largest share",
        "largest part / sum of parts x 100",
        "The largest stream, chain or payer in percent of all.",
        "As HHI.",
        unit="PERCENT",
    ),
}
