"""Organisations, treasuries, rights, unlocks, layers and risks."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DAY = sa.Date().with_variant(sa.Integer(), "sqlite")
QUANTITY = sa.Numeric(78, 18).with_variant(sa.Text(), "sqlite")
CLOSED = sa.text("valid_to < 2147483647")
NEWEST = sa.text("valid_to = 2147483647")
TABLES = (
    "role",
    "capital_raise",
    "holding",
    "treasury_transaction",
    "share_count",
    "token_rights",
    "unlock",
    "value_layer",
    "risk",
)


def upgrade() -> None:
    create_treasury_tables()
    create_right_tables()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def create_treasury_tables() -> None:
    create(
        "role",
        text("ref"),
        number("organisation_id"),
        text("person"),
        text("title"),
        sa.Column("from_day", DAY),
        sa.Column("to_day", DAY),
        *said(),
        key=("ref",),
    )
    op.create_index("ix_role_organisation_id", "role", ["organisation_id"])
    create(
        "capital_raise",
        text("ref"),
        number("organisation_id"),
        word("kind"),
        word("status"),
        sa.Column("amount_usd", sa.BigInteger),
        flag("at_most"),
        sa.Column("agreed_on", DAY),
        sa.Column("announced_on", DAY),
        sa.Column("closed_on", DAY),
        text("investors"),
        sa.Column("purpose", sa.Text),
        sa.Column("topic", sa.Text),
        *said(),
        key=("ref",),
    )
    op.create_index("ix_capital_raise_organisation_id", "capital_raise", ["organisation_id"])
    create(
        "holding",
        number("organisation_id"),
        number("token_id"),
        sa.Column("day", DAY, nullable=False),
        sa.Column("amount", QUANTITY, nullable=False),
        sa.Column("cost_usd", sa.BigInteger),
        sa.Column("value_usd", sa.BigInteger),
        text("deployed"),
        *said(),
        key=("organisation_id", "token_id", "day", "source_id"),
    )
    create_transactions()
    create(
        "share_count",
        number("organisation_id"),
        sa.Column("day", DAY, nullable=False),
        number("source_id"),
        sa.Column("realized", QUANTITY),
        sa.Column("realistic", QUANTITY),
        sa.Column("maximum", QUANTITY),
        sa.Column("price_usd", QUANTITY),
        sa.Column("source_url", sa.Text),
        key=("organisation_id", "day", "source_id"),
    )


def create_transactions() -> None:
    create(
        "treasury_transaction",
        number("transaction_id"),
        text("ref"),
        number("organisation_id"),
        number("token_id"),
        sa.Column("day", DAY, nullable=False),
        word("kind"),
        sa.Column("amount", QUANTITY, nullable=False),
        sa.Column("usd", sa.BigInteger),
        sa.Column("balance_after", QUANTITY),
        *said(),
        key=("transaction_id",),
    )
    op.create_index(
        "ix_treasury_transaction_ref",
        "treasury_transaction",
        ["ref"],
        unique=True,
        postgresql_where=NEWEST,
        sqlite_where=NEWEST,
    )
    op.create_index(
        "ix_treasury_transaction_newest_first",
        "treasury_transaction",
        ["organisation_id", sa.text("day DESC"), sa.text("transaction_id DESC")],
    )


def create_right_tables() -> None:
    create(
        "token_rights",
        number("protocol_id"),
        *map(word, ("governance", "treasury", "revenue", "fee_switch")),
        *map(word, ("buybacks", "dividends", "burns", "equity_capture")),
        text("entities"),
        sa.Column("updated_on", DAY),
        text("sources"),
        number("source_id"),
        sa.Column("note", sa.Text),
        key=("protocol_id",),
    )
    create(
        "unlock",
        text("ref"),
        number("token_id"),
        sa.Column("day", DAY, nullable=False),
        sa.Column("amount", QUANTITY, nullable=False),
        text("recipient"),
        flag("observed"),
        *said(),
        key=("ref",),
    )
    op.create_index("ix_unlock_of_token", "unlock", ["token_id", "day"])
    create(
        "value_layer",
        number("protocol_id"),
        word("kind"),
        text("stream"),
        *said(),
        key=("protocol_id", "kind", "stream"),
    )
    create("risk", number("subject_id"), word("kind"), text("topics"), number("source_id"), key=("subject_id", "kind"))


def create(table: str, *columns: sa.Column[object], key: tuple[str, ...]) -> None:
    """A versioned table."""
    op.create_table(
        table,
        *columns,
        sa.Column("valid_from", sa.Integer, nullable=False),
        sa.Column("valid_to", sa.Integer, server_default=sa.text("2147483647"), nullable=False),
        sa.CheckConstraint("valid_from < valid_to", name=f"ck_{table}_order"),
        sa.PrimaryKeyConstraint(*key, "valid_from", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_valid_from", table, ["valid_from"])
    op.create_index(f"ix_{table}_valid_to", table, ["valid_to"], postgresql_where=CLOSED, sqlite_where=CLOSED)


def said() -> tuple[sa.Column[object], ...]:
    """Who said it, where, and how far it can be relied on."""
    return word("confidence"), number("source_id"), sa.Column("source_url", sa.Text), sa.Column("note", sa.Text)


def text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text, nullable=False)


def number(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer, autoincrement=False, nullable=False)


def word(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.SmallInteger, autoincrement=False, nullable=False)


def flag(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Boolean, nullable=False)
