"""Organisations: created, changed, deleted; their hierarchy has no cycles (C4)."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.orm import Session
from stdnum.fi import ytunnus

from chassis.ids import new_id
from contracts.contacts import basics
from contracts.contacts.organisations import CreateOrganisation, Organisation, OrganisationDetails, UpdateOrganisation
from contracts.contacts.persons import DeleteContact
from contracts.errors import Conflict, Invalid, NotFound
from services.contacts import models
from services.contacts.commands import details, history, masters, provenance, verifications
from services.contacts.commands.history import Author
from services.contacts.replies import organisation_of
from services.contacts.rules.values import as_columns, organisation_keys

CLEARED = dict.fromkeys((*basics.CLEARABLE, "business_id", "parent_id"))
TREE_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('organisations.parent_id'))")
ANCESTORS = text(
    """WITH RECURSIVE above AS (
           SELECT id, parent_id FROM organisations WHERE id = :start
           UNION SELECT o.id, o.parent_id FROM organisations o JOIN above a ON o.id = a.parent_id)
       SELECT id FROM above"""
)


def create(session: Session, request: CreateOrganisation, author: Author) -> Organisation:
    """A new organisation; raises Conflict when its business id or customer number is taken."""
    wanted = as_columns(request, include=set(OrganisationDetails.model_fields))
    _check_business_id(request.business_id)
    stored = details.checked(session, "organisation", wanted)
    organisation = models.Organisation(id=new_id(), version=1, created_at=author.at, updated_at=author.at, **stored)
    if request.parent_id:
        _check_parent(session, organisation.id, request.parent_id)
    _store(session, organisation)
    history.record(session, organisation.id, author, {"state": (None, "active")})
    provenance.begin(session, organisation.id, author, details.told(request))
    return organisation_of(organisation)


def update_details(session: Session, request: UpdateOrganisation, author: Author) -> Organisation:
    """Change what is given; raises Stale when somebody else was faster."""
    organisation = locked(session, request.id)
    details.refuse_stale(organisation.version, request.version)
    wanted = as_columns(request, exclude_none=True, exclude={"id", "version", "clear"})
    wanted |= details.cleared(request.clear, CLEARED)
    _check_business_id(request.business_id)
    if request.parent_id and request.parent_id != organisation.parent_id:
        _check_parent(session, organisation.id, request.parent_id)
    stored = details.checked(session, "organisation", wanted, organisation.fields)
    masters.refuse_mastered(session, "organisation", organisation, stored, author)
    before = verifications.keys_of(session, organisation.id)
    differences = history.assign(organisation, stored)
    if differences:
        organisation.version += 1
        organisation.updated_at = author.at
        _store(session, organisation)
        history.record(session, organisation.id, author, differences)
        provenance.note(session, "organisation", organisation, author, differences)
        verifications.tell_again(session, organisation.id, before, author)
    return organisation_of(organisation)


def _store(session: Session, organisation: models.Organisation) -> None:
    for name, value in organisation_keys(organisation).items():
        setattr(organisation, name, value)
    with details.unique_numbers():
        session.add(organisation)
        session.flush()


def _check_business_id(business_id: str | None) -> None:
    if business_id and not ytunnus.is_valid(business_id):
        message = f"{business_id} is not a business id (Y-tunnus): its check digit is wrong."
        raise Invalid.field("/business_id", "bad_business_id", message)


def _check_parent(session: Session, organisation_id: UUID, parent_id: UUID) -> None:
    """Refuse a parent that does not exist or lies below; one at a time, so that two moves make no cycle."""
    session.execute(TREE_LOCK)
    above = set(session.scalars(ANCESTORS, {"start": parent_id}))
    if not above or find(session, parent_id) is None:
        raise Invalid.field("/parent_id", "no_such_organisation", f"There is no organisation {parent_id}.")
    if organisation_id in above:
        message = "This organisation would lie above itself; choose another parent."
        raise Invalid.field("/parent_id", "cycle", message)


def find(session: Session, organisation_id: UUID) -> models.Organisation | None:
    """The organisation, unless it is deleted."""
    organisation = session.get(models.Organisation, organisation_id)
    return organisation if organisation and organisation.deleted_at is None else None


def locked(session: Session, organisation_id: UUID) -> models.Organisation:
    """The organisation, locked; raises NotFound."""
    organisation = session.get(models.Organisation, organisation_id, with_for_update=True)
    if organisation is None or organisation.deleted_at is not None:
        raise NotFound(f"There is no organisation {organisation_id}.", id=organisation_id)
    return organisation


def delete(session: Session, request: DeleteContact, author: Author, today: date) -> None:
    """Take an organisation out of the register; its affiliations end today and stay in its persons' history (C14)."""
    organisation = locked(session, request.id)
    details.refuse_stale(organisation.version, request.version)
    session.execute(TREE_LOCK)
    children = session.scalar(
        select(func.count()).where(
            models.Organisation.parent_id == organisation.id, models.Organisation.deleted_at.is_(None)
        )
    )
    if children:
        raise Conflict(
            f"{children} organisations belong to this one; move or delete them first.", code="has_parts", count=children
        )
    organisation.deleted_at = organisation.updated_at = author.at
    organisation.version += 1
    rows = models.Affiliation
    still_open = or_(rows.ends_on.is_(None), rows.ends_on > today)
    begun = or_(rows.starts_on.is_(None), rows.starts_on <= today)
    session.execute(
        update(rows)
        .where(rows.organisation_id == organisation.id, still_open, begun)
        .values(ends_on=today, version=rows.version + 1)
    )
    history.record(session, organisation.id, author, {"state": ("active", "deleted")})
