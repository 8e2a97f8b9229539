"""The assumptions that a caller values a token under."""

from graph.words import Input, Words
from resolvers.dcf import DcfInput

SAID: tuple[Words | Input, ...] = (
    Input(
        DcfInput,
        "The assumptions of a valuation. Rates are fractions: 0.25 is 25 per cent.",
        {
            "growth_path": 'Growth of the cash flow year by year, 1 to 50 years, for example ["0.30", "0.20", "0.10"].',
            "terminal_growth": "Growth for ever after; less than the rate of discount.",
            "discount_rate": "The rate of discount a year.",
            "cash_flow": "Which flow in US dollars is shared by the tokens.",
            "base": "How the flow becomes that of a year.",
            "supply_basis": "Which tokens share it.",
            "include_emissions": "Whether tokens are added year by year at the pace of the last year.",
        },
    ),
)
