"""What courses holds about persons (C17). Seats stay counted, as the ids of nobody."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import files
from chassis.personal_data import Holding, by
from chassis.striking import Written
from contracts.courses import CancelEnrolment
from services.courses.commands import cancellations, tickets
from services.courses.models import Course, CourseSession, Enrolment, SessionItem
from services.courses.rules.seats import LIVE

HOLDINGS = (
    Holding(
        "enrolments",
        Enrolment,
        by("person_id"),
        emptied={"note": "", "end_reason": ""},
        files=("ticket_key",),
        withheld=("ticket_claimed_until",),
    ),
)


def _tickets_of_courses(session: Session, ids: Sequence[UUID]) -> None:
    tickets.remove(session, select(CourseSession.id).where(CourseSession.course_id.in_(ids)))


def _tickets_of_items(session: Session, ids: Sequence[UUID]) -> None:
    tickets.remove(session, select(SessionItem.session_id).where(SessionItem.id.in_(ids)))


WRITTEN = (
    Written(Course, ("name", "description"), then=_tickets_of_courses),
    Written(CourseSession, ("place", "city"), then=tickets.remove),
    Written(SessionItem, ("name",), then=_tickets_of_items),
    Written(Enrolment, ("note", "end_reason")),
)


def end(session: Session, ids: Sequence[UUID], now: datetime) -> None:
    """Give seats and places in waiting lists back, of sessions that are not over.

    A worker that died may have left a ticket that no row tells of.
    """
    for enrolment_id in session.scalars(select(Enrolment.id).where(Enrolment.person_id.in_(ids))):
        files.delete(tickets.file_key(enrolment_id))
    live = (
        select(Enrolment.id)
        .join(CourseSession, CourseSession.id == Enrolment.session_id)
        .where(Enrolment.person_id.in_(ids), Enrolment.state.in_(LIVE), CourseSession.ends_at > now)
        .order_by(Enrolment.id)
    )
    for enrolment_id in session.scalars(live).all():
        cancellations.cancel(session, CancelEnrolment(id=enrolment_id), None, now)
