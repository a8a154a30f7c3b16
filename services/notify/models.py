"""Tables of notify."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis import redirects, searching
from chassis.tables import COLUMN_TYPES, new_metadata
from contracts.notify import Channel, LabelFormat, MailingState, MessageState

OPEN = (MessageState.CREATED, MessageState.SENDING, MessageState.TEMPORARY_FAILURE)


class Base(DeclarativeBase):
    """Base of notify's mapped classes."""

    metadata = new_metadata()
    type_annotation_map = COLUMN_TYPES


class Message(Base):
    """One message to one person.

    A repeat of the same cause queues nothing: `key` is unique, and so are mailing and person of a mailing's messages,
    which have no key. The text of a mailing's message is not stored: mailing and person make it again.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index(
            "ix_messages_due",
            "mailing_id",
            "next_at",
            postgresql_where=text("state IN ('created', 'sending', 'temporary-failure')"),
        ),
        Index("ix_messages_person_id", "person_id", "id"),
        searching.index("messages", "subject"),
        redirects.index("messages", "person_id"),
        Index(
            "uq_messages_mailing_id_person_id",
            "mailing_id",
            "person_id",
            unique=True,
            postgresql_where=text("mailing_id IS NOT NULL AND merged_person_id IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(unique=True)
    channel: Mapped[Channel]
    template: Mapped[str]
    person_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    """Set instead of a person when it goes to somebody of the office."""
    merged_person_id: Mapped[UUID | None]
    about_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    mailing_id: Mapped[UUID | None] = mapped_column(ForeignKey("mailings.id"))
    state: Mapped[MessageState] = mapped_column(default=MessageState.CREATED)
    subject: Mapped[str] = mapped_column(server_default="")
    body: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str] = mapped_column(server_default="")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    next_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(server_default="")
    provider_id: Mapped[str | None]


class Mailing(Base):
    """A personalised e-mail to a segment, frozen when launched."""

    __tablename__ = "mailings"
    __table_args__ = (
        searching.index("mailings", "name", "subject"),
        CheckConstraint("survey_id IS NULL OR NOT check_details", name="one_link"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    segment_id: Mapped[UUID]
    subject: Mapped[str]
    body: Mapped[str]
    survey_id: Mapped[UUID | None]
    check_details: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    marketing: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[MailingState] = mapped_column(default=MailingState.DRAFT)
    job_id: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class LabelSheet(Base):
    """A sheet of address labels for a segment."""

    __tablename__ = "label_sheets"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    segment_id: Mapped[UUID]
    format: Mapped[LabelFormat]
    start_at: Mapped[int] = mapped_column(Integer)
    job_id: Mapped[str]
    labels: Mapped[int] = mapped_column(Integer, server_default="0")
    without_address: Mapped[int] = mapped_column(Integer, server_default="0")
    returned: Mapped[int] = mapped_column(Integer, server_default="0")
    banned: Mapped[int] = mapped_column(Integer, server_default="0")
    file_key: Mapped[str | None]
    rights: Mapped[list[str] | None]
    """Which it takes, besides to read contacts, to know who is on it, as its segment told that; None before 0014."""
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class Suppression(Base):
    """An address that is never used again. E-mail addresses are kept in lower case."""

    __tablename__ = "suppressions"
    __table_args__ = (
        Index("uq_suppressions_channel_address", "channel", "address", unique=True),
        CheckConstraint("address <> ''", name="address_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[Channel]
    address: Mapped[str]
    reason: Mapped[str]
    unsubscribed: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    """Somebody has left marketing, whatever else happened to the address."""
    left_by_message_id: Mapped[UUID | None]
    """The message whose link alone says so: using its undo brings the address back."""
    created_at: Mapped[datetime]
