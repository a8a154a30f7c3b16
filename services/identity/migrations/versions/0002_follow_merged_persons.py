"""Accounts and links follow persons that are merged; two accounts may come together by that."""

import sqlalchemy as sa
from alembic import op

from chassis import redirects

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ONE_OF_A_PERSON = "uq_accounts_person_id"


def upgrade() -> None:
    for table in ("accounts", "links"):
        redirects.follow(op.get_bind(), table, "person_id")
    op.drop_constraint(ONE_OF_A_PERSON, "accounts")
    own = sa.text("merged_person_id IS NULL")
    op.create_index(ONE_OF_A_PERSON, "accounts", ["person_id"], unique=True, postgresql_where=own)
    op.create_index("ix_accounts_person_id", "accounts", ["person_id"])


def downgrade() -> None:
    op.drop_index("ix_accounts_person_id", "accounts")
    op.drop_index(ONE_OF_A_PERSON, "accounts")
    op.create_unique_constraint(ONE_OF_A_PERSON, "accounts", ["person_id"])
    for table in ("accounts", "links"):
        redirects.unfollow(op.get_bind(), table, "person_id")
