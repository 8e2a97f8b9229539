"""What holders of a token may expect: their rights, what unlocks, where value is earned, and what may keep it away."""

from sqlalchemy import Boolean, Column, Index, Integer, Text

from models.base import Code, Day, Quantity, Structure, Words
from models.versioned import versioned
from models.vocabulary import Confidence, FeeSwitch, RightState, RiskKind, ValueLayerKind

# Of a protocol's token. `entities` are numbers of organisations beside the protocol, `sources` addresses.
token_rights = versioned(
    "token_rights",
    Column("protocol_id", Integer, nullable=False, autoincrement=False),
    Column("governance", Code(RightState), nullable=False),
    Column("treasury", Code(RightState), nullable=False),
    Column("revenue", Code(RightState), nullable=False),
    Column("fee_switch", Code(FeeSwitch), nullable=False),
    Column("buybacks", Code(RightState), nullable=False),
    Column("dividends", Code(RightState), nullable=False),
    Column("burns", Code(RightState), nullable=False),
    Column("equity_capture", Code(RightState), nullable=False),
    Column("entities", Structure, nullable=False),
    Column("updated_on", Day),
    Column("sources", Structure, nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("note", Text),
    key=("protocol_id",),
    covering=False,
)

# Tokens that become free on a day. `observed`: seen to have happened; else it stands in a schedule.
unlock = versioned(
    "unlock",
    Column("ref", Text, nullable=False),
    Column("token_id", Integer, nullable=False),
    Column("day", Day, nullable=False),
    Column("amount", Quantity, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("observed", Boolean, nullable=False),
    Column("confidence", Code(Confidence), nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("source_url", Text),
    Column("note", Text),
    key=("ref",),
    covering=False,
)

# A layer at which a protocol earns; `stream` is the part of its revenue that is earned there, '' where no source
# splits it off.
value_layer = versioned(
    "value_layer",
    Column("protocol_id", Integer, nullable=False, autoincrement=False),
    Column("kind", Code(ValueLayerKind), nullable=False, autoincrement=False),
    Column("stream", Text, nullable=False),
    Column("confidence", Code(Confidence), nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("source_url", Text),
    Column("note", Text),
    key=("protocol_id", "kind", "stream"),
    covering=False,
)

# The topics of the claims that bear on a risk of a protocol, or of the market.
risk = versioned(
    "risk",
    Column("subject_id", Integer, nullable=False, autoincrement=False),
    Column("kind", Code(RiskKind), nullable=False, autoincrement=False),
    Column("topics", Words, nullable=False),
    Column("source_id", Integer, nullable=False),
    key=("subject_id", "kind"),
    covering=False,
)

_columns = unlock.every_version.c
Index("ix_unlock_of_token", _columns.token_id, _columns.day)
