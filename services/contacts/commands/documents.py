"""Documents of contacts: brought in, renamed, taken away and brought back (C15)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import files, native
from chassis.ids import new_id
from contracts.contacts.documents import AddDocument, DeleteDocument, UpdateDocument
from contracts.errors import Conflict, Invalid, NotAllowed
from services.contacts import models
from services.contacts.commands import contact_links, deletions, details, history, stored_files
from services.contacts.commands.history import Author
from services.contacts.rules.file_types import FileType, type_of

CHANGED = {"type", "title", "dated_on", "author", "private"}


def add(session: Session, request: AddDocument, today: date, author: Author) -> UUID:
    """A stored file becomes a document; raises Invalid for files that are not taken and unknown contacts."""
    kind, size = _content(request.file_key)
    _refuse_used(session, request.file_key)
    persons, organisations = _whose(session, request)
    name = kind.named(request.file_name)
    document = models.Document(
        id=new_id(),
        person_id=next(iter(persons), None),
        organisation_id=next(iter(organisations), None),
        type=request.type,
        title=request.title or name,
        dated_on=request.dated_on or today,
        author=request.author,
        private=request.private,
        file_key=request.file_key,
        file_name=name,
        content_type=kind.content_type,
        size=size,
        preview_key=stored_files.own(request.preview_key, "/preview_key") if request.preview_key else None,
        recorded_at=author.at,
        recorded_by=author.label,
        version=1,
    )
    session.add(document)
    session.flush()
    return document.id


def _refuse_used(session: Session, key: str) -> None:
    if session.scalar(select(models.Document.id).where(models.Document.file_key == key)) is not None:
        raise Conflict("This file is a document already.", code="file_used")


def _content(key: str) -> tuple[FileType, int]:
    """What the stored file is, and how many bytes it has."""
    content = files.load(stored_files.own(key, "/file_key"))
    kind = native.run(type_of, content)
    if kind is None:
        message = "This kind of file is not taken: send PDF, a picture, an office document without macros, or text."
        raise Invalid.field("/file", "file_type_not_taken", message)
    return kind, len(content)


def _whose(session: Session, request: AddDocument) -> tuple[list[UUID], list[UUID]]:
    """The one contact, as a person or as an organisation."""
    if (request.person_id is None) == (request.organisation_id is None):
        message = "A document belongs to one person or to one organisation; give one of the two."
        raise Invalid.field("/person_id", "side_missing", message)
    if request.person_id is not None:
        return contact_links.known_persons(session, [("/person_id", request.person_id)]), []
    assert request.organisation_id is not None
    return [], contact_links.known_organisations(session, [("/organisation_id", request.organisation_id)])


def change(session: Session, request: UpdateDocument, author: Author) -> UUID:
    """Change what is given; raises NotFound, Stale, and NotAllowed for making another's document private."""
    document = deletions.locked(session, models.Document, request.id, author=author)
    details.refuse_stale(document.version, request.version)
    if request.private not in (None, document.private) and document.recorded_by != author.label:
        raise NotAllowed("Only who recorded it can make it private or public.", code="not_the_author")
    if history.assign(document, request.model_dump(exclude_none=True, include=CHANGED)):
        document.version += 1
        session.flush()
    return document.id


def delete(session: Session, request: DeleteDocument, author: Author) -> None:
    """Take it away; raises NotFound and Stale."""
    document = deletions.locked(session, models.Document, request.id, author=author)
    details.refuse_stale(document.version, request.version)
    deletions.take_away(document, author)


def restore(session: Session, document_id: UUID, author: Author) -> UUID:
    """Bring a deleted one back; one that is there stays as it is. Raises NotFound when it is gone for good."""
    document = deletions.locked(session, models.Document, document_id, deleted=True, author=author)
    deletions.bring_back(session, document)
    return document.id


def forget_deleted(session: Session, now: datetime, limit: int) -> int:
    """Remove what was taken away long ago, at most `limit`; how many. Their files are swept after them."""
    return deletions.forget(session, models.Document, now, limit)
