"""Courses and sessions, kept by the office (K1, K6)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.courses import CreateCourse, CreateSession, SessionItemWanted
from contracts.errors import Conflict, Invalid
from services.courses.commands.items import keep_items
from services.courses.models import Course, CourseSession


def create_course(session: Session, request: CreateCourse) -> UUID:
    """A new course; its id. Raises Conflict when the code is taken."""
    course_id: UUID | None = session.scalar(
        upsert(Course)
        .values(id=new_id(), **request.model_dump(mode="json"))
        .on_conflict_do_nothing(index_elements=["code"])
        .returning(Course.id)
    )
    if course_id is None:
        raise Conflict(
            f"There is a course {request.code} already; choose another code.", code="code_taken", value=request.code
        )
    return course_id


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Raise Invalid for times outside of this century or in the wrong order."""
    for name, moment in (("starts_at", starts_at), ("ends_at", ends_at)):
        if not 2000 <= moment.year < 2100:
            raise Invalid.field(f"/{name}", "bad_year", f"{moment} is not in the years 2000 to 2099.")
    if ends_at <= starts_at:
        raise Invalid.field("/ends_at", "before_start", f"The session would end at {ends_at}, before it starts.")


def create_session(session: Session, request: CreateSession) -> UUID:
    """A new session, all seats free; its id. Raises Invalid, as when there is no such course."""
    if session.get(Course, request.course_id) is None:
        raise Invalid.field("/course_id", "no_such_course", f"There is no course {request.course_id}.")
    session_id = new_id()
    values = request.model_dump(exclude={"product_id", "items"})
    session.execute(insert(CourseSession).values(id=session_id, **values))
    keep_items(session, session_id, wanted_items(request))
    return session_id


def wanted_items(request: CreateSession) -> list[SessionItemWanted]:
    """The items of a new session; raises Invalid unless they are given in one way."""
    if (request.items is None) == (request.product_id is None):
        raise Invalid.field("/product_id", "product_or_items", "Give either product_id or items.")
    if request.product_id is not None:
        return [SessionItemWanted(product_id=request.product_id, required=True)]
    return request.items or []
