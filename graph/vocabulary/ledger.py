"""What entries of the ledger record, and how they are listed and grouped."""

from graph.words import Input, Words
from models.vocabulary import Disposition, FundingSource, LedgerKind
from resolvers.ledger import LedgerOrder
from resolvers.ledger_group import LedgerGroupKey, LedgerGroupOrder

SAID: tuple[Words | Input, ...] = (
    Words(
        LedgerKind,
        "What an entry of the ledger records.",
        {
            "ACCRUAL": "Money became due to holders.",
            "FUNDING": "Money was set aside for it.",
            "PURCHASE": "Tokens were bought.",
            "BURN": "Tokens were destroyed on-chain.",
            "BURN_RECOGNITION": "Tokens were declared burned, and still exist.",
            "DISTRIBUTION": "Something was paid out to holders.",
            "TRANSFER_TO_TREASURY": "Something went to the treasury.",
            "LOCK": "Tokens were locked.",
            "LP_DEPOSIT": "Tokens were put into a pool.",
            "SALE_FROM_TREASURY": "The treasury sold tokens.",
        },
    ),
    Words(
        Disposition,
        "What became of bought tokens.",
        {
            "UNKNOWN": "Nobody says.",
            "HELD": "They are held.",
            "BURNED": "They were destroyed on-chain.",
            "BURN_RECOGNISED": "They were declared burned, and still exist.",
            "LOCKED": "They are locked.",
            "DISTRIBUTED": "They were given to holders.",
            "LP": "They are in a pool.",
            "SOLD": "They were sold.",
        },
    ),
    Words(
        FundingSource,
        "Where the money of an entry came from.",
        {
            "PERIOD_REVENUE": "From revenue of the same time.",
            "ACCUMULATED_REVENUE": "From revenue of before.",
            "TREASURY_RESERVES": "From the treasury's money.",
            "TOKEN_RESERVES": "From the treasury's own tokens.",
            "EXTERNAL": "From somebody else.",
            "UNKNOWN": "Nobody says.",
        },
    ),
    Words(
        LedgerOrder,
        "In which order entries are listed.",
        {
            "OCCURRED_DESC": "The newest first.",
            "OCCURRED_ASC": "The oldest first.",
            "USD_DESC": "The largest in US dollars first, those without dollars last.",
            "USD_ASC": "The smallest in US dollars first, those without dollars last.",
        },
    ),
    Words(
        LedgerGroupKey,
        "By what entries are grouped.",
        {
            "PROTOCOL": "By whose doing it was.",
            "TOKEN": "By token.",
            "KIND": "By what happened.",
            "MECHANISM": "By the mechanism it was part of.",
            "DISPOSITION": "By what became of the tokens.",
            "FUNDING": "By where the money came from.",
            "SECTOR": "By the first sector of the protocol.",
            "PERIOD": "By the week, month, quarter or year of it, or the day.",
        },
    ),
    Words(
        LedgerGroupOrder,
        "In which order groups are listed.",
        {
            "KEY_ASC": "By what they share, periods the oldest first.",
            "KEY_DESC": "By what they share, periods the newest first.",
            "SPENT_DESC": "The most US dollars first.",
            "COUNT_DESC": "The most entries first.",
        },
    ),
)
