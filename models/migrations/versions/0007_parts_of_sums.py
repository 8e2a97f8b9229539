"""How many protocols a rolled-up sum is made of; 0 in the rollups of before, which did not count them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rollup", sa.Column("parts", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("rollup", "parts")
