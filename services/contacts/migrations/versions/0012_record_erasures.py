"""The record of persons that were erased: why, who asked, and what was done here."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from chassis import tables

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tables.erasures.create(op.get_bind(), checkfirst=True)
    op.create_table(
        "person_erasures",
        sa.Column("person_id", UUID(as_uuid=True), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_person_erasures"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_person_erasures_person_id"),
    )
    op.create_index("ix_person_erasures_asked_at", "person_erasures", ["asked_at", "person_id"])


def downgrade() -> None:
    op.drop_table("person_erasures")
    tables.erasures.drop(op.get_bind(), checkfirst=True)
