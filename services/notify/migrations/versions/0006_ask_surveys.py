"""A mailing may ask its receivers to answer a survey (C16)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mailings", sa.Column("survey_id", UUID(as_uuid=True)))


def downgrade() -> None:
    op.drop_column("mailings", "survey_id")
