"""Exports of segments and lists to files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exports",
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("of", sa.String(40), nullable=False),
        sa.Column("format", sa.String(40), nullable=False),
        sa.Column("asked", JSONB, nullable=False),
        sa.Column("parts", JSONB, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False, server_default="0"),
        sa.Column("file_key", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exports"),
    )
    kept = sa.text("file_key IS NOT NULL OR parts <> '[]'")
    op.create_index("ix_exports_kept_until", "exports", ["kept_until"], postgresql_where=kept)


def downgrade() -> None:
    op.drop_table("exports")
