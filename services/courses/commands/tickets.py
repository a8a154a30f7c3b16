"""Tickets of confirmed enrolments: claimed by a worker, rendered outside of transactions, stored once (K7)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from chassis import files, jobs, outbox
from contracts.courses import EnrolmentState, TicketReady
from services.courses.commands.enrolments import RENDER_TICKETS
from services.courses.models import Course, CourseSession, Enrolment, EnrolmentItem, SessionItem

BATCH = 20
CLAIM = timedelta(seconds=60)


def file_key(enrolment_id: UUID) -> str:
    """Where the ticket of an enrolment lies: a repeat replaces it."""
    return f"courses/{enrolment_id}.pdf"


def claim(session: Session, now: datetime) -> Sequence[Any]:
    """Up to 20 enrolments without ticket, ours for a minute, with what their tickets say of the session."""
    claimed = session.scalars(
        update(Enrolment)
        .where(Enrolment.id.in_(_without_ticket(now).scalar_subquery()))
        .values(ticket_claimed_until=now + CLAIM)
        .returning(Enrolment.id)
        .execution_options(synchronize_session=False)
    ).all()
    return session.execute(
        select(
            Enrolment.id,
            Enrolment.person_id,
            Enrolment.ticket_code,
            Enrolment.ticket_claimed_until,
            Enrolment.confirmed_at,
            Course.name,
            CourseSession.starts_at,
            CourseSession.ends_at,
            CourseSession.place,
            CourseSession.city,
        )
        .join(CourseSession, CourseSession.id == Enrolment.session_id)
        .join(Course, Course.id == CourseSession.course_id)
        .where(Enrolment.id.in_(claimed))
    ).all()


def _without_ticket(now: datetime) -> Select[UUID]:
    """Locked, and nobody's. Nobody needs a ticket to a session that is over."""
    return (
        select(Enrolment.id)
        .join(CourseSession, CourseSession.id == Enrolment.session_id)
        .where(
            CourseSession.ends_at > now,
            Enrolment.state == EnrolmentState.CONFIRMED,
            Enrolment.ticket_key.is_(None),
            or_(Enrolment.ticket_claimed_until.is_(None), Enrolment.ticket_claimed_until <= now),
        )
        .order_by(Enrolment.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Enrolment)
    )


def items_of(session: Session, claimed: Sequence[Any]) -> dict[UUID, list[Any]]:
    """What those enrolments have chosen that chose more than one item, in the session's order."""
    chosen = session.execute(
        select(
            EnrolmentItem.enrolment_id,
            SessionItem.product_id,
            SessionItem.name,
            SessionItem.starts_at,
            SessionItem.ends_at,
        )
        .join(SessionItem, SessionItem.id == EnrolmentItem.item_id)
        .where(EnrolmentItem.enrolment_id.in_([row.id for row in claimed]))
        .order_by(EnrolmentItem.enrolment_id, SessionItem.position, SessionItem.id)
    )
    found: dict[UUID, list[Any]] = defaultdict(list)
    for item in chosen:
        found[item.enrolment_id].append(item)
    return {enrolment_id: items for enrolment_id, items in found.items() if len(items) > 1}


def store(session: Session, claimed: Any, key: str) -> None:
    """The PDF of a claimed row lies under `key`: told, unless the enrolment has been cancelled meanwhile.

    When the claim is not ours any more, the session was moved, a name was erased or another worker was faster, and our
    file may say what it must not: it goes, and is made once more for who is still to come.
    """
    ours = Enrolment.ticket_claimed_until == claimed.ticket_claimed_until
    confirmed = update(Enrolment).where(Enrolment.id == claimed.id, Enrolment.state == EnrolmentState.CONFIRMED)
    row = session.execute(
        confirmed.where(ours, Enrolment.ticket_key.is_(None))
        .values(ticket_key=key, ticket_claimed_until=None, version=Enrolment.version + 1)
        .returning(Enrolment.person_id, Enrolment.version)
    ).first()
    if row is None:
        session.execute(confirmed.values(ticket_key=None, ticket_claimed_until=None))
        files.delete(key)
        return
    outbox.record(session, TicketReady(enrolment_id=claimed.id, person_id=row.person_id), version=row.version)


def remove(session: Session, sessions: Any) -> None:
    """Remove the tickets of some sessions, as they say what they must not say; who is still to come gets a new one."""
    begun = or_(Enrolment.ticket_key.is_not(None), Enrolment.ticket_claimed_until.is_not(None))
    of_them = Enrolment.session_id.in_(sessions) & begun
    for enrolment_id in session.scalars(select(Enrolment.id).where(of_them)):
        files.delete(file_key(enrolment_id))
    session.execute(
        update(Enrolment)
        .where(of_them)
        .values(ticket_key=None, ticket_claimed_until=None, version=Enrolment.version + 1)
        .execution_options(synchronize_session=False)
    )
    jobs.wake(session, RENDER_TICKETS)
