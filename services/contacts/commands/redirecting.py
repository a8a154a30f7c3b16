"""Where the id of a contact leads: to another one, by a link or a merge, or nowhere else (C1, C13).

Affiliations and the like follow in the same transaction, what other services have follows by event.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from chassis import outbox, redirects
from contracts.base import Event
from contracts.contacts.merges import OrganisationMerged, OrganisationUnmerged, PersonMerged, PersonUnmerged
from contracts.contacts.persons import PersonState
from services.contacts import models

SERVICE = "contacts"


@dataclass(frozen=True)
class Leading:
    """How ids of one kind of contact lead: what the row says while it does, and what is told of it."""

    model: Any
    linked: Callable[[datetime], dict[str, Any]]
    merged: type[PersonMerged | OrganisationMerged]
    unmerged: Callable[[UUID, int], Event]


PERSONS = Leading(
    models.Person,
    lambda _at: {"state": PersonState.LINKED},
    PersonMerged,
    lambda person_id, version: PersonUnmerged(person_id=person_id, version=version),
)
ORGANISATIONS = Leading(
    models.Organisation,
    lambda at: {"deleted_at": func.coalesce(models.Organisation.deleted_at, at)},
    OrganisationMerged,
    lambda organisation_id, version: OrganisationUnmerged(organisation_id=organisation_id, version=version),
)


def lead(session: Session, of: Leading, contact_id: UUID, target_id: UUID, at: datetime) -> list[UUID]:
    """Let the id, and the ids that led to it, lead to the target; those others. No id takes two steps."""
    session.flush()
    row = of.model
    leading_here = select(row.id).where(row.linked_to == contact_id).order_by(row.id)
    others = list(session.scalars(leading_here.with_for_update()))
    for each in (contact_id, *others):
        point(session, of, each, target_id, at)
    return others


def point(session: Session, of: Leading, contact_id: UUID, target_id: UUID, at: datetime) -> None:
    """Let one id lead to the target."""
    row = of.model
    version = session.execute(
        update(row)
        .where(row.id == contact_id)
        .values(linked_to=target_id, version=row.version + 1, updated_at=at, **of.linked(at))
        .returning(row.version)
    ).scalar_one()
    redirects.take(session, SERVICE, contact_id, target_id, version, at)
    merged = of.merged(merged_id=contact_id, survivor_id=target_id, version=version)
    outbox.record(session, merged, version=version)


def release(session: Session, of: Leading, contact: Any, at: datetime) -> None:
    """The id stands for a contact of its own again; the row is changed and flushed already."""
    redirects.take(session, SERVICE, contact.id, contact.id, contact.version, at)
    outbox.record(session, of.unmerged(contact.id, contact.version), version=contact.version)
