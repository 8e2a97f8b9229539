"""Days: windows, buckets, the domains that are complete together, and what is answered from."""

from graph.words import Input, Words
from models.epoch import AsOf
from models.vocabulary import Domain, Interval, Window

SAID: tuple[Words | Input, ...] = (
    Words(
        Window,
        "A span of whole UTC days that ends on the last complete one, or on `at.day`.",
        {
            "D1": "The last day.",
            "D7": "The last 7 days.",
            "D30": "The last 30 days.",
            "D90": "The last 90 days.",
            "D180": "The last 180 days.",
            "D365": "The last 365 days.",
            "MTD": "From the first of the month; compared with the same days of the month before.",
            "QTD": "From the first of the quarter; compared with the same days of the quarter before.",
            "YTD": "From the first of January; compared with the same days of the year before.",
            "TTM": "Trailing twelve months: the last 365 days, as D365.",
            "ALL": "Every day that anything is known of; there is no window before it.",
        },
    ),
    Words(
        Interval,
        "How long a bucket of UTC days is.",
        {
            "DAY": "A day.",
            "WEEK": "A week from Monday to Sunday.",
            "MONTH": "A calendar month.",
            "QUARTER": "A calendar quarter, for example January to March.",
            "YEAR": "A calendar year.",
        },
    ),
    Words(
        Domain,
        "Data that is complete up to one day together.",
        {
            "REVENUE": "Fees, revenue and what is done with it.",
            "PRICES": "Prices, caps and supplies.",
            "FUNDS": "Flows and assets of exchange-traded funds.",
            "ACTIVITY": "Users, devices, transactions and calls.",
        },
    ),
    Input(
        AsOf,
        "What is answered from: an epoch, by number or by what was known at a moment, and a day for windows to end on. "
        "Nothing said means the newest epoch and its last complete day.",
        {
            "day": "UTC day on which windows end, for example 2026-02-12.",
            "epoch": "Number of an epoch, for example 3. An error where it is not published or not kept any more.",
            "known_at": "The newest epoch published at or before this moment, for example 2026-03-05T00:00:00Z.",
        },
    ),
)
