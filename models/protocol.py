"""Protocols and the methodology texts that come with their numbers."""

from sqlalchemy import Boolean, Column, Index, Integer, Text

from models.base import Code, Day, Words
from models.versioned import versioned
from models.vocabulary import Metric, ProtocolKind

# A child names its parent; sums run over rows without a parent, whose series hold their children's.
# `sectors` are names of SectorKey, `chains` slugs of chains. A doublecounted listing repeats another's money
# and stays out of every sum.
protocol = versioned(
    "protocol",
    Column("protocol_id", Integer, nullable=False, autoincrement=False),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Code(ProtocolKind), nullable=False),
    Column("parent_id", Integer),
    Column("token_id", Integer),
    Column("sectors", Words, nullable=False),
    Column("chains", Words, nullable=False),
    Column("category", Text),
    Column("description", Text),
    Column("homepage", Text),
    Column("launched_on", Day),
    Column("doublecounted", Boolean, nullable=False),
    key=("protocol_id",),
    id_="protocol_id",
    unique=("slug",),
)

Index(None, protocol.every_version.c.parent_id)
Index(None, protocol.every_version.c.token_id)

methodology = versioned(
    "methodology",
    Column("protocol_id", Integer, nullable=False, autoincrement=False),
    Column("metric", Code(Metric), nullable=False, autoincrement=False),
    Column("source_id", Integer, nullable=False, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("url", Text),
    key=("protocol_id", "metric", "source_id"),
)
