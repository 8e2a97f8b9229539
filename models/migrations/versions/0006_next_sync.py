"""When the next sync is meant to run."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sync_run", sa.Column("next_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("sync_run", "next_at")
