"""Label sheets know which rights it takes to know who is on them (N2, C10); NULL for those made before."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("label_sheets", sa.Column("rights", JSONB))


def downgrade() -> None:
    op.drop_column("label_sheets", "rights")
