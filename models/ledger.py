"""The ledger: each purchase, burn and distribution, with its funding and its fate."""

from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Index, Integer, Text, or_

from models.base import Code, Day, Instant, MicroUsd, Quantity
from models.versioned import versioned
from models.vocabulary import (
    Confidence,
    Disposition,
    FundingSource,
    LedgerKind,
    MechanismKind,
    Metric,
    ObservationMethod,
)

# `ref` names an entry for good, say a transaction hash or a wallet and day. `tokens` is in whole tokens, exact.
# An entry known for a span of days only carries the span, and `at` is its end. `origin_ref`: the entry whose tokens
# these are. Claims of `topic` rival it.
ledger = versioned(
    "ledger_entry",
    Column("entry_id", BigInteger, nullable=False, autoincrement=False),
    Column("ref", Text, nullable=False),
    Column("protocol_id", Integer, nullable=False),
    Column("token_id", Integer),
    Column("kind", Code(LedgerKind), nullable=False),
    Column("mechanism", Code(MechanismKind), nullable=False),
    Column("at", Instant, nullable=False),
    Column("window_start", Day),
    Column("window_end", Day),
    Column("tokens", Quantity),
    Column("usd", MicroUsd),
    Column("price_usd", Quantity),
    Column("trades", Integer),
    Column("first_trade", Text),
    Column("last_trade", Text),
    Column("funding", Code(FundingSource), nullable=False),
    Column("disposition", Code(Disposition), nullable=False),
    Column("disposition_at", Instant),
    Column("origin_ref", Text),
    Column("policy_ref", Text),
    Column("topic", Text),
    Column("tx_hash", Text),
    Column("chain_id", Integer),
    Column("wallet", Text),
    Column("method", Code(ObservationMethod), nullable=False),
    Column("confidence", Code(Confidence), nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("source_url", Text),
    Column("note", Text),
    key=("ref",),
    id_="entry_id",
)

_columns = ledger.every_version.c
Index("ix_ledger_entry_newest_first", _columns.protocol_id, _columns.at.desc(), _columns.entry_id.desc())
Index("ix_ledger_entry_at", _columns.at.desc(), _columns.entry_id.desc())
Index("ix_ledger_entry_of_token", _columns.token_id, _columns.at.desc(), _columns.entry_id.desc())
_following = _columns.origin_ref.is_not(None)
Index(None, _columns.origin_ref, postgresql_where=_following, sqlite_where=_following)

# Daily series are made of these kinds.
METRICS = {
    LedgerKind.PURCHASE: Metric.BUYBACK_EXECUTED,
    LedgerKind.BURN: Metric.BURNED,
    LedgerKind.DISTRIBUTION: Metric.DISTRIBUTED,
}


def of_one_day(entries: Any) -> ColumnElement[bool]:
    """Whether an entry happened at once, or within one day; `entries`: the columns of the table."""
    return or_(entries.window_start.is_(None), entries.window_start >= entries.window_end)
