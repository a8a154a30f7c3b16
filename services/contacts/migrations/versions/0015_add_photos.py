"""Photos of persons (C5)."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("persons", sa.Column("photo_key", sa.Text))
    op.create_index("ix_persons_photo_key", "persons", ["photo_key"], postgresql_where=sa.text("photo_key IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_persons_photo_key", "persons")
    op.drop_column("persons", "photo_key")
