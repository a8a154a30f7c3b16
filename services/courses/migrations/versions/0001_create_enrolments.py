"""Courses, sessions with their seats, enrolments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from chassis.tables import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LIVE = sa.text("state IN ('held', 'waiting', 'offered', 'confirmed')")
DUE = sa.text("state IN ('held', 'offered')")
WITHOUT_TICKET = sa.text("state = 'confirmed' AND ticket_key IS NULL")


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def _text(name: str, *, default: str | None = None, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable, server_default=default)


def _choice(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(40), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _count(name: str, *, default: str | None = None, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=nullable, server_default=default)


def upgrade() -> None:
    create_chassis_tables(op.get_bind())
    op.create_table(
        "courses",
        _id("id"),
        _text("code"),
        sa.Column("name", JSONB, nullable=False),
        sa.Column("description", JSONB, nullable=False),
        _text("topic"),
        _count("version", default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_courses"),
        sa.UniqueConstraint("code", name="uq_courses_code"),
    )
    _create_sessions()
    _create_enrolments()


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        _id("id"),
        _id("course_id"),
        _time("starts_at"),
        _time("ends_at"),
        _text("place"),
        _text("city", default=""),
        _count("seats"),
        _count("seats_taken", default="0"),
        _count("waiting", default="0"),
        _count("waiting_counter", default="0"),
        _id("product_id"),
        _count("hold_minutes"),
        _count("offer_hours"),
        sa.Column("published", sa.Boolean, nullable=False),
        _count("version", default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_sessions_course_id"),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_sessions_ends_after_start")),
        sa.CheckConstraint("seats_taken BETWEEN 0 AND seats", name=op.f("ck_sessions_seats_taken")),
        sa.CheckConstraint("waiting BETWEEN 0 AND waiting_counter", name=op.f("ck_sessions_waiting")),
    )
    op.create_index("ix_sessions_course_id", "sessions", ["course_id"])
    op.create_index("ix_sessions_starts_at_id", "sessions", ["starts_at", "id"])


def _create_enrolments() -> None:
    op.create_table(
        "enrolments",
        _id("id"),
        _id("session_id"),
        _id("person_id"),
        _choice("state"),
        _choice("payment"),
        sa.Column("amount", sa.Numeric(12, 2)),
        _text("currency", default="EUR"),
        _id("quote_id", nullable=True),
        _id("order_id", nullable=True),
        _count("waiting_number", nullable=True),
        _time("expires_at", nullable=True),
        _text("note", default=""),
        _time("created_at"),
        _text("created_by"),
        _time("confirmed_at", nullable=True),
        _time("ended_at", nullable=True),
        _text("end_reason", default=""),
        sa.Column("refund_asked", sa.Boolean, nullable=False, server_default=sa.text("false")),
        _text("ticket_code", nullable=True),
        _text("ticket_key", nullable=True),
        _time("ticket_claimed_until", nullable=True),
        _time("checked_in_at", nullable=True),
        _text("checked_in_by", default=""),
        _count("version", default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_enrolments"),
        sa.UniqueConstraint("session_id", "waiting_number", name="uq_enrolments_session_id_waiting_number"),
        sa.UniqueConstraint("order_id", name="uq_enrolments_order_id"),
        sa.UniqueConstraint("ticket_code", name="uq_enrolments_ticket_code"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_enrolments_session_id"),
        sa.CheckConstraint(
            "state NOT IN ('waiting', 'offered') OR waiting_number IS NOT NULL",
            name=op.f("ck_enrolments_waiting_numbered"),
        ),
        sa.CheckConstraint("state <> 'offered' OR expires_at IS NOT NULL", name=op.f("ck_enrolments_offers_expire")),
        sa.CheckConstraint(
            "(state = 'confirmed') <= (ticket_code IS NOT NULL)", name=op.f("ck_enrolments_confirmed_with_ticket")
        ),
    )
    op.create_index("uq_enrolments_live", "enrolments", ["session_id", "person_id"], unique=True, postgresql_where=LIVE)
    op.create_index("ix_enrolments_session_id_id", "enrolments", ["session_id", "id"])
    op.create_index("ix_enrolments_person_id_id", "enrolments", ["person_id", "id"])
    op.create_index("ix_enrolments_due", "enrolments", ["expires_at"], postgresql_where=DUE)
    op.create_index("ix_enrolments_without_ticket", "enrolments", ["id"], postgresql_where=WITHOUT_TICKET)


def downgrade() -> None:
    for table in ("enrolments", "sessions", "courses"):
        op.drop_table(table)
    drop_chassis_tables(op.get_bind())
