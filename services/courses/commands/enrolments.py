"""Enrolling: a seat held, or a place in the waiting list (K2).

Everybody who wants a seat of the same session queues for that session's row. `hold` therefore writes everything else
first and takes the row last; nobody waits for more than one short statement and a commit.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, and_, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis import jobs, outbox
from chassis.ids import new_id
from contracts import courses as contract
from contracts.base import Money
from contracts.commerce.prices import Quote
from contracts.courses import (
    EnrolmentCancelled,
    EnrolmentConfirmed,
    EnrolmentState,
    EnrolmentWaitlisted,
    PaymentMethod,
    SeatHeld,
)
from contracts.errors import Conflict
from services.courses.commands.items import choose_items
from services.courses.models import CourseSession, Enrolment
from services.courses.rules.booking import Wish
from services.courses.rules.seats import LIVE, held_until
from services.courses.rules.ticket_codes import new_code

RENDER_TICKETS = "render_tickets"
_sessions: Any = CourseSession.__table__
_enrolments: Any = Enrolment.__table__
TAKE_SEAT = (
    update(_sessions)
    .where(_sessions.c.seats_taken < _sessions.c.seats, _sessions.c.waiting == 0)
    .values(seats_taken=_sessions.c.seats_taken + 1)
    .returning(_sessions.c.id)
)
"""One statement decides who gets the last seat; nobody overtakes the waiting list."""
JOIN_WAITING_LIST = (
    update(_sessions)
    .where(or_(_sessions.c.seats_taken >= _sessions.c.seats, _sessions.c.waiting > 0))
    .values(waiting_counter=_sessions.c.waiting_counter + 1, waiting=_sessions.c.waiting + 1)
    .returning(_sessions.c.waiting_counter)
)
"""Numbers are given under the row's lock: in the order of the commits, without gaps."""
ENROLLED_AGAIN: Any = literal_column(
    "EXISTS (SELECT FROM enrolments other WHERE other.session_id = enrolments.session_id"
    " AND other.person_id = enrolments.person_id AND other.id <> enrolments.id"
    f" AND other.state IN ({', '.join(repr(state.value) for state in LIVE)}))",
    Boolean,
)
"""Whether the person has another enrolment on the session, one that came with a merged contact."""
NEW = (
    upsert(_enrolments)
    .on_conflict_do_nothing(
        index_elements=["session_id", "person_id"],
        index_where=and_(
            _enrolments.c.state.in_([state.value for state in LIVE]), _enrolments.c.merged_person_id.is_(None)
        ),
    )
    .returning(_enrolments.c.person_id, ENROLLED_AGAIN.label("again"))
)
"""`person_id` is the id under which the person is known now."""


def hold(session: Session, wish: Wish, quote: Quote, now: datetime) -> contract.Enrolment | None:
    """A seat held for payment at the quoted price, or confirmed at once when it costs nothing.

    None when no seat is free or somebody waits already: nothing of this transaction may then be kept.
    Raises Conflict when the person is enrolled already.
    """
    values = _common(wish, now) | seat_values(wish.session.hold_minutes, wish.payment, quote, now)
    _insert(session, values)
    choose_items(session, values["id"], [item.id for item in wish.items])
    record_seat(session, values, version=1)
    taken = session.execute(TAKE_SEAT.where(_sessions.c.id == wish.session.id)).first()
    return _reply(wish, values) if taken else None


def wait(session: Session, wish: Wish, now: datetime) -> contract.Enrolment | None:
    """A place in the waiting list; None when a seat is free and nobody waits. Raises Conflict like `hold`."""
    joined = session.execute(JOIN_WAITING_LIST.where(_sessions.c.id == wish.session.id)).first()
    if joined is None:
        return None
    values = _common(wish, now) | {"state": EnrolmentState.WAITING, "waiting_number": joined.waiting_counter}
    _insert(session, values)
    choose_items(session, values["id"], [item.id for item in wish.items])
    event = EnrolmentWaitlisted(
        enrolment_id=values["id"],
        session_id=wish.session.id,
        person_id=values["person_id"],
        waiting_number=joined.waiting_counter,
    )
    outbox.record(session, event, version=1)
    return _reply(wish, values)


