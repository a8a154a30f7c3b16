"""What courses tells of enrolments, for the read models of other services."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.telling import Told
from contracts.courses import EnrolmentFact, EnrolmentsChanged
from services.courses.models import Course, CourseSession, Enrolment

FACTS = (
    select(
        Enrolment.id,
        func.coalesce(Enrolment.merged_person_id, Enrolment.person_id).label("person_id"),
        Enrolment.session_id,
        Course.code.label("course_code"),
        Course.topic,
        CourseSession.starts_at,
        Enrolment.created_at.label("enrolled_at"),
        Enrolment.state,
        Enrolment.checked_in_at.is_not(None).label("attended"),
    )
    .join(CourseSession, CourseSession.id == Enrolment.session_id)
    .join(Course, Course.id == CourseSession.course_id)
    .order_by(Enrolment.id)
)


def enrolments_changed(session: Session, ids: Sequence[UUID], number: int) -> EnrolmentsChanged:
    """How the enrolments are now."""
    rows = session.execute(FACTS.where(Enrolment.id.in_(ids)))
    return EnrolmentsChanged(number=number, enrolments=[EnrolmentFact.model_validate(row._asdict()) for row in rows])


TOLD = (Told("enrolment", Enrolment, enrolments_changed),)
