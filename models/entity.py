"""What numbers are about: one numbering for all kinds, and the names the outside world knows them by."""

from sqlalchemy import Column, Index, Integer, Table, Text

from models.base import Code, Day, metadata
from models.versioned import Added, versioned
from models.vocabulary import EntityKind

# An entity keeps its number for good, through renames and should it come back after it left.
entity = Added(
    Table(
        "entity",
        metadata,
        Column("entity_id", Integer, primary_key=True, autoincrement=False),
        Column("kind", Code(EntityKind), nullable=False),
        Column("since", Integer, nullable=False, index=True),
    )
)

# `system` is who uses the name ("defillama", "coingecko", "accrual" for our own slugs). A name that is given
# up keeps its row, with the last day it was used: what was once said under it is still found.
external_id = versioned(
    "external_id",
    Column("kind", Code(EntityKind), nullable=False, autoincrement=False),
    Column("system", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("entity_id", Integer, nullable=False),
    Column("first_day", Day),
    Column("last_day", Day),
    key=("kind", "system", "value"),
)

Index(None, external_id.every_version.c.entity_id)