def seat_values(hold_minutes: int, payment: PaymentMethod, quote: Quote, now: datetime) -> dict[str, Any]:
    """What an enrolment gets with its seat: the price, and an order to be paid unless the price is zero."""
    values: dict[str, Any] = {"quote_id": quote.id, "amount": quote.total, "currency": quote.currency}
    if quote.total == 0:
        return values | confirmed_values(now)
    expires_at = held_until(now, hold_minutes, payment)
    return values | {"state": EnrolmentState.HELD, "order_id": new_id(), "expires_at": expires_at}


def confirmed_values(now: datetime) -> dict[str, Any]:
    """What an enrolment gets when its seat is confirmed."""
    return {
        "state": EnrolmentState.CONFIRMED,
        "confirmed_at": now,
        "expires_at": None,
        "ticket_code": new_code(),
    }


def record_seat(session: Session, values: dict[str, Any], version: int) -> None:
    """Tell that a seat is held or, if it cost nothing, confirmed."""
    ids = {"enrolment_id": values["id"], "session_id": values["session_id"], "person_id": values["person_id"]}
    if values["state"] is EnrolmentState.CONFIRMED:
        record_confirmation(session, ids, version)
        return
    event = SeatHeld(
        **ids,
        order_id=values["order_id"],
        quote_id=values["quote_id"],
        payment=values["payment"],
        expires_at=values["expires_at"],
    )
    outbox.record(session, event, version=version)


def record_cancellation(session: Session, enrolment: Enrolment) -> None:
    """Tell that an enrolment is cancelled, and whether its money is asked back."""
    event = EnrolmentCancelled(
        enrolment_id=enrolment.id,
        session_id=enrolment.session_id,
        person_id=enrolment.person_id,
        order_id=enrolment.order_id,
        refund=enrolment.refund_asked,
    )
    outbox.record(session, event, version=enrolment.version)


def record_confirmation(session: Session, ids: dict[str, UUID], version: int) -> None:
    """Tell that a seat is confirmed, and have its ticket made."""
    outbox.record(session, EnrolmentConfirmed(**ids), version=version)
    jobs.wake(session, RENDER_TICKETS)


def _common(wish: Wish, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "session_id": wish.session.id,
        "person_id": func.known_as(wish.person_id),
        "payment": wish.payment,
        "note": wish.note,
        "created_at": now,
        "created_by": wish.by,
    }


def _insert(session: Session, values: dict[str, Any]) -> None:
    """Store the enrolment; `values` get the id as which the person is known now. Raises Conflict."""
    stored = session.execute(NEW.values(values)).first()
    if stored is not None and not stored.again:
        values["person_id"] = stored.person_id
        return
    found = session.execute(
        select(Enrolment.id, Enrolment.state).where(
            Enrolment.session_id == values["session_id"],
            Enrolment.person_id == func.known_as(values["person_id"]),
            Enrolment.state.in_(LIVE),
            Enrolment.id != values["id"],
        )
    ).first()
    raise Conflict(
        "This person is enrolled on this session already.",
        code="already_enrolled",
        enrolment_id=found.id if found else "",
        state=found.state.value if found else "",
    )


def _reply(wish: Wish, values: dict[str, Any]) -> contract.Enrolment:
    price = Money(amount=values["amount"], currency=values["currency"]) if "amount" in values else None
    return contract.Enrolment(
        id=values["id"],
        session_id=wish.session.id,
        person_id=values["person_id"],
        state=values["state"],
        payment=wish.payment,
        items=list(wish.items),
        price=price,
        quote_id=values.get("quote_id"),
        order_id=values.get("order_id"),
        waiting_number=values.get("waiting_number"),
        expires_at=values.get("expires_at"),
        created_at=values["created_at"],
        session_name=wish.session.name,
        session_starts_at=wish.session.starts_at,
        session_ends_at=wish.session.ends_at,
        session_place=wish.session.place,
        session_city=wish.session.city,
    )
