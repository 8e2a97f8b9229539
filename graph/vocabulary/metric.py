"""What can be measured, and why a value is what it is."""

from graph.words import Input, Words
from models.vocabulary import Metric, MetricState, Unit
from valuation.annualised import Annualization
from valuation.definition import DEFINITIONS
from valuation.supply import SupplyBasis
from valuation.term import Nature

NATURES = {"flow": "sum over the window", "stock": "last value in the window", "ratio": "made of other metrics"}


def _said(name: str) -> str:
    known = DEFINITIONS[name]
    return f"{known.text} {known.unit.replace('_', ' ')}, {NATURES[known.nature]}."


SAID: tuple[Words | Input, ...] = (
    Words(
        Metric,
        "What can be measured. Definitions in full: `metricDefinitions`.",
        {metric.name: _said(metric.name) for metric in Metric},
        name="MetricKey",
    ),
    Words(
        Unit,
        "What a value is counted in.",
        {
            "USD": "US dollars, valued at the time of the event.",
            "TOKEN": "Whole tokens.",
            "RATIO": "A quotient, for example 12.5 for a price of 12.5 times the yearly revenue.",
            "PERCENT": "Percent, for example 3.5.",
            "COUNT": "A number of things, for example devices.",
            "DAYS": "Days.",
            "USD_PER_TOKEN": "US dollars for one token.",
            "INDEX": "Points of an index, for example 0 to 10,000 for concentration.",
        },
    ),
    Words(
        MetricState,
        "Why a value is what it is, or why there is none.",
        {
            "OK": "The value is whole.",
            "PARTIAL": "The value is of some of the days only; the coverage says of how many.",
            "ESTIMATED": "The value is reckoned from less than its definition asks for; the reason says how.",
            "NOT_APPLICABLE": "There is no such thing here.",
            "NOT_REPORTED": "No source says it. It is unknown, not zero.",
            "INSUFFICIENT_HISTORY": "The history is too short for it.",
            "ZERO_DENOMINATOR": "It would be a division by zero.",
            "NEGATIVE_DENOMINATOR": "It would be a ratio to a negative number, which means nothing.",
            "NO_TOKEN": "There is no token.",
            "STALE": "The last known day is too old; a value that is still shown is of that day.",
            "DISPUTED": "Another source says more than 5 % else of the same days, and it is open who is right.",
            "WITHDRAWN": "Every number that was stated of it was taken back; epochs before that still have it.",
        },
    ),
    Words(
        Annualization,
        "How a flow becomes yearly.",
        {
            "TTM": "The sum of the last 365 days; none where the history is shorter.",
            "RUN_RATE_30D_365_30": "The last 30 days times 365/30.",
            "RUN_RATE_30D_X12": "The last 30 days times 12.",
            "RUN_RATE_7D_365_7": "The last 7 days times 365/7.",
            "TTM_OR_SCALED": "As TTM; where the history is shorter, all of it scaled to a year, from 30 days on.",
        },
    ),
    Words(
        SupplyBasis,
        "Which tokens a capitalisation counts.",
        {
            "CIRCULATING": "Those in circulation.",
            "OUTSTANDING": "All that exist, without those bought back or treated as burned.",
            "TOTAL": "All that exist.",
            "FULLY_DILUTED": "The most there can be; all that exist where no most is known.",
        },
    ),
    Words(
        Nature,
        "Whether a metric adds up over days.",
        {
            "FLOW": "It adds up: the value of a window is a sum.",
            "STOCK": "It is what it was at the end of a day: the value of a window is its last one.",
            "RATIO": "It is made of other metrics, and never adds up.",
        },
    ),
)
