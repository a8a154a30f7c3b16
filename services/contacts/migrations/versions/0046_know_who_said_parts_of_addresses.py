"""Parts of an address that come from elsewhere than the rest of it (C12)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("value_sources", sa.Column("parts", JSONB))


def downgrade() -> None:
    op.drop_column("value_sources", "parts")
