"""The photo of a person: set, replaced, removed (C5). Its file is swept when nothing names it any more."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis import files, pictures
from contracts.contacts.persons import Person
from contracts.contacts.photos import PHOTO_SIDE, SetPhoto
from contracts.errors import Invalid
from services.contacts.commands import persons, stored_files
from services.contacts.commands.history import Author
from services.contacts.replies import person_of


def put(session: Session, request: SetPhoto, author: Author) -> Person:
    """Give the person this photo; raises NotFound, Invalid for a file that is no small square JPEG of ours."""
    key = stored_files.own(request.file_key, "/file_key")
    if not pictures.is_square(files.load(key), PHOTO_SIDE):
        raise Invalid.field("/file", "not_a_photo", f"This is no square JPEG of at most {PHOTO_SIDE} pixels.")
    return _changed(session, request.id, key, author)


def remove(session: Session, person_id: UUID, author: Author) -> Person:
    """Take the photo away; a person without one stays as it is. Raises NotFound."""
    return _changed(session, person_id, None, author)


def _changed(session: Session, person_id: UUID, key: str | None, author: Author) -> Person:
    person = persons.locked(session, person_id)
    persons.change(session, person, {"photo_key": key}, author)
    return person_of(person)
