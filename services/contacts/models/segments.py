"""Saved filters."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from chassis import searching
from contracts.contacts.segments import SegmentKind
from services.contacts.models.base import Base


class Segment(Base):
    """A saved filter (C10)."""

    __tablename__ = "segments"
    __table_args__ = (searching.index("segments", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    of: Mapped[SegmentKind] = mapped_column(server_default=SegmentKind.PERSONS.value)
    filter: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime]
    created_by: Mapped[str]
