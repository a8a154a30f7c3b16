"""Calendars, their events, and their secret addresses."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import searching
from contracts.contacts.calendars import CalendarLevel
from services.contacts.models.base import Base

NOT_DELETED = text("deleted_at IS NULL")
DELETED = text("deleted_at IS NOT NULL")
WORKS = text("revoked_at IS NULL")


class Calendar(Base):
    """A calendar; a private one belongs to the principal whose label is `owner`. A deleted one is kept for a while."""

    __tablename__ = "calendars"
    __table_args__ = (
        Index("ix_calendars_deleted_at", "deleted_at", postgresql_where=DELETED),
        CheckConstraint("(level = 'private') = (owner <> '')", name="private_has_owner"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[CalendarLevel]
    owner: Mapped[str] = mapped_column(server_default="")
    built_in: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    deleted_at: Mapped[datetime | None]


class CalendarEvent(Base):
    """An event of days or of times; `begins_at` and `over_at` bound it on the clock, whichever it is."""

    __tablename__ = "calendar_events"
    __table_args__ = (
        CheckConstraint("(starts_on IS NULL) <> (starts_at IS NULL)", name="days_or_times"),
        CheckConstraint("(starts_on IS NULL) = (ends_on IS NULL)", name="both_days"),
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="both_times"),
        CheckConstraint("over_at > begins_at", name="over_after_beginning"),
        Index("ix_calendar_events_calendar_id", "calendar_id", "begins_at", "id", postgresql_where=NOT_DELETED),
        Index("ix_calendar_events_deleted_at", "deleted_at", postgresql_where=DELETED),
        Index("ix_calendar_events_series_id", "series_id", "begins_at", postgresql_where=text("series_id IS NOT NULL")),
        searching.index("calendar_events", "title", "text", "place"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    calendar_id: Mapped[UUID] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"))
    title: Mapped[str]
    text: Mapped[str] = mapped_column(server_default="")
    place: Mapped[str] = mapped_column(server_default="")
    url: Mapped[str | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    begins_at: Mapped[datetime]
    over_at: Mapped[datetime]
    series_id: Mapped[UUID | None]
    """The same for all events that were made as one that repeats."""
    created_by: Mapped[str]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    deleted_at: Mapped[datetime | None]


class CalendarAddress(Base):
    """A secret address of a calendar for one holder (a principal's label). Only the secret's SHA-256 is kept."""

    __tablename__ = "calendar_addresses"
    __table_args__ = (Index("ix_calendar_addresses_calendar_id", "calendar_id", "holder", postgresql_where=WORKS),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    calendar_id: Mapped[UUID] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"))
    holder: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
