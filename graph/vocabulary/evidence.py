"""Where a fact comes from, and how far it can be relied on."""

from graph.words import Input, Words
from models.vocabulary import ClaimStatus, Confidence, ObservationMethod

SAID: tuple[Words | Input, ...] = (
    Words(
        ObservationMethod,
        "How a source came to know a number.",
        {
            "ONCHAIN_LOGS": "From events of contracts.",
            "ONCHAIN_CALL": "From the state of contracts.",
            "FIRST_PARTY_API": "From the protocol's own interface.",
            "THIRD_PARTY": "From somebody who collects such numbers.",
            "FILING": "From a filing with an authority.",
            "PRESS": "From the press or an announcement.",
            "INFERRED": "Reckoned from other numbers.",
            "MANUAL": "Written down by hand.",
            "SEED_ARTICLE": "From the research article this project grew from.",
        },
    ),
    Words(
        Confidence,
        "How far a fact can be relied on.",
        {
            "HIGH": "Checked against its origin.",
            "MEDIUM": "Said by a source that is usually right.",
            "LOW": "Said once, or in doubt.",
            "UNVERIFIED": "Not checked.",
        },
    ),
    Words(
        ClaimStatus,
        "What became of a claim when it was checked.",
        {
            "ACCEPTED": "Taken as true: its source is the one to know.",
            "CORROBORATED": "Others say the same, or nearly.",
            "UNVERIFIED": "Not found elsewhere so far.",
            "DISPUTED": "Others say something else, and it is not settled.",
            "REFUTED": "It can't be true as it was stated.",
            "SUPERSEDED": "It was true once, and no longer when it was stated.",
        },
    ),
)
