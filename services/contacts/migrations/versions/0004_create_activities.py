"""What was done with contacts (A1, A2)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NOT_DELETED = sa.text("deleted_at IS NULL")
DELETED = sa.text("deleted_at IS NOT NULL")


def _id(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "activities",
        _id("id"),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        _time("happened_at"),
        _id("responsible_id", nullable=True),
        sa.Column("private", sa.Boolean, nullable=False, server_default=sa.text("false")),
        _time("recorded_at"),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        _time("deleted_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_activities"),
    )
    op.create_index("ix_activities_happened_at", "activities", ["happened_at", "id"], postgresql_where=NOT_DELETED)
    op.create_index(
        "ix_activities_responsible_id", "activities", ["responsible_id", "happened_at", "id"],
        postgresql_where=NOT_DELETED,
    )  # fmt: skip
    op.create_index("ix_activities_deleted_at", "activities", ["deleted_at"], postgresql_where=DELETED)
    _create_links()


def _create_links() -> None:
    table, owner = "activity_contacts", "activity_id"
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        _id("person_id", nullable=True),
        _id("organisation_id", nullable=True),
        _id(owner),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint([owner], ["activities.id"], name=f"fk_{table}_{owner}", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=f"fk_{table}_person_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=f"fk_{table}_organisation_id"),
        sa.CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name=op.f(f"ck_{table}_one_contact")),
    )
    op.create_index(f"uq_{table}_person", table, ["person_id", owner], unique=True)
    op.create_index(f"uq_{table}_organisation", table, ["organisation_id", owner], unique=True)
    op.create_index(f"ix_{table}_{owner}", table, [owner])


def downgrade() -> None:
    op.drop_table("activity_contacts")
    op.drop_table("activities")
