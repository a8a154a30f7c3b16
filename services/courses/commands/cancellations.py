"""Giving a seat, an offer or a place in the waiting list back (K2)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.courses import CancelEnrolment, EnrolmentState
from contracts.errors import Conflict, NotFound
from services.courses.commands.enrolments import record_cancellation
from services.courses.commands.seats import lock_enrolment, lock_session, release_seat
from services.courses.models import CourseSession, Enrolment
from services.courses.rules.seats import LIVE, SEATED, refund_due


def cancel(session: Session, request: CancelEnrolment, only_person: UUID | None, now: datetime) -> None:
    """End the enrolment; its seat is offered to the first in the waiting list in the same transaction.

    Raises NotFound, and Conflict when it has ended already or, for `only_person`, when the session has begun.
    """
    found = session.execute(select(Enrolment.session_id, Enrolment.person_id).where(Enrolment.id == request.id)).first()
    if found is None or only_person not in {None, found.person_id}:
        raise NotFound(f"There is no enrolment {request.id}.", id=request.id)
    course_session = lock_session(session, found.session_id)
    enrolment = lock_enrolment(session, request.id)
    _check(enrolment, course_session, now, own=only_person is not None)
    before = enrolment.state
    refund = refund_due(before, now, course_session.starts_at, ordered=enrolment.order_id is not None)
    _end(session, enrolment, request.reason, now, refund=refund)
    if before in SEATED:
        release_seat(session, course_session, now)
    else:
        course_session.waiting -= 1
        session.flush()


def _check(enrolment: Enrolment, course_session: CourseSession, now: datetime, *, own: bool) -> None:
    if enrolment.state not in LIVE:
        raise Conflict(
            f"This enrolment is {enrolment.state.value} already.", code="already_ended", state=enrolment.state.value
        )
    if own and now >= course_session.starts_at:
        raise Conflict("The session has begun; ask the office to cancel.", code="session_begun")


def _end(session: Session, enrolment: Enrolment, reason: str, now: datetime, *, refund: bool) -> None:
    enrolment.state = EnrolmentState.CANCELLED
    enrolment.ended_at, enrolment.end_reason = now, reason
    enrolment.expires_at = None
    enrolment.refund_asked = refund
    enrolment.version += 1
    session.flush()
    record_cancellation(session, enrolment)
