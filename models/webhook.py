"""Webhooks: where callers are told what meets their rules, and each message to them. Not versioned."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, false

from models.base import Instant, Structure, metadata
from models.epoch import Serial

# `owner` is the client, as `name` of api_key. `rules` as resolvers.alert_rule writes them; `payload` is the fragment
# that chooses what of an alert is told, NULL for the usual one. Secrets are made of `seed` and the server's pepper;
# until `old_until` messages are signed by the key of before, too. `ended`: why it is not active, NULL when it is.
# `dead` messages came one after the other. `cursor` is the place in the alerts up to which messages are written, and
# `told` the epoch up to which all of them are. Numbers are never given out twice: a message names its webhook.
webhook = Table(
    "webhook",
    metadata,
    Column("webhook_id", Serial, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("rules", Structure, nullable=False),
    Column("payload", Text),
    Column("key_id", Text, nullable=False),
    Column("seed", Text, nullable=False),
    Column("old_key_id", Text),
    Column("old_seed", Text),
    Column("old_until", Instant),
    Column("active", Boolean, nullable=False),
    Column("ended", Text),
    Column("dead", Integer, nullable=False),
    Column("cursor", Text, nullable=False),
    Column("told", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "owner"),
    sqlite_autoincrement=True,
)

# `seq` is the place of the alert, or what else the message is about, once for each webhook. `next_at` is NULL once a
# message is `delivered`, or given up. `status` and `problem` are those of the last attempt.
webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    Column("delivery_id", Serial, primary_key=True),
    Column("webhook_id", BigInteger, nullable=False),
    Column("seq", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("status", Integer),
    Column("problem", Text),
    Column("delivered", Boolean, nullable=False, server_default=false()),
    Column("next_at", Instant),
    Column("ended_at", Instant),
    Index(None, "webhook_id", "seq", unique=True),
    Index(None, "webhook_id", "delivery_id"),
    Index(None, "next_at"),
    Index(None, "ended_at"),
    sqlite_autoincrement=True,
)
