"""Persons: created and changed. They go in commands/erasures.py."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, outbox
from chassis.ids import new_id
from contracts.contacts import basics
from contracts.contacts.persons import (
    CreatePerson,
    Person,
    PersonDetails,
    PersonsChanged,
    PersonState,
    UpdatePerson,
)
from contracts.errors import FieldError, Invalid, NotFound
from services.contacts import models
from services.contacts.commands import details, history, masters, provenance, verifications
from services.contacts.commands.history import Author
from services.contacts.replies import person_of
from services.contacts.rules.names import clean
from services.contacts.rules.values import as_columns, person_keys

EMPTY_TEXTS = dict.fromkeys(("given_name", "family_name", "title"), "")
CLEARED = dict.fromkeys((*basics.CLEARABLE, "gender", "birth_date")) | EMPTY_TEXTS


def create(session: Session, request: CreatePerson, author: Author) -> Person:
    """A new person of the register."""
    person = add(session, new_id(), request, PersonState.ACTIVE, author)
    tell(session, person.id)
    return person_of(person)


def add(session: Session, person_id: UUID, given: PersonDetails, state: PersonState, author: Author) -> models.Person:
    """Store a person with what is given; raises Invalid without a name, Conflict when a number is taken."""
    if not (clean(given.given_name) or clean(given.family_name)):
        errors = [
            FieldError(pointer=pointer, code="name_missing", message="Give a given name or a family name.")
            for pointer in ("/given_name", "/family_name")
        ]
        raise Invalid("A person needs a given name or a family name.", errors=errors)
    stored = details.checked(session, "person", as_columns(given, include=set(PersonDetails.model_fields)))
    _refuse_unborn(stored, author)
    person = models.Person(
        id=person_id, state=state, banned_channels=[], version=1, created_at=author.at, updated_at=author.at, **stored
    )
    _set_keys(person)
    with details.unique_numbers():
        session.add(person)
        session.flush()
    history.record(session, person.id, author, {"state": (None, state.value)})
    provenance.begin(session, person.id, author, details.told(given))
    return person


def update_details(session: Session, request: UpdatePerson, author: Author) -> Person:
    """Change what is given; raises Stale when somebody else was faster."""
    person = locked(session, request.id)
    details.refuse_stale(person.version, request.version)
    wanted = as_columns(request, exclude_none=True, exclude={"id", "version", "clear"})
    wanted |= details.cleared(request.clear, CLEARED)
    stored = details.checked(session, "person", wanted, person.fields)
    _refuse_unborn(stored, author)
    masters.refuse_mastered(session, "person", person, stored, author)
    before = verifications.keys_before(session, person.id, stored)
    change(session, person, stored, author)
    verifications.tell_again(session, person.id, before, author)
    return person_of(person)


def _refuse_unborn(stored: dict[str, Any], author: Author) -> None:
    born = stored.get("birth_date")
    if born is not None and born > clock.local_date(author.at):
        raise Invalid.field("/birth_date", "in_the_future", "This day is in the future; check the year.")


def change(session: Session, person: models.Person, stored: dict[str, Any], author: Author) -> None:
    """Apply checked values to a locked person: row, keys, version, history, event. Nothing when nothing differs."""
    differences = history.assign(person, stored)
    if not differences:
        return
    if not (person.given_name or person.family_name):
        raise Invalid.field("/family_name", "name_missing", "A person needs a given name or a family name.")
    _set_keys(person)
    person.version += 1
    person.updated_at = author.at
    with details.unique_numbers():
        session.flush()
    history.record(session, person.id, author, differences)
    provenance.note(session, "person", person, author, differences)
    tell(session, person.id)


def _set_keys(person: models.Person) -> None:
    for name, value in person_keys(person).items():
        setattr(person, name, value)


def tell(session: Session, *person_ids: UUID) -> None:
    """Record that these persons were created or changed."""
    outbox.record(session, PersonsChanged(change_id=new_id(), person_ids=list(person_ids)))


def resolve(session: Session, person_id: UUID) -> UUID:
    """The id under which the person is known now; raises NotFound."""
    row = session.execute(
        select(models.Person.state, models.Person.linked_to).where(models.Person.id == person_id)
    ).first()
    if row is None or row.state is PersonState.ERASED:
        raise NotFound(f"There is no person {person_id}.", id=person_id)
    return row.linked_to or person_id


def locked(session: Session, person_id: UUID) -> models.Person:
    """The person, locked, after following a link; raises NotFound."""
    known_as = resolve(session, person_id)
    person = session.get(models.Person, known_as, with_for_update=True, populate_existing=True)
    if person is not None and person.state is PersonState.LINKED:
        return locked(session, known_as)  # merged while we waited for the row
    if person is None or person.state is PersonState.ERASED:
        raise NotFound(f"There is no person {person_id}.", id=person_id)
    return person
