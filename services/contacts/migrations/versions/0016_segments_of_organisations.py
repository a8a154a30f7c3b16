"""Segments find persons or organisations."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("segments", sa.Column("of", sa.String(40), nullable=False, server_default="persons"))


def downgrade() -> None:
    op.drop_column("segments", "of")
