"""Changing a session that people may be enrolled on (K6): its row is locked first, as for every seat."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from chassis import jobs, outbox
from contracts.courses import EnrolmentState, SessionMoved, TimeAndPlace, ToTell, UpdateSession
from contracts.errors import Invalid, NotFound, Stale
from services.courses.commands.catalogue import check_times
from services.courses.commands.enrolments import RENDER_TICKETS
from services.courses.commands.items import change_product, keep_items
from services.courses.commands.seats import find_locked, offer_added_seats
from services.courses.models import CourseSession, Enrolment
from services.courses.rules.seats import LIVE

AN_EVENT = 1_000
"""How many people one event names."""
CLEARABLE = frozenset({"city"})


def update_session(session: Session, request: UpdateSession, now: datetime) -> None:
    """Change what is given; raises NotFound, Stale when somebody else was faster, Invalid."""
    course_session = find_locked(session, request.id)
    if course_session is None:
        raise NotFound(f"There is no session {request.id}.", id=request.id)
    if course_session.version != request.version:
        raise Stale(f"Session {request.id} is in version {course_session.version}; read it again.")
    wanted = _changes(course_session, request)
    items_changed = _change_items(session, request)
    if not wanted and not items_changed:
        return
    _check(course_session, wanted, now)
    before = _place(course_session)
    for name, value in wanted.items():
        setattr(course_session, name, value)
    course_session.version += 1
    session.flush()
    offer_added_seats(session, course_session, now)
    if _place(course_session) != before:
        _move(session, course_session, before, now)


def _changes(course_session: CourseSession, request: UpdateSession) -> dict[str, Any]:
    """The columns that get another value."""
    unknown = set(request.clear) - CLEARABLE
    if unknown:
        name = min(unknown)
        raise Invalid.field(f"/{name}", "not_clearable", f"The field {name} cannot be emptied.")
    given = request.model_dump(exclude_none=True, exclude={"id", "version", "clear", "product_id", "items"})
    given |= dict.fromkeys(request.clear, "")
    return {name: value for name, value in given.items() if value != getattr(course_session, name)}


def _change_items(session: Session, request: UpdateSession) -> bool:
    if request.items is not None and request.product_id is not None:
        raise Invalid.field("/product_id", "product_or_items", "Give either product_id or items.")
    if request.items is not None:
        return keep_items(session, request.id, request.items)
    return request.product_id is not None and change_product(session, request.id, request.product_id)


def _check(course_session: CourseSession, wanted: dict[str, Any], now: datetime) -> None:
    starts_at = wanted.get("starts_at", course_session.starts_at)
    if {"starts_at", "ends_at"} & wanted.keys():
        check_times(starts_at, wanted.get("ends_at", course_session.ends_at))
    if "starts_at" in wanted and starts_at <= now:
        raise Invalid.field("/starts_at", "in_the_past", f"The session would start at {starts_at}, which has passed.")
    taken = course_session.seats_taken
    if wanted.get("seats", taken) < taken:
        raise Invalid.field("/seats", "seats_taken", f"{taken} seats are taken; the session cannot have fewer.")


def _place(course_session: CourseSession) -> TimeAndPlace:
    return TimeAndPlace.model_validate(course_session, from_attributes=True)


def _move(session: Session, course_session: CourseSession, before: TimeAndPlace, now: datetime) -> None:
    """Tell who is enrolled, make tickets anew, and let no offer outlive the new start."""
    if course_session.ends_at <= now:
        return
    session.execute(
        _enrolments(course_session, EnrolmentState.OFFERED).values(
            expires_at=func.least(Enrolment.expires_at, course_session.starts_at)
        )
    )
    session.execute(
        _enrolments(course_session, EnrolmentState.CONFIRMED).values(
            ticket_key=None, ticket_claimed_until=None, version=Enrolment.version + 1
        )
    )
    jobs.wake(session, RENDER_TICKETS)
    outbox.record_all(session, _told(session, course_session, before))


def _enrolments(course_session: CourseSession, state: EnrolmentState) -> Any:
    changing = update(Enrolment).where(Enrolment.session_id == course_session.id, Enrolment.state == state)
    return changing.execution_options(synchronize_session=False)


def _told(session: Session, course_session: CourseSession, before: TimeAndPlace) -> list[SessionMoved]:
    live = session.execute(
        select(Enrolment.id, Enrolment.person_id, Enrolment.state)
        .where(Enrolment.session_id == course_session.id, Enrolment.state.in_(LIVE))
        .order_by(Enrolment.id)
    )
    to_tell = [
        ToTell(enrolment_id=row.id, person_id=row.person_id, with_ticket=row.state is EnrolmentState.CONFIRMED)
        for row in live
    ]
    return [
        SessionMoved(
            session_id=course_session.id,
            version=course_session.version,
            before=before,
            after=_place(course_session),
            to_tell=to_tell[start : start + AN_EVENT],
        )
        for start in range(0, len(to_tell), AN_EVENT)
    ]
