"""What was said of the values by which contacts are reached (C19)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UUID as PgUuid  # noqa: N811
from sqlalchemy import Boolean, CheckConstraint, DateTime, Index, Text, column, table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import redirects
from contracts.contacts.contact_points import Outcome, PointKind
from contracts.contacts.masters import ValueSource
from services.contacts.models.base import Base


class Verification(Base):
    """One word about one value of a contact: it is right, or mail to it came back. The latest `said_at` stands.

    `point` is the key of the value; a value that is changed has another, so that nothing said before holds for it.
    """

    __tablename__ = "verifications"
    __table_args__ = (
        Index("ix_verifications_contact_id", "contact_id", "point"),
        redirects.index("verifications", "contact_id"),
        CheckConstraint("outcome <> 'returned' OR kind = 'address'", name="letters_are_returned"),
        CheckConstraint("outcome <> 'bounced' OR kind <> 'address'", name="messages_bounce"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID]
    """A person or an organisation."""
    merged_contact_id: Mapped[UUID | None]
    kind: Mapped[PointKind]
    point: Mapped[str]
    outcome: Mapped[Outcome]
    said_at: Mapped[datetime]
    """When it was true."""
    reason: Mapped[str] = mapped_column(server_default="")
    source: Mapped[ValueSource]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class DetailsCheck(Base):
    """A personal link by which a person has checked the own details: it is used up."""

    __tablename__ = "details_checks"
    __table_args__ = (
        Index("ix_details_checks_mailing_id", "mailing_id"),
        redirects.index("details_checks", "person_id"),
    )

    link_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    merged_person_id: Mapped[UUID | None]
    mailing_id: Mapped[UUID]
    corrected: Mapped[bool] = mapped_column(Boolean)
    checked_at: Mapped[datetime]


class Bounce(Base):
    """A message that bounced, until it is known to which value it went."""

    __tablename__ = "bounces"
    __table_args__ = (redirects.index("bounces", "person_id"),)

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    merged_person_id: Mapped[UUID | None]
    bounced_at: Mapped[datetime]


def _at(name: str) -> Any:
    return column(name, DateTime(timezone=True))


CONTACT_POINTS = table(
    "contact_points",
    column("contact_id", PgUuid()),
    column("of", Text()),
    column("kind", Text()),
    column("use", Text()),
    column("value", Text()),
    column("entry", JSONB()),
    column("key", Text()),
    _at("verified_at"),
    column("verified_by", Text()),
    column("confirmed", Boolean()),
    column("problem", Text()),
    _at("problem_at"),
    column("problem_reason", Text()),
    column("verification_id", PgUuid()),
)
"""A view of persons and organisations: a row for each value, with when it was verified and what is wrong with it."""
