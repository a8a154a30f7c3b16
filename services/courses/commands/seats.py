"""A session's seats. Who changes enrolments that exist locks the session first, so that nobody deadlocks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import outbox
from contracts.courses import EnrolmentState, SeatOffered
from services.courses.models import CourseSession, Enrolment
from services.courses.rules.seats import offered_until


def lock_session(session: Session, session_id: UUID) -> CourseSession:
    """The session's row; until commit nobody else takes or frees its seats."""
    return session.scalars(_locked(session_id)).one()


def find_locked(session: Session, session_id: UUID) -> CourseSession | None:
    """The same for a session that may not exist."""
    return session.scalars(_locked(session_id)).one_or_none()


def _locked(session_id: UUID) -> Select[CourseSession]:
    return select(CourseSession).where(CourseSession.id == session_id).with_for_update(key_share=True)


def lock_enrolment(session: Session, enrolment_id: UUID) -> Enrolment:
    """The enrolment's row as it is now; the session is locked already."""
    return session.get_one(Enrolment, enrolment_id, with_for_update=True, populate_existing=True)


def release_seat(session: Session, course_session: CourseSession, now: datetime) -> None:
    """A seat has become free: it is offered to the first in the waiting list, else anybody may take it."""
    if not _offer(session, course_session, now):
        course_session.seats_taken -= 1
        session.flush()


def offer_added_seats(session: Session, course_session: CourseSession, now: datetime) -> None:
    """Offer seats that there were not before to those who wait, in their order."""
    while course_session.waiting and course_session.seats_taken < course_session.seats:
        course_session.seats_taken += 1
        if not _offer(session, course_session, now):
            course_session.seats_taken -= 1
            return


def _offer(session: Session, course_session: CourseSession, now: datetime) -> bool:
    """Offer a seat that is taken already to the first in the waiting list; False when nobody waits, or it is late."""
    first = _first_waiting(session, course_session) if now < course_session.starts_at else None
    if first is None:
        return False
    expires_at = offered_until(now, course_session.offer_hours, course_session.starts_at)
    first.state = EnrolmentState.OFFERED
    first.expires_at = expires_at
    first.version += 1
    course_session.waiting -= 1
    session.flush()
    event = SeatOffered(
        enrolment_id=first.id, session_id=first.session_id, person_id=first.person_id, expires_at=expires_at
    )
    outbox.record(session, event, version=first.version)
    return True


def _first_waiting(session: Session, course_session: CourseSession) -> Enrolment | None:
    if not course_session.waiting:
        return None
    return session.scalars(
        select(Enrolment)
        .where(Enrolment.session_id == course_session.id, Enrolment.state == EnrolmentState.WAITING)
        .order_by(Enrolment.waiting_number)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
