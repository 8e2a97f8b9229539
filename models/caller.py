"""Who may call with a key, and what each key has used: not versioned, for it is not about the world."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from models.base import Day, Instant, Words, metadata

# `name` is the client's: it may hold two live keys while it changes from one to the other. `hash` is all that is
# kept of the secret. `documents`: "open", "preferred" where those of the manifest cost less, or
# "persisted" for a key that may only send those.
api_key = Table(
    "api_key",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("scopes", Words, nullable=False),
    Column("documents", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Index(None, "name"),
)

# `points` are those of the answers as they turned out.
key_usage = Table(
    "key_usage",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("day", Day, primary_key=True),
    Column("requests", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("points", BigInteger, nullable=False),
)
