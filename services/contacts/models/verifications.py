"""What was said of the values by which contacts are reached (C19)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UUID as PgUuid  # noqa: N811
from sqlalchemy import Boolean, CheckConstraint, DateTime, Index, Integer, Text, column, table, text
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


class KeptPoint(Base):
    """What lists and segments look for of the view `contact_points`; triggers keep it, nothing else writes it."""

    __tablename__ = "kept_points"
    __table_args__ = (
        Index(
            "ix_kept_points_verified_at", "of", "kind", "verified_at", "contact_id", "place",
            postgresql_include=["problem"],
        ),
        Index(
            "ix_kept_points_problem", "of", "kind", "verified_at", "contact_id", "place",
            postgresql_include=["problem"], postgresql_where=text("problem IS NOT NULL"),
        ),
        Index(
            "ix_kept_points_problem_contact", "contact_id", "kind", "place",
            postgresql_include=["of", "problem"], postgresql_where=text("problem IS NOT NULL"),
        ),
    )  # fmt: skip

    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    of: Mapped[str]
    """`persons` or `organisations`."""
    kind: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    """In the list of further values or of addresses, from 1; 0 for the first e-mail address and phone number."""
    verified_at: Mapped[datetime]
    problem: Mapped[str | None]


def _at(name: str) -> Any:
    return column(name, DateTime(timezone=True))


CONTACT_POINTS = table(
    "contact_points",
    column("contact_id", PgUuid()),
    column("of", Text()),
    column("kind", Text()),
    column("place", Integer()),
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
"""A view of persons and organisations: a row for each value, with when it was verified and what is wrong with it.

It is asked for contacts whose ids are known; what looks among all of them asks `kept_points`.
"""
