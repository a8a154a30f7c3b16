"""Documents of contacts; their files lie in the object storage."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import redirects, searching
from contracts.contacts.documents import DocumentType
from services.contacts.models.base import Base

DELETED = text("deleted_at IS NOT NULL")


class Document(Base):
    """A file about one contact. A deleted one is kept for a while, so that it can be restored.

    `recorded_by` is a principal's label; a private document is seen by that principal alone.
    """

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name="one_contact"),
        Index("uq_documents_file_key", "file_key", unique=True),
        Index("ix_documents_preview_key", "preview_key", postgresql_where=text("preview_key IS NOT NULL")),
        Index("ix_documents_person_id", "person_id", "dated_on", "id"),
        Index("ix_documents_organisation_id", "organisation_id", "dated_on", "id"),
        Index("ix_documents_deleted_at", "deleted_at", postgresql_where=DELETED),
        searching.index("documents", "title", "file_name"),
        redirects.index("documents", "person_id"),
        redirects.index("documents", "organisation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    merged_person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    merged_organisation_id: Mapped[UUID | None]
    type: Mapped[DocumentType]
    title: Mapped[str]
    dated_on: Mapped[date]
    author: Mapped[str] = mapped_column(server_default="")
    private: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    file_key: Mapped[str]
    file_name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    preview_key: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    deleted_at: Mapped[datetime | None]
