"""Merges of organisations are not listened to any more: parked ones would never find their handler again."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "DELETE FROM parked"
        " WHERE handler IN ('courses.follow_merged_organisation', 'courses.follow_unmerged_organisation')"
    )


def downgrade() -> None:
    """Nobody could have handled them."""
