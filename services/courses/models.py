"""Tables of courses. `seats_taken` and `waiting` of a session change in the transaction of the enrolment they count."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis import redirects, searching
from chassis.tables import COLUMN_TYPES, new_metadata
from contracts.courses import EnrolmentState, PaymentMethod


class Base(DeclarativeBase):
    """Base of courses' mapped classes."""

    metadata = new_metadata()
    type_annotation_map = COLUMN_TYPES


class Course(Base):
    """What is taught."""

    __tablename__ = "courses"
    __table_args__ = (searching.index("courses", "name", "code", "topic", "description"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, Any]]
    description: Mapped[dict[str, Any]]
    topic: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class CourseSession(Base):
    """When and where a course is held, and how many seats are left. Its row lock is what seats queue for."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("seats_taken BETWEEN 0 AND seats", name="seats_taken"),
        CheckConstraint("waiting BETWEEN 0 AND waiting_counter", name="waiting"),
        Index("ix_sessions_starts_at_id", "starts_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str]
    city: Mapped[str] = mapped_column(server_default="")
    seats: Mapped[int] = mapped_column(Integer)
    seats_taken: Mapped[int] = mapped_column(Integer, server_default="0")
    waiting: Mapped[int] = mapped_column(Integer, server_default="0")
    """How many are in the waiting list."""
    waiting_counter: Mapped[int] = mapped_column(Integer, server_default="0")
    """The last waiting number given."""
    hold_minutes: Mapped[int] = mapped_column(Integer)
    offer_hours: Mapped[int] = mapped_column(Integer)
    published: Mapped[bool] = mapped_column(Boolean)
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class SessionItem(Base):
    """What a session sells. One taken out stays for who chose it, so that no enrolment waits for a change of items."""

    __tablename__ = "session_items"
    __table_args__ = (
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="both_times"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("position > 0 OR required OR removed", name="first_required"),
        Index("ix_session_items_session_id_position", "session_id", "position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"))
    position: Mapped[int] = mapped_column(Integer)
    product_id: Mapped[UUID]
    name: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    required: Mapped[bool] = mapped_column(Boolean)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    removed: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class Enrolment(Base):
    """Somebody's seat in a session, or place in its waiting list.

    Nobody enrols twice on a session; two enrolments may come together when two persons are merged.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        Index(
            "uq_enrolments_live", "session_id", "person_id", unique=True,
            postgresql_where=text(
                "state IN ('held', 'waiting', 'offered', 'confirmed') AND merged_person_id IS NULL"
            ),
        ),
        UniqueConstraint("session_id", "waiting_number"),
        CheckConstraint("state NOT IN ('waiting', 'offered') OR waiting_number IS NOT NULL", name="waiting_numbered"),
        CheckConstraint("state <> 'offered' OR expires_at IS NOT NULL", name="offers_expire"),
        CheckConstraint("(state = 'confirmed') <= (ticket_code IS NOT NULL)", name="confirmed_with_ticket"),
        Index("ix_enrolments_session_id_id", "session_id", "id"),
        Index("ix_enrolments_person_id_id", "person_id", "id"),
        redirects.index("enrolments", "person_id"),
        Index("ix_enrolments_due", "expires_at", postgresql_where=text("state IN ('held', 'offered')")),
        Index(
            "ix_enrolments_without_ticket", "id",
            postgresql_where=text("state = 'confirmed' AND ticket_key IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"))
    person_id: Mapped[UUID]
    merged_person_id: Mapped[UUID | None]
    state: Mapped[EnrolmentState]
    payment: Mapped[PaymentMethod]
    amount: Mapped[Decimal | None]
    currency: Mapped[str] = mapped_column(server_default="EUR")
    quote_id: Mapped[UUID | None]
    order_id: Mapped[UUID | None] = mapped_column(unique=True)
    waiting_number: Mapped[int | None] = mapped_column(Integer)
    expires_at: Mapped[datetime | None]
    """When a held seat or an offer goes to the next."""
    note: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(server_default="")
    refund_asked: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    ticket_code: Mapped[str | None] = mapped_column(unique=True)
    ticket_key: Mapped[str | None]
    ticket_claimed_until: Mapped[datetime | None]
    """A worker renders the ticket until then; after that another may."""
    checked_in_at: Mapped[datetime | None]
    checked_in_by: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class EnrolmentItem(Base):
    """An item that an enrolment has chosen."""

    __tablename__ = "enrolment_items"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("session_items.id"), primary_key=True, index=True)
