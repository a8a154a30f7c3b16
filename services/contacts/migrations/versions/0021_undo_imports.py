"""Imports remember what they did, so that they can be undone (C11)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("changes", sa.Column("import_id", UUID(as_uuid=True), nullable=True))
    op.add_column("changes", sa.Column("origin", JSONB, nullable=True))
    op.create_index(
        "ix_changes_import_id", "changes", ["import_id", "subject_id"],
        postgresql_where=sa.text("import_id IS NOT NULL"),
    )  # fmt: skip
    op.add_column("imports", sa.Column("undo_job_id", sa.Text, nullable=False, server_default=""))
    op.add_column("imports", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("imports", sa.Column("undone", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")))
    op.add_column("import_rows", sa.Column("undone", sa.Text, nullable=False, server_default=""))
    op.add_column("import_rows", sa.Column("kept", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")))


def downgrade() -> None:
    for name in ("kept", "undone"):
        op.drop_column("import_rows", name)
    for name in ("undone", "undone_at", "undo_job_id"):
        op.drop_column("imports", name)
    op.drop_index("ix_changes_import_id", "changes")
    for name in ("origin", "import_id"):
        op.drop_column("changes", name)
