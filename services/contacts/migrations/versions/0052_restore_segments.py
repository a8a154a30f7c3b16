"""Segments that were taken away are kept for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("segments", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_segments_deleted_at", "segments", ["deleted_at"], postgresql_where=sa.text("deleted_at IS NOT NULL")
    )


def downgrade() -> None:
    op.execute("DELETE FROM segments WHERE deleted_at IS NOT NULL")
    op.drop_index("ix_segments_deleted_at", "segments")
    op.drop_column("segments", "deleted_at")
