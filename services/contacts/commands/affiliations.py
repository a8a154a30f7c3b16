"""Affiliations: a person in an organisation, from a day to a day (C3, C14)."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.contacts.affiliations import (
    Affiliation,
    AffiliationDetails,
    CreateAffiliation,
    EndAffiliation,
    UpdateAffiliation,
)
from contracts.errors import Invalid, NotFound
from services.contacts import models
from services.contacts.commands import details, history, organisations, persons, provenance, verifications
from services.contacts.commands.history import Author
from services.contacts.replies import affiliation_of

CLEARED = {"title": "", "role": "", "email": None, "phone": None, "starts_on": None, "ends_on": None}

DATES = ("starts_on", "ends_on")


def create(session: Session, request: CreateAffiliation, author: Author) -> Affiliation:
    """A new affiliation; raises Invalid when a side does not exist or it ends before it starts."""
    person = _person(session, request)
    organisation = organisations.find(session, request.organisation_id)
    if organisation is None:
        message = f"There is no organisation {request.organisation_id}."
        raise Invalid.field("/organisation_id", "no_such_organisation", message)
    _check_dates(request)
    wanted = request.model_dump(mode="python", include=set(AffiliationDetails.model_fields), exclude={"person_id"})
    stored = details.checked(session, "affiliation", wanted)
    sides = {"person_id": person.id, "organisation_id": organisation.id}
    row = models.Affiliation(id=new_id(), version=1, **(stored | sides))
    reached = verifications.keys_before(session, person.id, (name for name, value in stored.items() if value))
    session.add(row)
    session.flush()
    provenance.begin(session, row.id, author)
    verifications.tell_again(session, person.id, reached, author)
    _record(session, row, author, "affiliation.started")
    persons.tell(session, person.id)
    return affiliation_of(row, f"{person.given_name} {person.family_name}".strip(), organisation.name)


def _person(session: Session, request: CreateAffiliation) -> models.Person:
    try:
        return persons.locked(session, request.person_id)
    except NotFound as error:
        raise Invalid.field("/person_id", "no_such_person", error.message) from None


def _check_dates(request: AffiliationDetails | models.Affiliation) -> None:
    if request.starts_on and request.ends_on and request.ends_on < request.starts_on:
        raise Invalid.field("/ends_on", "ends_before_start", "The last day lies before the first.")


def update_details(session: Session, request: UpdateAffiliation, author: Author) -> Affiliation:
    """Change what is given, with the history of both sides; raises NotFound, Stale."""
    row = _locked(session, request.id)
    details.refuse_stale(row.version, request.version)
    wanted = request.model_dump(mode="python", exclude_none=True, exclude={"id", "version", "clear"})
    wanted |= details.cleared(request.clear, CLEARED)
    reached = verifications.keys_before(session, row.person_id, wanted)
    differences = history.assign(row, details.checked(session, "affiliation", wanted, row.fields))
    if not differences.keys().isdisjoint(DATES):
        _check_dates(row)
    if differences:
        row.version += 1
        session.flush()
        provenance.note_affiliation(session, row.id, author, differences)
        verifications.tell_again(session, row.person_id, reached, author)
        told = {f"affiliation.{name}": values for name, values in differences.items()}
        sides = (row.person_id, row.organisation_id)
        history.record_of_affiliations(session, author, [(row.id, side, told) for side in sides])
        persons.tell(session, row.person_id)
    return _reply(session, row)


def _locked(session: Session, affiliation_id: UUID) -> models.Affiliation:
    row = session.get(models.Affiliation, affiliation_id, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no affiliation {affiliation_id}.", id=affiliation_id)
    return row


def end(session: Session, request: EndAffiliation, author: Author) -> Affiliation:
    """Set the last day; setting it again moves it."""
    row = _locked(session, request.id)
    if row.starts_on and request.ends_on < row.starts_on:
        raise Invalid.field("/ends_on", "ends_before_start", f"It began on {row.starts_on}; it cannot end earlier.")
    if row.ends_on != request.ends_on:
        before, row.ends_on = row.ends_on, request.ends_on
        row.version += 1
        session.flush()
        provenance.note_affiliation(session, row.id, author, {"ends_on": (before, row.ends_on)})
        _record(session, row, author, "affiliation.ended")
        persons.tell(session, row.person_id)
    return _reply(session, row)


def _reply(session: Session, row: models.Affiliation) -> Affiliation:
    person = session.get_one(models.Person, row.person_id)
    organisation = session.get_one(models.Organisation, row.organisation_id)
    return affiliation_of(row, f"{person.given_name} {person.family_name}".strip(), organisation.name)


def _record(session: Session, row: models.Affiliation, author: Author, field: str) -> None:
    """The history of both sides tells of it."""
    what = {"person_id": str(row.person_id), "organisation_id": str(row.organisation_id), "title": row.title}
    if row.ends_on:
        what["ends_on"] = str(row.ends_on)
    for subject_id in (row.person_id, row.organisation_id):
        history.record(session, subject_id, author, {field: (None, what)})
