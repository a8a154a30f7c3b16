"""Persons that were erased, and whom services have still to look for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from contracts.contacts.erasures import ErasureReason
from services.contacts.models.base import Base


class PersonErasure(Base):
    """Why a person was erased, and who asked for it; what was done lies in each service's table `erasures`."""

    __tablename__ = "person_erasures"
    __table_args__ = (Index("ix_person_erasures_asked_at", "asked_at", "person_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    reason: Mapped[ErasureReason]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]


class Sought(Base):
    """How an erased person was named, sealed, until all services have looked for it in their texts about others."""

    __tablename__ = "sought"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
