"""Persons confirm or correct the own details by a personal link, which is used up by it (C19)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.contacts.details_checks import ConfirmDetails, CorrectDetails
from contracts.contacts.persons import UpdatePerson
from contracts.errors import Gone
from services.contacts import models, points
from services.contacts.commands import persons, verifications
from services.contacts.commands.history import Author

CHECK = models.DetailsCheck


@dataclass(frozen=True)
class Link:
    """The personal link by which somebody comes: its id, its person, the mailing that brought it."""

    id: UUID
    person_id: UUID
    mailing_id: UUID


def refuse_used(session: Session, link: Link) -> None:
    """Raise Gone when the details were checked by this link already."""
    if session.scalar(select(CHECK.link_id).where(CHECK.link_id == link.id)) is not None:
        raise _used()


def _used() -> Gone:
    return Gone("By this link the details were checked already. Tell the office of further changes.", code="link_gone")


def confirm(session: Session, request: ConfirmDetails, link: Link, author: Author) -> None:
    """All that was shown is right. Raises Gone, NotFound."""
    _use(session, link, author, corrected=False)
    person = persons.locked(session, link.person_id)
    verifications.confirm_all(session, person.id, request.keys, author)


def correct(session: Session, request: CorrectDetails, link: Link, author: Author) -> None:
    """Change what is given, under the rules of every edit; all is right then. Raises Gone, NotFound, Stale, Invalid."""
    _use(session, link, author, corrected=True)
    given = {name: getattr(request, name) for name in request.model_fields_set}
    wanted = UpdatePerson(**{**given, "id": link.person_id, "clear": [each.value for each in request.clear]})
    person = persons.update_details(session, wanted, author)
    keys = [each.key for each in points.of_contact(session, person.id)]
    verifications.confirm_all(session, person.id, keys, author)


def _use(session: Session, link: Link, author: Author, *, corrected: bool) -> None:
    """Of two who hold the same link one statement decides."""
    values = {
        "link_id": link.id,
        "person_id": link.person_id,
        "mailing_id": link.mailing_id,
        "corrected": corrected,
        "checked_at": author.at,
    }
    new = insert(CHECK).values(values).on_conflict_do_nothing(index_elements=["link_id"]).returning(CHECK.link_id)
    if session.execute(new).first() is None:
        raise _used()
