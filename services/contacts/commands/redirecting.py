"""Where the id of a person leads: to another person, by a link or a merge, or nowhere else (C1, C13).

Affiliations and the like follow in the same transaction, what other services have follows by event.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import outbox, redirects
from contracts.contacts.merges import PersonMerged, PersonUnmerged
from contracts.contacts.persons import PersonState
from services.contacts import models

SERVICE = "contacts"
PERSON = models.Person


def lead(session: Session, person_id: UUID, target_id: UUID, at: datetime) -> list[UUID]:
    """Let the id, and the ids that led to it, lead to the target; those others. No id takes two steps."""
    session.flush()
    leading_here = select(PERSON.id).where(PERSON.linked_to == person_id).order_by(PERSON.id)
    others = list(session.scalars(leading_here.with_for_update()))
    for each in (person_id, *others):
        point(session, each, target_id, at)
    return others


def point(session: Session, person_id: UUID, target_id: UUID, at: datetime) -> None:
    """Let one id lead to the target."""
    version = session.execute(
        update(PERSON)
        .where(PERSON.id == person_id)
        .values(state=PersonState.LINKED, linked_to=target_id, version=PERSON.version + 1, updated_at=at)
        .returning(PERSON.version)
    ).scalar_one()
    redirects.take(session, SERVICE, person_id, target_id, version, at)
    merged = PersonMerged(merged_id=person_id, survivor_id=target_id, version=version)
    outbox.record(session, merged, version=version)


def release(session: Session, person: models.Person, at: datetime) -> None:
    """The id stands for a person of its own again; the row is changed and flushed already."""
    redirects.take(session, SERVICE, person.id, person.id, person.version, at)
    outbox.record(session, PersonUnmerged(person_id=person.id, version=person.version), version=person.version)
