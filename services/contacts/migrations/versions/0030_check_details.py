"""By which personal links persons have checked their own details (C19)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from chassis import redirects

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "details_checks",
        sa.Column("link_id", UUID(as_uuid=True), nullable=False),
        sa.Column("person_id", UUID(as_uuid=True), nullable=False),
        sa.Column("mailing_id", UUID(as_uuid=True), nullable=False),
        sa.Column("corrected", sa.Boolean, nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("link_id", name="pk_details_checks"),
    )
    op.create_index("ix_details_checks_mailing_id", "details_checks", ["mailing_id"])
    redirects.follow(op.get_bind(), "details_checks", "person_id")


def downgrade() -> None:
    redirects.unfollow(op.get_bind(), "details_checks", "person_id")
    op.drop_table("details_checks")
