"""Issues that the checks of a publish open and close."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
DAY = sa.Date().with_variant(sa.Integer(), "sqlite")
CLOSED = sa.text("valid_to < 2147483647")
NEWEST = sa.text("valid_to = 2147483647")


def upgrade() -> None:
    op.create_table(
        "quality_issue",
        sa.Column("issue_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("kind", sa.SmallInteger, nullable=False),
        sa.Column("subject_id", sa.Integer, nullable=False),
        sa.Column("metric", sa.SmallInteger),
        sa.Column("scope", sa.Integer, nullable=False),
        sa.Column("first_day", DAY),
        sa.Column("last_day", DAY),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("resolved_at", INSTANT),
        sa.Column("valid_from", sa.Integer, nullable=False),
        sa.Column("valid_to", sa.Integer, server_default=sa.text("2147483647"), nullable=False),
        sa.CheckConstraint("valid_from < valid_to", name="ck_quality_issue_order"),
        sa.PrimaryKeyConstraint("issue_id", "valid_from", name="pk_quality_issue"),
    )
    op.create_index("ix_quality_issue_valid_from", "quality_issue", ["valid_from"])
    op.create_index(
        "ix_quality_issue_valid_to", "quality_issue", ["valid_to"], postgresql_where=CLOSED, sqlite_where=CLOSED
    )
    op.create_index(
        "ix_quality_issue_ref",
        "quality_issue",
        ["ref"],
        unique=True,
        postgresql_where=NEWEST,
        sqlite_where=NEWEST,
    )
    op.create_index("ix_quality_issue_subject_id", "quality_issue", ["subject_id"])


def downgrade() -> None:
    op.drop_table("quality_issue")
