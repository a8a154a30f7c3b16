"""Messages follow persons that are merged; two of one mailing may come together by that."""

import sqlalchemy as sa
from alembic import op

from chassis import redirects

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ONE_OF_A_MAILING = "uq_messages_mailing_id_person_id"
OF_A_MAILING = "mailing_id IS NOT NULL"


def upgrade() -> None:
    redirects.follow(op.get_bind(), "messages", "person_id")
    _unique(f"{OF_A_MAILING} AND merged_person_id IS NULL")


def _unique(where: str) -> None:
    op.drop_index(ONE_OF_A_MAILING, "messages")
    op.create_index(
        ONE_OF_A_MAILING, "messages", ["mailing_id", "person_id"], unique=True, postgresql_where=sa.text(where)
    )


def downgrade() -> None:
    _unique(OF_A_MAILING)
    redirects.unfollow(op.get_bind(), "messages", "person_id")
