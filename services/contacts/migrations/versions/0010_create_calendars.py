"""Calendars, their events, and their secret addresses (A6). Every suite has a public calendar and one of the office."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DELETED = sa.text("deleted_at IS NOT NULL")
NOT_DELETED = sa.text("deleted_at IS NULL")
BUILT_IN = (
    ("00188dd2-7f85-59f3-9e8d-21e12778216f", "public", "Julkinen kalenteri"),
    ("fbaa28f1-e725-5764-b322-1d2ac767ec17", "office", "Toimiston kalenteri"),
)


def _id(name: str) -> "sa.Column[object]":
    return sa.Column(name, UUID(as_uuid=True), nullable=False)


def _text(name: str, *, default: str | None = None, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Text, nullable=nullable, server_default=default)


def _at(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _version() -> "sa.Column[object]":
    return sa.Column("version", sa.Integer, nullable=False, server_default="1")


def upgrade() -> None:
    calendars = op.create_table(
        "calendars",
        _id("id"),
        _text("name"),
        sa.Column("level", sa.String(40), nullable=False),
        _text("owner", default=""),
        sa.Column("built_in", sa.Boolean, nullable=False),
        _at("created_at", nullable=False),
        _version(),
        _at("deleted_at"),
        sa.PrimaryKeyConstraint("id", name="pk_calendars"),
        sa.CheckConstraint("(level = 'private') = (owner <> '')", name=op.f("ck_calendars_private_has_owner")),
    )
    op.create_index("ix_calendars_deleted_at", "calendars", ["deleted_at"], postgresql_where=DELETED)
    made = {"built_in": True, "created_at": datetime.now(UTC)}
    op.bulk_insert(calendars, [{"id": id_, "level": level, "name": name, **made} for id_, level, name in BUILT_IN])
    _create_events()
    _create_addresses()


def _create_events() -> None:
    table = "calendar_events"
    op.create_table(
        table,
        _id("id"),
        _id("calendar_id"),
        _text("title"),
        _text("text", default=""),
        _text("place", default=""),
        _text("url", nullable=True),
        sa.Column("starts_on", sa.Date, nullable=True),
        sa.Column("ends_on", sa.Date, nullable=True),
        *(_at(name) for name in ("starts_at", "ends_at")),
        *(_at(name, nullable=False) for name in ("begins_at", "over_at")),
        _text("created_by"),
        _at("changed_at", nullable=False),
        _version(),
        _at("deleted_at"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendars.id"], name=f"fk_{table}_calendar_id", ondelete="CASCADE"),
        sa.CheckConstraint("(starts_on IS NULL) <> (starts_at IS NULL)", name=op.f(f"ck_{table}_days_or_times")),
        sa.CheckConstraint("(starts_on IS NULL) = (ends_on IS NULL)", name=op.f(f"ck_{table}_both_days")),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name=op.f(f"ck_{table}_both_times")),
        sa.CheckConstraint("over_at > begins_at", name=op.f(f"ck_{table}_over_after_beginning")),
    )
    op.create_index(f"ix_{table}_calendar_id", table, ["calendar_id", "begins_at", "id"], postgresql_where=NOT_DELETED)
    op.create_index(f"ix_{table}_deleted_at", table, ["deleted_at"], postgresql_where=DELETED)


def _create_addresses() -> None:
    table = "calendar_addresses"
    op.create_table(
        table,
        _id("id"),
        _id("calendar_id"),
        _text("holder"),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        _at("created_at", nullable=False),
        _at("revoked_at"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendars.id"], name=f"fk_{table}_calendar_id", ondelete="CASCADE"),
    )
    op.create_index(
        f"ix_{table}_calendar_id", table, ["calendar_id", "holder"], postgresql_where=sa.text("revoked_at IS NULL")
    )


def downgrade() -> None:
    for table in ("calendar_addresses", "calendar_events", "calendars"):
        op.drop_table(table)
