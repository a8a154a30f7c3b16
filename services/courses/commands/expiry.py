"""Holds and offers that nobody used in time: their seats go to the next (K2). Run by the worker."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import outbox
from contracts.courses import EnrolmentState, HoldExpired
from services.courses.commands.seats import lock_session, release_seat
from services.courses.models import Enrolment

EXPIRING = (EnrolmentState.HELD, EnrolmentState.OFFERED)
MOST_SESSIONS = 50


def sessions_with_due(session: Session, now: datetime) -> list[UUID]:
    """Sessions, at most 50, that have holds or offers to expire."""
    due = select(Enrolment.session_id).where(Enrolment.state.in_(EXPIRING), Enrolment.expires_at <= now)
    return list(session.scalars(due.distinct().limit(MOST_SESSIONS)))


def expire_due(session: Session, session_id: UUID, now: datetime) -> int:
    """Expire what is due in one session and offer its seats to the next; how many expired.

    A second worker on the same session waits for the first one's commit, and then finds nothing due.
    """
    course_session = lock_session(session, session_id)
    expired = session.execute(
        update(Enrolment)
        .where(Enrolment.session_id == session_id, Enrolment.state.in_(EXPIRING), Enrolment.expires_at <= now)
        .values(state=EnrolmentState.EXPIRED, ended_at=now, end_reason="expired", version=Enrolment.version + 1)
        .returning(Enrolment.id, Enrolment.person_id, Enrolment.order_id, Enrolment.version)
        .execution_options(synchronize_session=False)
    ).all()
    for row in expired:
        event = HoldExpired(enrolment_id=row.id, session_id=session_id, person_id=row.person_id, order_id=row.order_id)
        outbox.record(session, event, version=row.version)
        release_seat(session, course_session, now)
    return len(expired)
