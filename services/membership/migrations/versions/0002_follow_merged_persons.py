"""Rows follow persons that are merged; two memberships of one type may come together by that."""

import sqlalchemy as sa
from alembic import op

from chassis import redirects

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FOLLOWING = (
    ("applications", "person_id"), ("agreements", "person_id"), ("agreements", "payer_id"),
    ("memberships", "person_id"), ("memberships", "payer_id"),
)  # fmt: skip
ONE_OF_A_TYPE = "ex_memberships_one_of_a_type"


def upgrade() -> None:
    for table, column in FOLLOWING:
        redirects.follow(op.get_bind(), table, column)
    for table in ("agreements", "memberships"):
        op.create_index(f"ix_{table}_payer_id", table, ["payer_id"])
    _exclude(where=sa.text("merged_person_id IS NULL"))


def _exclude(where: "sa.TextClause | None") -> None:
    op.drop_constraint(ONE_OF_A_TYPE, "memberships")
    op.create_exclude_constraint(
        ONE_OF_A_TYPE,
        "memberships",
        (sa.literal_column("person_id"), "="),
        (sa.literal_column("membership_type_id"), "="),
        (sa.literal_column("daterange(joined_on, ended_on)"), "&&"),
        where=where,
    )


def downgrade() -> None:
    _exclude(where=None)
    for table in ("agreements", "memberships"):
        op.drop_index(f"ix_{table}_payer_id", table)
    for table, column in FOLLOWING:
        redirects.unfollow(op.get_bind(), table, column)
