"""Which message's link took an address off marketing, where it was that alone: its undoing may bring it back (N8)."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("suppressions", sa.Column("left_by_message_id", sa.Uuid))


def downgrade() -> None:
    op.drop_column("suppressions", "left_by_message_id")
