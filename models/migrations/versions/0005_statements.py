"""Which claims rival a policy or a ledger entry, which bases are parts of a metric, and what followed an entry."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FOLLOWING = sa.text("origin_ref IS NOT NULL")


def upgrade() -> None:
    op.add_column("allocation_policy", sa.Column("topic", sa.Text))
    op.add_column("allocation_policy", sa.Column("base_partial", sa.Boolean, server_default=sa.false(), nullable=False))
    op.add_column("ledger_entry", sa.Column("topic", sa.Text))
    op.create_index(
        "ix_ledger_entry_origin_ref",
        "ledger_entry",
        ["origin_ref"],
        postgresql_where=FOLLOWING,
        sqlite_where=FOLLOWING,
    )


def downgrade() -> None:
    op.drop_index("ix_ledger_entry_origin_ref", "ledger_entry")
    op.drop_column("ledger_entry", "topic")
    op.drop_column("allocation_policy", "base_partial")
    op.drop_column("allocation_policy", "topic")
