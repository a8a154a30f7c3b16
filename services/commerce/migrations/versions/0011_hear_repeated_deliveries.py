"""A batch that repeats what another says of a line is heard too, so that the other can be withdrawn (C12)."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is there has one time each that counts, as what is dated has.
    op.add_column("deliveries", sa.Column("dated", sa.Boolean, nullable=False, server_default=sa.true()))
    op.alter_column("deliveries", "dated", server_default=None)
    op.execute("UPDATE deliveries SET changed = '[]' WHERE corrected AND changed IS NULL")


def downgrade() -> None:
    op.execute("UPDATE deliveries SET changed = NULL WHERE changed = '[]'")
    op.drop_column("deliveries", "dated")
