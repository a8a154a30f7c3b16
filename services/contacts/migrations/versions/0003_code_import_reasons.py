"""Why a row was rejected is stored as a code with values, which each language has a sentence for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_rows", sa.Column("code", sa.Text, nullable=False, server_default=""))
    op.add_column("import_rows", sa.Column("params", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")))


def downgrade() -> None:
    op.drop_column("import_rows", "params")
    op.drop_column("import_rows", "code")
