"""Messages to accounts of the office (A4)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("account_id", UUID(as_uuid=True), nullable=True))


def downgrade() -> None:
    op.drop_column("messages", "account_id")
