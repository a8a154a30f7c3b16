"""Checking in at the door by the ticket's code, once (K7)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, true, update
from sqlalchemy.orm import Session

from contracts.courses import CheckIn, EnrolmentState
from contracts.errors import Conflict, NotFound
from services.courses.models import CourseSession, Enrolment
from services.courses.rules.ticket_codes import normalised


def check_in(session: Session, request: CheckIn, *, by: str, now: datetime) -> UUID:
    """The enrolment whose ticket this is.

    Raises NotFound, or Conflict when the ticket is for another session, was cancelled or was used before.
    """
    code = normalised(request.ticket_code)
    here = Enrolment.session_id == request.session_id if request.session_id else true()
    enrolment_id: UUID | None = session.scalar(
        update(Enrolment)
        .where(
            Enrolment.ticket_code == code,
            Enrolment.state == EnrolmentState.CONFIRMED,
            Enrolment.checked_in_at.is_(None),
            here,
        )
        .values(checked_in_at=now, checked_in_by=by, version=Enrolment.version + 1)
        .returning(Enrolment.id)
    )
    if enrolment_id is None:
        raise _why_not(session, code, request.session_id)
    return enrolment_id


def _why_not(session: Session, code: str, session_id: UUID | None) -> Exception:
    found = session.scalars(select(Enrolment).where(Enrolment.ticket_code == code)).first()
    if found is None:
        return NotFound("No ticket has this code.", code="no_such_ticket")
    if session_id not in {None, found.session_id}:
        return _of_another_session(session.get_one(CourseSession, found.session_id))
    if found.checked_in_at is None:
        return Conflict(f"The enrolment is {found.state.value}.", code="not_confirmed", state=found.state.value)
    return Conflict(
        f"This ticket was used at {found.checked_in_at.isoformat()}.",
        code="already_checked_in",
        checked_in_at=found.checked_in_at.isoformat(),
    )


def _of_another_session(other: CourseSession) -> Conflict:
    starts_at = other.starts_at.isoformat()
    return Conflict(
        f"This ticket is for another session, which starts at {starts_at} in {other.place}.",
        code="other_session",
        session_id=other.id,
        starts_at=starts_at,
        place=other.place,
    )
