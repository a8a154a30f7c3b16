"""Pairs of persons that may be the same, and what the scan works with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.contacts.duplicates import DuplicateState
from services.contacts.models.base import Base

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
    first_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    second_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
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
    """While a scan runs: what a person has in common with its candidates, hashed.

    UNLOGGED: a crash of the database empties it, and the scan begins again.
    """

    __tablename__ = "duplicate_keys"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
