"""What an erasure has done about texts about others. Those before are over."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE erasures ADD COLUMN IF NOT EXISTS searched integer NOT NULL DEFAULT 2")
    op.execute("ALTER TABLE erasures ALTER COLUMN searched SET DEFAULT 0")
    op.execute("ALTER TABLE erasures ADD COLUMN IF NOT EXISTS naming jsonb NOT NULL DEFAULT '[]'")


def downgrade() -> None:
    op.execute("ALTER TABLE erasures DROP COLUMN searched, DROP COLUMN naming")
