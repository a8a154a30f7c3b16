"""What imports contested of what others say, so that an undoing takes it back (C11, C12)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_confirmations", sa.Column("contested", JSONB))


def downgrade() -> None:
    op.execute("DELETE FROM import_confirmations WHERE contested IS NOT NULL")
    op.drop_column("import_confirmations", "contested")
