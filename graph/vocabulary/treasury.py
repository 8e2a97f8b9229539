"""How organisations raise and move money."""

from graph.words import Input, Words
from models.vocabulary import RaiseKind, RaiseStatus, TreasuryTransactionKind
from valuation.treasury import ShareBasis

SAID: tuple[Words | Input, ...] = (
    Words(
        RaiseKind,
        "How an organisation raises money.",
        {
            "PIPE": "A private placement of shares of a listed company.",
            "AT_THE_MARKET": "A programme that sells shares at the market as it goes.",
            "SHARE_OFFERING": "A public offering of shares.",
            "PREFERRED_SHARES": "An offering of preferred shares.",
            "CONVERTIBLE_NOTE": "Notes that can become shares.",
            "DEBT": "Loans and bonds.",
            "OTHER": "In another way.",
        },
    ),
    Words(
        RaiseStatus,
        "How far a raise has come.",
        {
            "ANNOUNCED": "Made known, not closed.",
            "FILED": "Filed with the authorities; what of it is raised, and when, is open.",
            "CLOSED": "The money came in.",
            "ENDED": "Over before all of it came in.",
        },
    ),
    Words(
        TreasuryTransactionKind,
        "What moved a treasury.",
        {
            "PURCHASE": "Tokens were bought.",
            "SALE": "Tokens were sold.",
            "REWARD": "Tokens were earned, say by staking.",
            "DEPOSIT": "Tokens came in otherwise.",
            "WITHDRAWAL": "Tokens went out otherwise.",
            "OTHER": "Something else.",
        },
    ),
    Words(
        ShareBasis,
        "Which shares of an organisation are counted.",
        {
            "REALIZED": "Those that are issued.",
            "REALISTIC": "Those and what is likely to be issued.",
            "MAXIMUM": "All that may ever be issued under what is agreed.",
        },
    ),
)
