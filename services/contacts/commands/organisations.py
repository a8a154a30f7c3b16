"""Organisations: created, changed, deleted; their hierarchy has no cycles (C4)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.orm import Session
from stdnum.fi import ytunnus

from chassis import redirects
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
ENDED = "affiliation.ends_on"
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
        organisation.parent_id = _check_parent(session, organisation.id, request.parent_id)
    _store(session, organisation)
    history.record(session, organisation.id, author, {"state": (None, "active")})
    provenance.begin(session, organisation.id, author, details.told(request))
    return organisation_of(organisation)


def update_details(session: Session, request: UpdateOrganisation, author: Author) -> Organisation:
    """Change what is given; raises Stale when somebody else was faster."""
    if request.parent_id:
        session.execute(TREE_LOCK)
    organisation = locked(session, request.id)
    details.refuse_stale(organisation.version, request.version)
    wanted = as_columns(request, exclude_none=True, exclude={"id", "version", "clear"})
    wanted |= details.cleared(request.clear, CLEARED)
    _check_business_id(request.business_id)
    if request.parent_id and request.parent_id != organisation.parent_id:
        wanted["parent_id"] = _check_parent(session, organisation.id, request.parent_id)
    stored = details.checked(session, "organisation", wanted, organisation.fields)
    masters.refuse_mastered(session, "organisation", organisation, stored, author)
    before = verifications.keys_before(session, organisation.id, stored)
    change(session, organisation, stored, author)
    verifications.tell_again(session, organisation.id, before, author)
    return organisation_of(organisation)


def change(session: Session, organisation: models.Organisation, stored: dict[str, Any], author: Author) -> None:
    """Apply checked values to a locked organisation: row, keys, version, history. Nothing when nothing differs."""
    differences = history.assign(organisation, stored)
    if not differences:
        return
    if "parent_id" in differences:
        organisation.merged_parent_id = None
    organisation.version += 1
    organisation.updated_at = author.at
    _store(session, organisation)
    history.record(session, organisation.id, author, differences)
    provenance.note(session, "organisation", organisation, author, differences)


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


def _check_parent(session: Session, organisation_id: UUID, parent_id: UUID) -> UUID:
    """The parent as it is known now; refuses one that does not exist or lies below.

    One at a time, so that two moves make no cycle.
    """
    session.execute(TREE_LOCK)
    parent = find(session, parent_id)
    if parent is None:
        raise Invalid.field("/parent_id", "no_such_organisation", f"There is no organisation {parent_id}.")
    if organisation_id in above(session, parent.id):
        message = "This organisation would lie above itself; choose another parent."
        raise Invalid.field("/parent_id", "cycle", message)
    return parent.id


def above(session: Session, organisation_id: UUID) -> set[UUID]:
    """The organisation and all above it."""
    return set(session.scalars(ANCESTORS, {"start": organisation_id}))


def find(session: Session, organisation_id: UUID) -> models.Organisation | None:
    """The organisation under the id it is known by now, unless it is deleted."""
    organisation = session.get(models.Organisation, redirects.known_as(session, organisation_id))
    return organisation if organisation and organisation.deleted_at is None else None


def resolve(session: Session, organisation_id: UUID) -> UUID:
    """The id under which the organisation is known now; raises NotFound."""
    row = session.execute(
        select(models.Organisation.deleted_at, models.Organisation.linked_to).where(
            models.Organisation.id == organisation_id
        )
    ).first()
    if row is None or (row.deleted_at is not None and row.linked_to is None):
        raise NotFound(f"There is no organisation {organisation_id}.", id=organisation_id)
    return row.linked_to or organisation_id


def locked(session: Session, organisation_id: UUID) -> models.Organisation:
    """The organisation, locked, after following a merge; raises NotFound."""
    known_as = resolve(session, organisation_id)
    organisation = session.get(models.Organisation, known_as, with_for_update=True, populate_existing=True)
    if organisation is not None and organisation.linked_to is not None:
        return locked(session, known_as)  # merged while we waited for the row
    if organisation is None or organisation.deleted_at is not None:
        raise NotFound(f"There is no organisation {organisation_id}.", id=organisation_id)
    return organisation


def delete(session: Session, request: DeleteContact, author: Author, today: date) -> None:
    """Take an organisation out of the register; its affiliations end today and stay in its persons' history (C14).

    Those that have not begun end before they begin: they never do.
    """
    session.execute(TREE_LOCK)
    organisation = locked(session, request.id)
    details.refuse_stale(organisation.version, request.version)
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
    _end_affiliations(session, organisation.id, author, today)
    history.record(session, organisation.id, author, {"state": ("active", "deleted")})


def _end_affiliations(session: Session, organisation_id: UUID, author: Author, today: date) -> None:
    rows = models.Affiliation
    still_open = or_(rows.ends_on.is_(None), rows.ends_on > today)
    found = select(rows).where(rows.organisation_id == organisation_id, still_open).with_for_update()
    _set_last_days(session, dict.fromkeys(session.scalars(found), today), author)


def _set_last_days(session: Session, last_days: Mapping[models.Affiliation, date | None], author: Author) -> None:
    """Give locked affiliations these last days; the histories of both sides tell of it."""
    told = []
    for each, ends_on in last_days.items():
        differences = {ENDED: (each.ends_on, ends_on)}
        told += [(each.id, side, differences) for side in (each.person_id, each.organisation_id)]
        each.ends_on = ends_on
        each.version += 1
    session.flush()
    history.record_of_affiliations(session, author, told)


def restore(session: Session, organisation_id: UUID, author: Author) -> Organisation:
    """Bring a deleted one back with the affiliations that ended by it; one that is there stays as it is.

    What was changed since then stays changed. Raises NotFound, and Conflict when another has its numbers by now, or
    when what it belonged to is deleted.
    """
    session.execute(TREE_LOCK)
    organisation = session.get(models.Organisation, organisation_id, with_for_update=True, populate_existing=True)
    if organisation is None or organisation.deleted_at is None or organisation.linked_to is not None:
        return organisation_of(locked(session, organisation_id))
    if organisation.parent_id and find(session, organisation.parent_id) is None:
        message = "The organisation it belonged to is deleted; restore that one first."
        raise Conflict(message, code="parent_deleted", parent_id=organisation.parent_id)
    _set_last_days(session, _ended_by_deletion(session, organisation), author)
    organisation.deleted_at, organisation.updated_at = None, author.at
    organisation.version += 1
    _store(session, organisation)
    history.record(session, organisation.id, author, {"state": ("deleted", "active")})
    return organisation_of(organisation)


def _ended_by_deletion(session: Session, organisation: models.Organisation) -> dict[models.Affiliation, date | None]:
    """Affiliations that still end as the deletion made them end, with their last days before."""
    rows, was = models.Affiliation, models.Change
    by_it = and_(was.subject_id == organisation.id, was.changed_at == organisation.deleted_at, was.field == ENDED)
    ended = (
        select(rows, was.old, was.new).join(was, was.affiliation_id == rows.id).where(by_it).with_for_update(of=rows)
    )
    found = session.execute(ended.execution_options(populate_existing=True))
    return {
        each: date.fromisoformat(old) if old else None
        for each, old, new in found
        if each.organisation_id == organisation.id and each.ends_on == date.fromisoformat(new)
    }
