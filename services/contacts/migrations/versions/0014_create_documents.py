"""Documents of persons and organisations (C15)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from chassis import redirects

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLE = "documents"
DELETED = sa.text("deleted_at IS NOT NULL")


def _id(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def _text(name: str, *, default: str | None = None, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Text, nullable=nullable, server_default=default)


def _at(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        TABLE,
        _id("id", nullable=False),
        _id("person_id"),
        _id("organisation_id"),
        sa.Column("type", sa.String(40), nullable=False),
        _text("title"),
        sa.Column("dated_on", sa.Date, nullable=False),
        _text("author", default=""),
        sa.Column("private", sa.Boolean, nullable=False, server_default=sa.text("false")),
        *(_text(name) for name in ("file_key", "file_name", "content_type")),
        sa.Column("size", sa.BigInteger, nullable=False),
        _text("preview_key", nullable=True),
        _at("recorded_at"),
        _text("recorded_by"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        _at("deleted_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=f"fk_{TABLE}_person_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=f"fk_{TABLE}_organisation_id"),
        sa.CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name=op.f(f"ck_{TABLE}_one_contact")),
    )
    op.create_index(f"uq_{TABLE}_file_key", TABLE, ["file_key"], unique=True)
    has_preview = sa.text("preview_key IS NOT NULL")
    op.create_index(f"ix_{TABLE}_preview_key", TABLE, ["preview_key"], postgresql_where=has_preview)
    op.create_index(f"ix_{TABLE}_person_id", TABLE, ["person_id", "dated_on", "id"])
    op.create_index(f"ix_{TABLE}_organisation_id", TABLE, ["organisation_id", "dated_on", "id"])
    op.create_index(f"ix_{TABLE}_deleted_at", TABLE, ["deleted_at"], postgresql_where=DELETED)
    redirects.follow(op.get_bind(), TABLE, "person_id")


def downgrade() -> None:
    redirects.unfollow(op.get_bind(), TABLE, "person_id")
    op.drop_table(TABLE)
