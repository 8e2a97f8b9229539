"""Claims: what was said, and what became of it."""

import datetime

import strawberry

from graph.connection import Node
from graph.fields import described, resolved_by, views
from graph.scalars import URL
from graph.source import Source
from graph.subject import Subject
from models.vocabulary import ClaimStatus, Confidence
from resolvers.claim import (
    ClaimRow,
    resolve_rivals,
    resolve_source_of_claim,
    resolve_spread,
    resolve_subject_of_claim,
)


@strawberry.type(description="What a source said about something, kept as it was said, beside what was found out.")
class Claim(Node):
    is_type_of = views(ClaimRow)

    ref: str = described("What names the claim for good, for example seed:hype-price-start.")
    topic: str = described("What it is about, in a word: claims of one topic rival each other, e.g. hype:rise-2025.")
    predicate: str = described("What is said, in words, for example price at the start of the rise.")
    value: str = described("As it was stated, for example 12: a number, a day or words.")
    unit: str | None = described("What the value is counted in, in words, for example USD per HYPE; null for words.")
    raw_text: str | None = described("What was said, in a short sentence of ours; null where the value says it all.")
    valid_from: datetime.date | None = described("First UTC day it is about; null where that is not known.")
    valid_to: datetime.date | None = described("Last UTC day it is about; null where that is not known.")
    stated_as_of: str | None = described(
        "The date as the source gave it, for example April 2024; null if it gave none."
    )
    corrected_as_of: datetime.date | None = described("The UTC day that was found to be meant; null without a finding.")
    corrected_value: str | None = described("The value that was found, in the same unit; null without a finding.")
    status: ClaimStatus = described("What became of it.")
    confidence: Confidence = described("How far its source can be relied on.")
    resolution: str | None = described("What was found and why, in a sentence or two; null while nobody looked.")
    source_url: URL | None = described("Where it was read.")
    subject: Subject | None = resolved_by(resolve_subject_of_claim, "What it is about; null where that is gone.")
    source: Source | None = resolved_by(resolve_source_of_claim, "Who said so.")
    rivals: list["Claim"] = resolved_by(resolve_rivals, "What others, or the same source at other times, say of it.")
    spread_pct: float | None = resolved_by(
        resolve_spread,
        "How far the furthest rival's number is from this one's, in percent of it; null unless both are in one unit.",
    )
