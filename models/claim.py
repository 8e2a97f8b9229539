"""Claims: what a source said, in its own words and date, and what became of it when it was checked."""

from sqlalchemy import Column, Index, Integer, Text

from models.base import Code, Day
from models.versioned import versioned
from models.vocabulary import ClaimStatus, Confidence

# Claims of one `topic` are about the same thing and rival each other. `value` is as stated, `unit` in words.
claim = versioned(
    "claim",
    Column("claim_id", Integer, nullable=False, autoincrement=False),
    Column("ref", Text, nullable=False),
    Column("subject_id", Integer, nullable=False),
    Column("topic", Text, nullable=False),
    Column("predicate", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("unit", Text),
    Column("raw_text", Text),
    Column("valid_from_day", Day),
    Column("valid_to_day", Day),
    Column("stated_as_of", Text),
    Column("corrected_as_of", Day),
    Column("corrected_value", Text),
    Column("status", Code(ClaimStatus), nullable=False),
    Column("confidence", Code(Confidence), nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("source_url", Text),
    Column("resolution", Text),
    key=("ref",),
    id_="claim_id",
)

Index(None, claim.every_version.c.subject_id)
Index(None, claim.every_version.c.topic)
