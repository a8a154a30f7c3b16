"""Saved filters."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import searching
from contracts.contacts.segments import SegmentKind
from services.contacts.models.base import Base


class Segment(Base):
    """A saved filter (C10). A deleted one is kept for a while, so that it can be restored."""

    __tablename__ = "segments"
    __table_args__ = (
        Index("ix_segments_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
        searching.index("segments", "name"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    of: Mapped[SegmentKind] = mapped_column(server_default=SegmentKind.PERSONS.value)
    filter: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    deleted_at: Mapped[datetime | None]
