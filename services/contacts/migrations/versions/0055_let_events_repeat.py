"""Events that were made as one that repeats know their series."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calendar_events", sa.Column("series_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_calendar_events_series_id", "calendar_events", ["series_id", "begins_at"],
        postgresql_where=sa.text("series_id IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_calendar_events_series_id", "calendar_events")
    op.drop_column("calendar_events", "series_id")
