"""What imports confirmed without changing it, and where it came from before (C11, C12)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_confirmations",
        sa.Column("subject_id", UUID(as_uuid=True), nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("import_id", UUID(as_uuid=True), nullable=False),
        sa.Column("origin", JSONB),
        sa.PrimaryKeyConstraint("subject_id", "field", "import_id", name="pk_import_confirmations"),
    )
    op.create_index("ix_import_confirmations_import_id", "import_confirmations", ["import_id"])


def downgrade() -> None:
    op.drop_table("import_confirmations")
