"""Files of contacts that somebody asked for."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.contacts.exports import ExportFormat
from contracts.contacts.segments import SegmentKind
from services.contacts.models.base import Base


class Export(Base):
    """An export. `asked` is the request, `parts` the keys of the rows written so far, `file_key` the file when done."""

    __tablename__ = "exports"
    __table_args__ = (
        Index("ix_exports_kept_until", "kept_until", postgresql_where=text("file_key IS NOT NULL OR parts <> '[]'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[str]
    of: Mapped[SegmentKind]
    format: Mapped[ExportFormat]
    asked: Mapped[dict[str, Any]]
    parts: Mapped[list[str]]
    rows: Mapped[int] = mapped_column(Integer, server_default="0")
    file_key: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    kept_until: Mapped[datetime]
