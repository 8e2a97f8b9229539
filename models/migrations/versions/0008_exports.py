"""Exports that keys order, and their files."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
DAY = sa.Date().with_variant(sa.Integer(), "sqlite")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "export_job",
        sa.Column("export_job_id", SERIAL, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("variables", sa.Text, nullable=False),
        sa.Column("format", sa.SmallInteger, nullable=False),
        sa.Column("page", sa.SmallInteger, nullable=False),
        sa.Column("page_cost", sa.Integer, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("day", DAY),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("status", sa.SmallInteger, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT),
        sa.Column("finished_at", INSTANT),
        sa.Column("expires_at", INSTANT),
        sa.Column("claim", sa.Text),
        sa.Column("claimed_until", INSTANT),
        sa.Column("attempts", sa.SmallInteger, nullable=False),
        sa.Column("cursor", sa.Text),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("cost", sa.BigInteger, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("webhook_url", sa.Text),
        sa.Column("tell_at", INSTANT),
        sa.Column("tell_attempts", sa.SmallInteger, nullable=False),
        sa.PrimaryKeyConstraint("export_job_id", name="pk_export_job"),
    )
    op.create_index("ix_export_job_account", "export_job", ["account"])
    op.create_index("ix_export_job_status", "export_job", ["status"])
    op.create_table(
        "export_file",
        sa.Column("export_job_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("export_job_id", "number", name="pk_export_file"),
    )


def downgrade() -> None:
    op.drop_table("export_file")
    op.drop_table("export_job")
