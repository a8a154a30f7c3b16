"""The history of a contact says which of its affiliations was changed (C11, C18)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("changes", sa.Column("affiliation_id", UUID(as_uuid=True), nullable=True))


def downgrade() -> None:
    op.drop_column("changes", "affiliation_id")
