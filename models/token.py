"""Tokens, where they are deployed, and the chains they live on."""

from sqlalchemy import Column, Index, Integer, Text

from models.base import Day
from models.versioned import versioned

token = versioned(
    "token",
    Column("token_id", Integer, nullable=False, autoincrement=False),
    Column("slug", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("chain_id", Integer),
    Column("generated_on", Day),
    key=("token_id",),
    id_="token_id",
    unique=("slug",),
)

Index(None, token.every_version.c.symbol)

deployment = versioned(
    "deployment",
    Column("token_id", Integer, nullable=False, autoincrement=False),
    Column("chain_id", Integer, nullable=False, autoincrement=False),
    Column("address", Text, nullable=False),
    Column("decimals", Integer),
    key=("token_id", "chain_id", "address"),
)

chain = versioned(
    "chain",
    Column("chain_id", Integer, nullable=False, autoincrement=False),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("token_symbol", Text),
    key=("chain_id",),
    id_="chain_id",
    unique=("slug",),
)
