"""Enrolments follow persons that are merged; two on one session may come together by that."""

import sqlalchemy as sa
from alembic import op

from chassis import redirects

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LIVE = "state IN ('held', 'waiting', 'offered', 'confirmed')"


def upgrade() -> None:
    redirects.follow(op.get_bind(), "enrolments", "person_id")
    _unique(f"{LIVE} AND merged_person_id IS NULL")


def _unique(where: str) -> None:
    op.drop_index("uq_enrolments_live", "enrolments")
    op.create_index(
        "uq_enrolments_live", "enrolments", ["session_id", "person_id"], unique=True, postgresql_where=sa.text(where)
    )


def downgrade() -> None:
    _unique(LIVE)
    redirects.unfollow(op.get_bind(), "enrolments", "person_id")
