"""Confirming a seat that is paid or billed, once; also when the money comes after the hold has expired (K2, E4)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from contracts.courses import EnrolmentState
from contracts.errors import Conflict
from services.courses.commands.enrolments import confirmed_values, record_cancellation, record_confirmation
from services.courses.commands.seats import lock_enrolment, lock_session
from services.courses.models import CourseSession, Enrolment
from services.courses.rules.seats import LIVE


def confirm(session: Session, enrolment_id: UUID, now: datetime) -> None:
    """The order of the enrolment is paid or billed.

    A held seat is confirmed; one confirmed before stays so, also when it was cancelled since: its cancellation has
    decided about the money. When the hold has expired the person gets another seat if one is free for anybody, else
    the money back; when the hold was given up, the money back.
    Raises Conflict (the event is parked) for an enrolment not known here or never ordered.
    """
    row = session.execute(
        update(Enrolment)
        .where(Enrolment.id == enrolment_id, Enrolment.state == EnrolmentState.HELD)
        .values(**confirmed_values(now), version=Enrolment.version + 1)
        .returning(Enrolment.session_id, Enrolment.person_id, Enrolment.version)
    ).first()
    if row is not None:
        ids = {"enrolment_id": enrolment_id, "session_id": row.session_id, "person_id": row.person_id}
        record_confirmation(session, ids, row.version)
        return
    _settle_late_payment(session, enrolment_id, now)


def _settle_late_payment(session: Session, enrolment_id: UUID, now: datetime) -> None:
    session_id = session.scalar(select(Enrolment.session_id).where(Enrolment.id == enrolment_id))
    if session_id is None:
        raise Conflict(f"Enrolment {enrolment_id} is not known here yet.", id=enrolment_id)
    course_session = lock_session(session, session_id)
    enrolment = lock_enrolment(session, enrolment_id)
    if enrolment.confirmed_at is not None or enrolment.refund_asked:
        return
    if enrolment.order_id is None:
        raise Conflict(f"Enrolment {enrolment_id} is {enrolment.state.value} and was never ordered.")
    if enrolment.state is EnrolmentState.EXPIRED and _seat_is_free(session, course_session, enrolment, now):
        _seat_again(session, course_session, enrolment, now)
    else:
        _ask_refund(session, enrolment, now)


def _seat_is_free(session: Session, course_session: CourseSession, enrolment: Enrolment, now: datetime) -> bool:
    if course_session.seats_taken >= course_session.seats or course_session.waiting or now >= course_session.starts_at:
        return False
    enrolled_anew = select(
        exists().where(
            Enrolment.session_id == enrolment.session_id,
            Enrolment.person_id == enrolment.person_id,
            Enrolment.state.in_(LIVE),
        )
    )
    return not session.scalar(enrolled_anew)


def _seat_again(session: Session, course_session: CourseSession, enrolment: Enrolment, now: datetime) -> None:
    for name, value in confirmed_values(now).items():
        setattr(enrolment, name, value)
    enrolment.ended_at, enrolment.end_reason = None, ""
    enrolment.version += 1
    course_session.seats_taken += 1
    session.flush()
    ids = {"enrolment_id": enrolment.id, "session_id": enrolment.session_id, "person_id": enrolment.person_id}
    record_confirmation(session, ids, enrolment.version)


def _ask_refund(session: Session, enrolment: Enrolment, now: datetime) -> None:
    if enrolment.state is not EnrolmentState.CANCELLED:
        enrolment.state, enrolment.ended_at, enrolment.end_reason = EnrolmentState.CANCELLED, now, "paid_too_late"
    enrolment.refund_asked = True
    enrolment.version += 1
    session.flush()
    record_cancellation(session, enrolment)
