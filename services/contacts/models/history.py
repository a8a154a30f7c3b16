"""Who changed what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.contacts.models.base import Base


class Change(Base):
    """One changed field of one contact (C18)."""

    __tablename__ = "changes"
    __table_args__ = (
        Index("ix_changes_subject_id", "subject_id", "id"),
        Index("ix_changes_import_id", "import_id", "subject_id", postgresql_where=text("import_id IS NOT NULL")),
        Index("ix_changes_affiliation_id", "affiliation_id", postgresql_where=text("affiliation_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    subject_id: Mapped[UUID]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
    channel: Mapped[str]
    field: Mapped[str]
    old: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    new: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    import_id: Mapped[UUID | None]
    """The import that changed it, and, for its undoing, where the old value came from."""
    origin: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    affiliation_id: Mapped[UUID | None]
    """Which affiliation of the contact `affiliation.…` tells of."""
