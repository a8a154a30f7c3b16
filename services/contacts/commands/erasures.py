"""A person is erased: here at once, in the other services when they hear of it (C17)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox, personal_data
from contracts.contacts.erasures import ErasePerson, Erasure, PersonErased
from contracts.contacts.persons import PersonState
from services.contacts import models
from services.contacts.commands import details, history, mentions, persons
from services.contacts.commands.history import Author

SERVICE = "contacts"


def erase(session: Session, request: ErasePerson, author: Author) -> Erasure:
    """Empty the person's row, the rows of ids that lead to it, and what is said about it; tell all services.

    Memberships and invoices keep an id that names nobody. Raises NotFound, also when it was erased before; Stale.
    """
    person = persons.locked(session, request.id)
    details.refuse_stale(person.version, request.version)
    leading_here = select(models.Person.id).where(models.Person.linked_to == person.id).order_by(models.Person.id)
    ids = [person.id, *session.scalars(leading_here.with_for_update())]
    before = person.state.value
    mentions.keep_sought(session, person.id, ids)
    personal_data.erase(session, SERVICE, person.id, ids, author.at)
    history.record(session, person.id, author, {"state": (before, PersonState.ERASED.value)})
    made = models.PersonErasure(person_id=person.id, reason=request.reason, asked_at=author.at, asked_by=author.label)
    session.add(made)
    session.flush()
    persons.tell(session, *ids)
    outbox.record(session, PersonErased(person_id=person.id, person_ids=ids))
    return Erasure.model_validate(made, from_attributes=True)
