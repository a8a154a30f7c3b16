"""Consents and bans."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis import redirects
from contracts.contacts.consents import ContactChannel
from services.contacts.models.base import Base


class Consent(Base):
    """What a person said about marketing on a channel; the newest row of a channel holds (C17)."""

    __tablename__ = "consents"
    __table_args__ = (
        Index("ix_consents_person_id", "person_id", "id"),
        redirects.index("consents", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    merged_person_id: Mapped[UUID | None]
    channel: Mapped[ContactChannel]
    allowed: Mapped[bool] = mapped_column(Boolean)
    evidence: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
