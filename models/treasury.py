"""Treasuries: who leads an organisation, what it raised, what it holds, and how many shares stand against that."""

from sqlalchemy import Boolean, Column, Index, Integer, Text

from models.base import Code, Day, MicroUsd, Quantity, Structure
from models.versioned import versioned
from models.vocabulary import Confidence, RaiseKind, RaiseStatus, TreasuryTransactionKind

# `to_day` is the last day; None while it lasts, or where nobody said.
role = versioned(
    "role",
    Column("ref", Text, nullable=False),
    Column("organisation_id", Integer, nullable=False),
    Column("person", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("from_day", Day),
    Column("to_day", Day),
    Column("confidence", Code(Confidence), nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("source_url", Text),
    Column("note", Text),
    key=("ref",),
    covering=False,
)

# Money, never tokens. `at_most`: the amount is what may be raised. Claims of `topic` are about the same raise.
capital_raise = versioned(
    "capital_raise",
    Column("ref", Text, nullable=False),
    Column("organisation_id", Integer, nullable=False),
    Column("kind", Code(RaiseKind), nullable=False),
    Column("status", Code(RaiseStatus), nullable=False),
    Column("amount_usd", MicroUsd),
    Column("at_most", Boolean, nullable=False),
    Column("agreed_on", Day),
    Column("announced_on", Day),
    Column("closed_on", Day),
    Column("investors", Structure, nullable=False),
    Column("purpose", Text),
    Column("topic", Text),
    Column("confidence", Code(Confidence), nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("source_url", Text),
    Column("note", Text),
    key=("ref",),
    covering=False,
)

# What a source said on a day. `amount` in whole tokens; `cost_usd` what was paid for all of it, `value_usd` what
# the source held it to be worth. `deployed` are objects {strategy, amount}, amounts as text.
holding = versioned(
    "holding",
    Column("organisation_id", Integer, nullable=False, autoincrement=False),
    Column("token_id", Integer, nullable=False, autoincrement=False),
    Column("day", Day, nullable=False),
    Column("source_id", Integer, nullable=False, autoincrement=False),
    Column("amount", Quantity, nullable=False),
    Column("cost_usd", MicroUsd),
    Column("value_usd", MicroUsd),
    Column("deployed", Structure, nullable=False),
    Column("confidence", Code(Confidence), nullable=False),
    Column("source_url", Text),
    Column("note", Text),
    key=("organisation_id", "token_id", "day", "source_id"),
    covering=False,
)

# `amount` is what came in, negative for what went out; `balance_after` what was held then.
treasury_transaction = versioned(
    "treasury_transaction",
    Column("transaction_id", Integer, nullable=False, autoincrement=False),
    Column("ref", Text, nullable=False),
    Column("organisation_id", Integer, nullable=False),
    Column("token_id", Integer, nullable=False),
    Column("day", Day, nullable=False),
    Column("kind", Code(TreasuryTransactionKind), nullable=False),
    Column("amount", Quantity, nullable=False),
    Column("usd", MicroUsd),
    Column("balance_after", Quantity),
    Column("confidence", Code(Confidence), nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("source_url", Text),
    Column("note", Text),
    key=("ref",),
    id_="transaction_id",
)

# Shares that are issued, those likely to be, and all that may be, at the price of a day.
share_count = versioned(
    "share_count",
    Column("organisation_id", Integer, nullable=False, autoincrement=False),
    Column("day", Day, nullable=False),
    Column("source_id", Integer, nullable=False, autoincrement=False),
    Column("realized", Quantity),
    Column("realistic", Quantity),
    Column("maximum", Quantity),
    Column("price_usd", Quantity),
    Column("source_url", Text),
    key=("organisation_id", "day", "source_id"),
    covering=False,
)

Index(None, role.every_version.c.organisation_id)
Index(None, capital_raise.every_version.c.organisation_id)
_columns = treasury_transaction.every_version.c
Index(
    "ix_treasury_transaction_newest_first",
    _columns.organisation_id,
    _columns.day.desc(),
    _columns.transaction_id.desc(),
)
