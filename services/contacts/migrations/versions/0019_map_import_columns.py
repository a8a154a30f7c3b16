"""What the columns of files mean (C11)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("preview", sa.Boolean, nullable=False, server_default=sa.text("false")))
    op.add_column("imports", sa.Column("columns", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")))
    op.add_column("imports", sa.Column("mapping", JSONB, nullable=True))
    op.add_column("imports", sa.Column("by_heading", sa.Boolean, nullable=False, server_default=sa.text("true")))
    op.create_table(
        "import_mappings",
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("profile", sa.String(40), nullable=False),
        sa.Column("columns", JSONB, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_mappings"),
        sa.UniqueConstraint("profile", "name", name="uq_import_mappings_profile"),
    )


def downgrade() -> None:
    op.drop_table("import_mappings")
    for name in ("by_heading", "mapping", "columns", "preview"):
        op.drop_column("imports", name)
