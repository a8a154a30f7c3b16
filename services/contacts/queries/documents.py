"""Documents of a contact, the latest first; private ones for who brought them in alone (C15)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, or_, select, tuple_

from contracts.base import Page
from contracts.contacts.documents import Document, DocumentFile, ListDocuments
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries.belonging import same_person
from services.contacts.queries.pages import page_of, position

TABLE = models.Document.__table__
ROWS = TABLE.c


def get(connection: Any, document_id: UUID, me: str) -> Document:
    """One document; raises NotFound, also for another's private one. `me` is the caller's label."""
    return _reply(_row(connection, document_id, me), me)


def get_file(connection: Any, document_id: UUID, me: str) -> DocumentFile:
    """Where its file lies; raises NotFound."""
    return DocumentFile.model_validate(_row(connection, document_id, me), from_attributes=True)


def _row(connection: Any, document_id: UUID, me: str) -> Any:
    row = connection.execute(select(TABLE).where(ROWS.id == document_id, _visible(me))).first()
    if row is None:
        raise NotFound(f"There is no document {document_id}.", id=document_id)
    return row


def list_page(reader: Connection, request: ListDocuments, me: str) -> Page[Document]:
    """Documents, the latest date first."""
    conditions = [_visible(me), *_asked(request)]
    after = position(request.cursor, date.fromisoformat, UUID)
    if after:
        conditions.append(tuple_(ROWS.dated_on, ROWS.id) < tuple_(*after))
    query = select(TABLE).where(*conditions).order_by(ROWS.dated_on.desc(), ROWS.id.desc())
    rows = reader.execute(query.limit(request.limit + 1)).all()
    return page_of(rows, request.limit, lambda row: [row.dated_on, row.id], lambda row: _reply(row, me))


def _visible(me: str) -> ColumnElement[bool]:
    return ROWS.deleted_at.is_(None) & or_(~ROWS.private, ROWS.recorded_by == me)


def _asked(request: ListDocuments) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if request.person_id:
        conditions.append(ROWS.person_id.in_(same_person(request.person_id)))
    if request.organisation_id:
        conditions.append(ROWS.organisation_id == func.known_as(request.organisation_id))
    if request.type:
        conditions.append(ROWS.type == request.type)
    return conditions


def _reply(row: Any, me: str) -> Document:
    return Document(
        id=row.id,
        person_id=row.person_id,
        organisation_id=row.organisation_id,
        type=row.type,
        title=row.title,
        dated_on=row.dated_on,
        author=row.author,
        file_name=row.file_name,
        content_type=row.content_type,
        size=row.size,
        has_preview=row.preview_key is not None,
        private=row.private,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        own=row.recorded_by == me,
        version=row.version,
    )
