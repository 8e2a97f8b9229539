"""Who said a number, and the answers of upstreams as they were last read."""

from sqlalchemy import Column, Integer, LargeBinary, Table, Text

from models.base import Code, Instant, metadata
from models.versioned import versioned
from models.vocabulary import ObservationMethod

# A publisher, not a collector: what our bundled data quotes from DefiLlama and what a sync reads there are
# one source. Of several that report a number the one of the lowest `precedence` is answered, the others are
# its rivals.
source = versioned(
    "source",
    Column("source_id", Integer, nullable=False, autoincrement=False),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("method", Code(ObservationMethod), nullable=False),
    Column("url", Text),
    Column("licence", Text),
    Column("precedence", Integer, nullable=False),
    key=("slug",),
    id_="source_id",
)

# Written in the transaction that publishes what was read: an answer whose facts were lost is read again.
# `url` never holds a key. `body` is the last good answer, zlib-compressed.
upstream_resource = Table(
    "upstream_resource",
    metadata,
    Column("url", Text, primary_key=True),
    Column("source", Text, nullable=False, index=True),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("sha256", Text, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
