"""Rows that lead an organisation are found by it, for an undoing that asks which imports name it as well."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_import_rows_leads", "import_rows", ["organisation_id"], postgresql_where=sa.text("leads"))


def downgrade() -> None:
    op.drop_index("ix_import_rows_leads", "import_rows")
