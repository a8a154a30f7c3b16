"""Checking in at the door by the ticket's code, once (K7)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contracts.courses import EnrolmentState
from contracts.errors import Conflict, NotFound
from services.courses.models import Enrolment
from services.courses.rules.ticket_codes import normalised


def check_in(session: Session, ticket_code: str, *, by: str, now: datetime) -> UUID:
    """The enrolment whose ticket this is; raises NotFound, or Conflict when it was cancelled or used before."""
    code = normalised(ticket_code)
    enrolment_id: UUID | None = session.scalar(
        update(Enrolment)
        .where(
            Enrolment.ticket_code == code,
            Enrolment.state == EnrolmentState.CONFIRMED,
            Enrolment.checked_in_at.is_(None),
        )
        .values(checked_in_at=now, checked_in_by=by, version=Enrolment.version + 1)
        .returning(Enrolment.id)
    )
    if enrolment_id is None:
        raise _why_not(session, code)
    return enrolment_id


def _why_not(session: Session, code: str) -> Exception:
    found = session.scalars(select(Enrolment).where(Enrolment.ticket_code == code)).first()
    if found is None:
        return NotFound("No ticket has this code.", code="no_such_ticket")
    if found.checked_in_at is None:
        return Conflict(f"The enrolment is {found.state.value}.", code="not_confirmed", state=found.state.value)
    return Conflict(
        f"This ticket was used at {found.checked_in_at.isoformat()}.",
        code="already_checked_in",
        checked_in_at=found.checked_in_at.isoformat(),
    )
