"""Rows of imports say which of their values a master keeps (C12)."""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE import_rows ADD COLUMN remarks jsonb NOT NULL DEFAULT '[]'")


def downgrade() -> None:
    op.execute("ALTER TABLE import_rows DROP COLUMN remarks")
