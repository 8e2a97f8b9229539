"""What DefiLlama, Token Terminal, Artemis and Messari call by the same words, and how that differs from us."""

from valuation.term import DEFILLAMA_METRICS, FieldUse

ARTEMIS_DBT = "https://github.com/Artemis-xyz/dbt"
MESSARI_SUBGRAPHS = "https://github.com/messari/subgraphs"


def _defillama(definition: str, differs: str) -> FieldUse:
    return FieldUse("DefiLlama", definition, differs, DEFILLAMA_METRICS)


def _token_terminal(definition: str, differs: str) -> FieldUse:
    return FieldUse("Token Terminal", definition, differs, None)


def _artemis(definition: str, differs: str) -> FieldUse:
    return FieldUse("Artemis", definition, differs, ARTEMIS_DBT)


def _messari(definition: str, differs: str) -> FieldUse:
    return FieldUse("Messari", definition, differs, MESSARI_SUBGRAPHS)


FEES = (
    _defillama("Everything the protocol could keep.", "The same."),
    _token_terminal("All that users pay.", "Leaves out yield that nobody pays as a fee."),
    _artemis("fees, or ecosystem_revenue.", "The same amount under two names."),
    _messari("Total revenue.", "Called revenue there; our revenue is what the supply side leaves of it."),
)
REVENUE = (
    _defillama("Fees less supply side: treasury and holders together.", "The same."),
    _token_terminal("Fees that go to token holders or the treasury.", "The same in words; counted on its own data."),
    _artemis(
        "Revenue to token holders.",
        "Only the holders' part; in one model native tokens were added to dollars unpriced.",
    ),
    _messari("protocolSideRevenue: total revenue less supply-side revenue.", "The same under another name."),
)
EARNINGS = (
    _defillama("Revenue less incentives.", "The same."),
    _token_terminal("Listed, formula text not seen.", "Unknown."),
    _artemis("Revenue less expenses.", "Takes off all expenses, and starts from the revenue of holders."),
    _messari("Planned only, as adjusted operational earnings.", "Not published."),
)
PRICE_TO_FLOW = (
    _defillama(
        "Circulating market cap over the trailing year; without one, over all history scaled to a year.",
        "The same as TTM_OR_SCALED with CIRCULATING.",
    ),
    _token_terminal(
        "Fully diluted cap, or circulating as a variant, over 30 days x 365/30.",
        "The same as RUN_RATE_30D_365_30 with FULLY_DILUTED.",
    ),
    _artemis("Both caps are stored; the ratio is not defined.", "Not published."),
)
RUN_RATE = (
    _defillama("30 days x 12.2.", "0.3 % above x 365/30, 1.7 % above x 12."),
    _token_terminal("30 days x 365/30.", "The same as RUN_RATE_30D_365_30."),
)
