"""Persons who came from the web: proposed, then accepted into the register or linked to a contact that exists (X3)."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from contracts.contacts.persons import PersonState
from contracts.contacts.proposals import PersonAccepted, PersonRef, ProposePerson
from contracts.errors import Conflict, NotFound
from services.contacts import mastership, models
from services.contacts.commands import persons, redirecting
from services.contacts.commands.history import Author, record

COMPLETED_BY_PROPOSAL = ("email", "phone", "birth_date", "addresses", "title")


def propose(session: Session, request: ProposePerson, author: Author) -> PersonRef:
    """Store a person under the caller's id, hidden from the register; proposing again changes nothing."""
    known = session.get(models.Person, request.id)
    if known is None:
        persons.add(session, request.id, request, PersonState.PROPOSED, author)
        return PersonRef(id=request.id)
    return PersonRef(id=known.linked_to or known.id)


def accept(session: Session, person_id: UUID, link_to: UUID | None, author: Author) -> PersonRef:
    """Take a proposed person into the register, or redirect its id to `link_to`. Records PersonAccepted each time.

    A person decided on before stays as decided. Raises NotFound, and Conflict when `link_to` cannot be linked to.
    """
    target = _active(session, link_to) if link_to and link_to != person_id else None
    person = session.get(models.Person, person_id, with_for_update=True)
    if person is None or person.state is PersonState.ERASED:
        raise NotFound(f"There is no person {person_id}.", id=person_id)
    if person.state is PersonState.PROPOSED:
        if target:
            _link(session, person, target, author)
        else:
            persons.change(session, person, {"state": PersonState.ACTIVE}, author)
    now_known_as = person.linked_to or person.id
    outbox.record(session, PersonAccepted(proposed_id=person_id, person_id=now_known_as))
    return PersonRef(id=now_known_as)


def _active(session: Session, link_to: UUID) -> models.Person:
    """The contact to link to, after following a link, locked."""
    try:
        target = persons.locked(session, link_to)
    except NotFound as error:
        raise Conflict(f"{error.message} Link to another one.", code="no_such_person") from None
    if target.state is not PersonState.ACTIVE:
        raise Conflict("This person is not in the register yet; accept it first.", code="not_accepted")
    return target


def _link(session: Session, person: models.Person, target: models.Person, author: Author) -> None:
    """Redirect one id to the other; what the register does not know yet is taken from the proposal."""
    record(session, person.id, author, {"state": ("proposed", "linked"), "linked_to": (None, str(target.id))})
    redirecting.lead(session, redirecting.PERSONS, person.id, target.id, author.at)
    missing = {
        name: getattr(person, name)
        for name in COMPLETED_BY_PROPOSAL
        if getattr(person, name) and not getattr(target, name)
    }
    held = mastership.mastership(session, "person").locked(target.customer_status, target.customer_number)
    persons.change(session, target, {name: value for name, value in missing.items() if name not in held}, author)


def accept_approved(session: Session, person_id: UUID, link_to: UUID | None, author: Author) -> None:
    """As `accept`, for an approved application: an erased person needs no acceptance; a missing one may still come."""
    state = session.scalar(select(models.Person.state).where(models.Person.id == person_id))
    if state is None:
        raise Conflict(f"The proposed person {person_id} has not arrived yet.")
    if state is not PersonState.ERASED:
        accept(session, person_id, link_to, author)
