"""Pairs of contacts that may be the same, and what the scan works with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.contacts.about import ContactKind
from contracts.contacts.duplicates import DuplicateState
from services.contacts.models.base import Base, of_kind

SCAN_JOB = "scan_duplicates"
"""The kind of the job that finds the pairs."""


class DuplicateCandidate(Base):
    """A pair, the smaller id first. `fingerprint` is that of both as they were when last compared or dismissed."""

    __tablename__ = "duplicate_candidates"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="ordered"),
        Index("uq_duplicate_candidates_pair", "first_id", "second_id", unique=True),
        Index("ix_duplicate_candidates_second_id", "second_id"),
        Index("ix_duplicate_candidates_open", "score", "id", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[ContactKind] = mapped_column(server_default=ContactKind.PERSON)
    first_id: Mapped[UUID]
    second_id: Mapped[UUID]
    first_person: Mapped[UUID | None] = of_kind("first_id", "person")
    second_person: Mapped[UUID | None] = of_kind("second_id", "person")
    first_organisation: Mapped[UUID | None] = of_kind("first_id", "organisation")
    second_organisation: Mapped[UUID | None] = of_kind("second_id", "organisation")
    score: Mapped[int] = mapped_column(SmallInteger)
    reasons: Mapped[list[str]]
    state: Mapped[DuplicateState]
    fingerprint: Mapped[str]
    found_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """When the last scan that found the pair began."""
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(server_default="")


class DuplicateKey(Base):
    """While a scan runs: what a contact has in common with its candidates, hashed.

    UNLOGGED: a crash of the database empties it, and the scan begins again.
    """

    __tablename__ = "duplicate_keys"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
