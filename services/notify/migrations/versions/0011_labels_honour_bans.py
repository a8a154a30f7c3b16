"""Labels leave out persons who have banned post (C17)."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("label_sheets", sa.Column("banned", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("label_sheets", "banned")
